import { type BackendSrv, type BackendSrvRequest, type FetchResponse, setBackendSrv } from '@grafana/runtime';
import { of, throwError } from 'rxjs';

/** An answer: a body, or a status that is an error. */
export type TestAnswer = { readonly data: unknown } | { readonly status: number; readonly detail?: string };

/** Answers requests by their URL and remembers them. */
export function givenBackend(answers: Readonly<Record<string, TestAnswer>>): BackendSrvRequest[] {
  const asked: BackendSrvRequest[] = [];
  const fetch = (request: BackendSrvRequest) => {
    asked.push(request);
    const answer = answers[request.url] ?? { status: 404 };
    return 'data' in answer
      ? of({ data: answer.data } as FetchResponse)
      : throwError(() => ({ status: answer.status, statusText: '', data: { detail: answer.detail }, config: request }));
  };
  setBackendSrv({ fetch } as unknown as BackendSrv);
  return asked;
}
