import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isUnavailable, Overloaded, StorageUnavailable } from '../storage/errors';

/** An error reply in the form of RFC 9457; `detail` names the cause and the cure. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Members beyond the standard ones, e.g. the problems of single items. */
    readonly extensions: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(detail);
  }
}

export const badRequest = (detail: string, extensions?: Record<string, unknown>): HttpProblem =>
  new HttpProblem(400, 'Bad request', detail, extensions);

export const notFound = (detail: string): HttpProblem => new HttpProblem(404, 'Not found', detail);

/** Back-pressure that every exporter understands: come again later, nothing was taken. */
export const comeAgain = (detail: string, seconds: number): HttpProblem =>
  new HttpProblem(503, 'Not now', detail, {}, { 'retry-after': String(Math.max(1, Math.ceil(seconds))) });

/** Errors of the body parser, by their `type`. */
const BODY_PROBLEMS: Record<string, (limit: number | undefined) => HttpProblem> = {
  'entity.too.large': (limit) =>
    new HttpProblem(
      413,
      'Content too large',
      `the body is larger than ${Math.round((limit ?? 0) / 1_048_576)} MiB after decompression; send it in smaller parts`
    ),
  'encoding.unsupported': () =>
    new HttpProblem(415, 'Unsupported media type', 'content-encoding must be gzip, deflate, br or identity'),
  'request.aborted': () => badRequest('the request ended before its body was complete'),
  'request.size.invalid': () => badRequest('the body has not the length that content-length says'),
};

/** The database can't take or give anything now. */
function unavailable(error: unknown): HttpProblem | null {
  if (error instanceof Overloaded || error instanceof StorageUnavailable) {
    return comeAgain(error.message, error.retryAfterSeconds);
  }
  return isUnavailable(error) ? comeAgain('the database is unavailable', 5) : null;
}

/** What express and its body parser refuse. */
function malformed(error: unknown): HttpProblem | null {
  const {
    type = '',
    limit,
    status = 500,
    code = '',
    message,
  } = error as Record<'type' | 'code' | 'message', string> & Record<'limit' | 'status', number>;
  const known = BODY_PROBLEMS[type];
  if (known) {
    return known(limit);
  }
  if (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') {
    return badRequest('the body is not what its content-encoding says');
  }
  if (error instanceof URIError) {
    return badRequest(message);
  }
  return status >= 400 && status < 500 ? new HttpProblem(status, 'Bad request', message) : null;
}

/** The problem that an error stands for, or null when it is a fault of the collector. */
export const problemOf = (error: unknown): HttpProblem | null =>
  error instanceof HttpProblem ? error : (unavailable(error) ?? malformed(error));

/** A problem as a body of `application/problem+json`. */
export const problemBody = ({ title, status, detail, extensions }: HttpProblem, instance: string): string =>
  JSON.stringify({ type: 'about:blank', title, status, detail, instance, ...extensions });

/** Sends a problem as `application/problem+json`. */
function sendProblem(request: Request, response: Response, problem: HttpProblem): void {
  const { status, headers } = problem;
  response.status(status).set(headers).type('application/problem+json').send(problemBody(problem, request.path));
}

/** The problem that an error stands for; an unknown error is logged and becomes a 500 that says nothing of the inside. */
export function problemFor(
  error: unknown,
  log: Logger,
  { method, path }: { method: string; path: string }
): HttpProblem {
  const problem = problemOf(error);
  if (!problem) {
    log.error({ err: error, method, path }, 'request failed');
  }
  return problem ?? new HttpProblem(500, 'Internal error', 'the collector failed to answer; its log says why');
}

/** The last handler. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    sendProblem(request, response, problemFor(error, log, request));
  };
}
