import { Router } from 'express';
import { FormatError } from '../../receivers/otlp/formatError';
import { reportsOf } from '../../receivers/otlp/receive';
import { readLiteLlm } from '../../receivers/litellm/readLiteLlm';
import { principalOf, requires } from '../auth';
import { bytes, rawBody, requireMediaType, utf8Leniently } from '../body';
import { badRequest } from '../problem';
import type { Services } from '../services';

/** `POST /v1/litellm`: LiteLLM's generic API callback. It calls NDJSON application/json too. */
export function litellmRoutes({ ingest, authenticator, metrics }: Services): Router {
  const router = Router();
  router.post('/v1/litellm', requires(authenticator, 'ingest'), rawBody(), async (request, response) => {
    requireMediaType(request, ['application/json', 'application/x-ndjson']);
    let read;
    try {
      read = readLiteLlm(utf8Leniently(bytes(request)), Date.now() * 1000);
    } catch (error) {
      throw error instanceof FormatError ? badRequest(error.message) : error;
    }
    const outcomes = await ingest.submit(reportsOf(read, principalOf(response).tenant));
    const items = [
      ...read.candidates.map(({ event }, index) => ({
        index,
        id: null,
        event_id: event.event_id,
        ...outcomes[index]!,
      })),
      ...read.rejected.map(({ item, reason }) => ({ item, id: null, status: 'rejected' as const, reason })),
    ];
    const count = (status: string) => items.filter((item) => item.status === status).length;
    const counts = { accepted: count('accepted'), duplicate: count('duplicate'), rejected: count('rejected') };
    for (const [outcome, number] of Object.entries(counts)) {
      metrics.events.inc({ receiver: 'litellm', outcome }, number);
    }
    response.json({ ...counts, items });
  });
  return router;
}
