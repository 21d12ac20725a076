import { type Request, type Response, Router } from 'express';
import { FormatError } from '../../receivers/otlp/formatError';
import { receive } from '../../receivers/otlp/receive';
import { exportReply, type ExportSignal, statusReply } from '../../receivers/otlp/reply';
import { principalOf, requires } from '../auth';
import { bytes, mediaType, rawBody, requireMediaType, utf8Leniently } from '../body';
import { badRequest, problemOf } from '../problem';
import type { Services } from '../services';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const SIGNALS: readonly ExportSignal[] = ['traces', 'logs', 'metrics'];

async function take(signal: ExportSignal, request: Request, response: Response, services: Services): Promise<void> {
  const json = requireMediaType(request, [PROTOBUF, JSON_TYPE]) === JSON_TYPE;
  const body = json ? utf8Leniently(bytes(request)) : bytes(request);
  const { rejected, message } = await receive({ signal, body, tenant: principalOf(response).tenant }, services);
  const reply = exportReply(signal, rejected, message);
  response.type(json ? JSON_TYPE : PROTOBUF).send(json ? JSON.stringify(reply.json) : Buffer.from(reply.protobuf));
}

/** Errors go to protobuf clients as google.rpc.Status, as the OTLP specification says, to others as problems. */
function refuse(error: unknown, request: Request, response: Response): void {
  const problem = problemOf(error instanceof FormatError ? badRequest(error.message) : error);
  if (!problem || mediaType(request) !== PROTOBUF) {
    throw problem ?? error;
  }
  response.status(problem.status).set(problem.headers).type(PROTOBUF);
  response.send(Buffer.from(statusReply(problem.status, problem.detail)));
}

/** OTLP/HTTP: protobuf or JSON. Langfuse's clients send to a path of their own. */
export function otlpRoutes(services: Services): Router {
  const router = Router();
  for (const signal of SIGNALS) {
    const paths = [`/v1/${signal}`, `/api/public/otel/v1/${signal}`];
    router.post(paths, requires(services.authenticator, 'ingest'), rawBody(), async (request, response) => {
      try {
        await take(signal, request, response, services);
      } catch (error) {
        refuse(error, request, response);
      }
    });
  }
  return router;
}
