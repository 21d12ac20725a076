import { type Response, Router } from 'express';
import { z } from 'zod';
import { authorizeSchema, missing, moneySchema, toAsk } from '../../budgets/authorize/request';
import type { PriceBook } from '../../pricing/book';
import { usdToPico } from '../../pricing/decimal';
import { principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody } from '../parameters';
import { badRequest, notFound } from '../problem';
import type { Services } from '../services';

const settleSchema = z.strictObject({ cost: moneySchema });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A price change may be this old when a call is estimated; the call itself is priced exactly. */
const BOOK_AGE_MS = 1_000;

/** The price book, asked for once a second and not for every request; while the database is away the last one holds. */
function recentBook({ book, pool }: Pick<Services, 'book' | 'pool'>): () => Promise<PriceBook> {
  let known: { readonly book: PriceBook; readonly until: number } | null = null;
  return async () => {
    if (!known || known.until < Date.now()) {
      try {
        known = { book: await book.current(pool), until: Date.now() + BOOK_AGE_MS };
      } catch (error) {
        if (!known) {
          throw error;
        }
        known = { book: known.book, until: Date.now() + BOOK_AGE_MS };
      }
    }
    return known.book;
  };
}

/** Asking before a call: `POST /v1/authorize`, and settling its reservation. Needs the scope ingest. */
export function authorizeRoutes(services: Services): Router {
  const { authenticator, gate, settler, metrics } = services;
  const router = Router();
  const ingest = requires(authenticator, 'ingest');
  const book = recentBook(services);
  const tenantOf = (response: Response) => principalOf(response).tenant;

  router.post('/v1/authorize', ingest, rawBody(), async (request, response) => {
    const input = checkedBody(authorizeSchema, request);
    const lacking = missing(input);
    if (lacking !== null) {
      throw badRequest(lacking);
    }
    const answer = await gate.authorize(toAsk(input, tenantOf(response), await book()));
    metrics.decisions.inc({ decision: answer.decision, reason: answer.reason });
    response.json(answer);
  });

  router.post('/v1/reservations/:id/settle', ingest, rawBody(), async (request, response) => {
    const id = String(request.params.id).toLowerCase();
    const { cost } = checkedBody(settleSchema, request);
    const reservation = UUID.test(id) ? await settler.settle(id, usdToPico(cost), tenantOf(response)) : null;
    if (!reservation) {
      throw notFound(`there is no reservation ${id.slice(0, 100)}; POST /v1/authorize gives its id`);
    }
    response.json(reservation);
  });
  return router;
}
