import { Router } from 'express';
import type { Candidate } from '../../normalize/candidate';
import type { Outcome, Report } from '../../pipeline/ingest';
import { callerEventId, EVENT_MEDIA_TYPES, type ReadEvent, readEvents } from '../../receivers/events/readEvents';
import { findEvent, tenantsWithEvents } from '../../storage/events';
import { findPrice } from '../../storage/prices';
import { principalOf, requires } from '../auth';
import { bytes, rawBody, requireMediaType } from '../body';
import { eventReply } from '../eventReply';
import { badRequest, notFound } from '../problem';
import type { Services } from '../services';

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** One item of the reply of `POST /v1/events`. */
interface ItemReply {
  readonly index: number;
  readonly id: string | null;
  readonly event_id?: string;
  readonly status: Outcome['status'];
  readonly reason?: string;
}

const asReport =
  (tenant: string | null) =>
  ({ event, undated }: ReadEvent): Report => ({ kind: 'call', candidate: asCandidate(event, tenant), undated });

function asCandidate(event: ReadEvent['event'], tenant: string | null): Candidate {
  const start = event.duration_ms === null ? event.time : event.time - Math.round(event.duration_ms * 1000);
  return {
    event,
    signal: 'event',
    instrumentation: event.source,
    start,
    parentSpanId: '',
    explicit: true,
    unsampled: false,
    callIds: [],
    weak: [],
    ...(tenant !== null && { boundTenant: tenant }),
  };
}

/** `POST /v1/events` and `GET /v1/events/{id}`. */
export function eventRoutes(services: Services): Router {
  const router = Router();
  const { ingest, metrics, authenticator, pool, book } = services;

  router.post('/v1/events', requires(authenticator, 'ingest'), rawBody(), async (request, response) => {
    const mediaType = requireMediaType(request, EVENT_MEDIA_TYPES);
    const read = readEvents(bytes(request), {
      mediaType,
      tenant: principalOf(response).tenant,
      headers: request.headers,
      now: Date.now() * 1000,
    });
    const outcomes = await ingest.submit(read.events.map(asReport(principalOf(response).tenant)));
    const items: ItemReply[] = [
      ...read.events.map(({ index, id, event }, i) => ({ index, id, event_id: event.event_id, ...outcomes[i]! })),
      ...read.rejected.map((item) => ({ ...item, status: 'rejected' as const })),
    ].sort((a, b) => a.index - b.index);
    const count = (status: Outcome['status']) => items.filter((item) => item.status === status).length;
    const counts = { accepted: count('accepted'), duplicate: count('duplicate'), rejected: count('rejected') };
    for (const [outcome, number] of Object.entries(counts)) {
      metrics.events.inc({ receiver: 'events', outcome }, number);
    }
    const refused = items.find((item) => item.status === 'rejected');
    if (refused && counts.rejected === items.length) {
      throw badRequest(
        items.length === 1 ? refused.reason! : `all ${items.length} events were refused; the first: ${refused.reason!}`,
        { ...counts, items }
      );
    }
    response.json({ ...counts, items });
  });

  router.get('/v1/events/:id', requires(authenticator, 'read', { severalTenants: true }), async (request, response) => {
    const id = String(request.params.id);
    const { tenants: allowed } = principalOf(response);
    const asked = typeof request.query.source === 'string' ? request.query.source : '';
    const tenants = allowed ?? (await tenantsWithEvents(pool));
    const ids = [
      ...(UUID.test(id) ? [id.toLowerCase()] : []),
      ...tenants.map((name) => callerEventId(name, asked, id)),
    ];
    const event = await findEvent(pool, ids, allowed);
    if (!event) {
      throw notFound(`there is no event ${id}; ids are those of the ingest reply or your own`);
    }
    const prices = await book.current(pool);
    const { price_id: priceId } = event;
    const isSuperseded = typeof priceId === 'string' && !prices.get(priceId);
    response.json(eventReply(event, prices, isSuperseded ? await findPrice(pool, priceId) : null));
  });
  return router;
}
