import { type Request, type Response, Router } from 'express';
import type { Normalized } from '../../normalize/candidate';
import { normalizeTraces } from '../../normalize/traces';
import type { Report } from '../../pipeline/ingest';
import { FormatError } from '../../receivers/otlp/formatError';
import { exportReply, type ExportSignal, statusReply } from '../../receivers/otlp/reply';
import { decodeTraces } from '../../receivers/otlp/traces';
import { decodeTracesJson } from '../../receivers/otlp/tracesJson';
import { principalOf, requires } from '../auth';
import { bytes, rawBody, requireMediaType, utf8 } from '../body';
import { badRequest, type HttpProblem, problemOf } from '../problem';
import type { Services } from '../services';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/** How one OTLP signal is decoded and read. */
interface SignalReader {
  readonly signal: ExportSignal;
  readonly read: (body: Buffer, json: boolean, services: Services) => Normalized;
}

const TRACES: SignalReader = {
  signal: 'traces',
  read: (body, json, { mapping }) =>
    normalizeTraces(json ? decodeTracesJson(utf8(body)) : decodeTraces(body), mapping, Date.now() * 1000),
};

/** What a request says, as reports for the pipeline; the tenant of the caller's key wins over the payload's. */
function reportsOf({ candidates, links }: Normalized, tenant: string | null): Report[] {
  if (tenant !== null) {
    candidates.forEach(({ event }) => (event.tenant = tenant));
    links.forEach((link) => link.context && delete link.context.tenant);
  }
  return [
    ...links.map((link): Report => ({ kind: 'link', link })),
    ...candidates.map((candidate): Report => ({ kind: 'call', candidate, undated: false })),
  ];
}

async function take(reader: SignalReader, request: Request, response: Response, services: Services): Promise<void> {
  const json = requireMediaType(request, [PROTOBUF, JSON_TYPE]) === JSON_TYPE;
  let normalized: Normalized;
  try {
    normalized = reader.read(bytes(request), json, services);
  } catch (error) {
    throw error instanceof FormatError ? badRequest(error.message) : error;
  }
  const outcomes = await services.ingest.submit(reportsOf(normalized, principalOf(response).tenant));
  const refused = [
    ...normalized.rejected.map(({ item, reason }) => `${item}: ${reason}`),
    ...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  ];
  const calls = outcomes.slice(normalized.links.length);
  for (const status of ['accepted', 'duplicate'] as const) {
    const number = calls.filter((outcome) => outcome.status === status).length;
    services.metrics.events.inc({ receiver: `otlp_${reader.signal}`, outcome: status }, number);
  }
  services.metrics.events.inc({ receiver: `otlp_${reader.signal}`, outcome: 'rejected' }, refused.length);
  const message =
    refused.length > 3 ? `${refused.slice(0, 3).join('; ')}; and ${refused.length - 3} more` : refused.join('; ');
  const reply = exportReply(reader.signal, refused.length, message);
  response.type(json ? JSON_TYPE : PROTOBUF).send(json ? JSON.stringify(reply.json) : reply.protobuf);
}

/**
 * OTLP/HTTP: `POST /v1/traces`, protobuf or JSON. Replies as the specification says: the same media type, partial success
 * for refused items, and to protobuf clients errors as google.rpc.Status.
 */
export function otlpRoutes(services: Services): Router {
  const router = Router();
  for (const reader of [TRACES]) {
    router.post(
      [`/v1/${reader.signal}`, `/api/public/otel/v1/${reader.signal}`],
      requires(services.authenticator, 'ingest'),
      rawBody(),
      async (request, response) => {
        try {
          await take(reader, request, response, services);
        } catch (error) {
          const problem = problemOf(error);
          if (!problem || request.headers['content-type'] !== PROTOBUF) {
            throw error;
          }
          sendStatus(response, problem);
        }
      }
    );
  }
  return router;
}

function sendStatus(response: Response, problem: HttpProblem): void {
  response.status(problem.status).set(problem.headers).type(PROTOBUF).send(statusReply(problem.status, problem.detail));
}
