import { Router } from 'express';
import { z } from 'zod';
import type { Authorization } from '../../budgets/authorize/authorization';
import { authorizeSchema, missing, moneySchema, toAsk } from '../../budgets/authorize/request';
import type { PriceBook } from '../../pricing/book';
import { usdToPico } from '../../pricing/decimal';
import { type Principal, principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { checked, checkedBody } from '../parameters';
import { badRequest, notFound } from '../problem';
import type { Services } from '../services';

const settleSchema = z.strictObject({ cost: moneySchema });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A price change may be this old when a call is estimated; the call itself is priced exactly. */
const BOOK_AGE_MS = 1_000;

/**
 * The price book, asked for once a second and not for every request. Nobody waits for a newer one while there is one, so
 * that the last one holds while the database is away.
 */
function recentBook({ book, pool }: Pick<Services, 'book' | 'pool'>): () => Promise<PriceBook> {
  let known: PriceBook | null = null;
  let first: Promise<PriceBook> | null = null;
  let until = 0;
  const read = async (): Promise<PriceBook> => (known = await book.current(pool));
  return () => {
    if (known === null) {
      first ??= read().finally(() => (first = null));
      return first;
    }
    if (until < Date.now()) {
      until = Date.now() + BOOK_AGE_MS;
      read().catch(() => undefined);
    }
    return Promise.resolve(known);
  };
}

/** Decides about the call that a body of `POST /v1/authorize` asks for. */
export type Authorize = (principal: Principal, body: unknown) => Promise<Authorization>;

/** @returns a function that throws HttpProblem 400 for what is missing or wrong in the body. */
export function authorizing(services: Services): Authorize {
  const { gate, metrics } = services;
  const book = recentBook(services);
  const known = Object.keys(authorizeSchema.shape);
  return async ({ tenant }, body) => {
    const input = checked(authorizeSchema, body, known);
    const lacking = missing(input);
    if (lacking !== null) {
      throw badRequest(lacking);
    }
    const answer = await gate.authorize(toAsk(input, tenant, await book()));
    metrics.decisions.inc({ decision: answer.decision, reason: answer.reason });
    return answer;
  };
}

/** Asking before a call: `POST /v1/authorize`, and settling its reservation. Needs the scope ingest. */
export function authorizeRoutes({ authenticator, settler }: Services, authorize: Authorize): Router {
  const router = Router();
  const ingest = requires(authenticator, 'ingest');

  router.post('/v1/authorize', ingest, rawBody(), async (request, response) => {
    response.json(await authorize(principalOf(response), jsonBody(request)));
  });

  router.post('/v1/reservations/:id/settle', ingest, rawBody(), async (request, response) => {
    const id = String(request.params.id).toLowerCase();
    const { cost } = checkedBody(settleSchema, request);
    const { tenant } = principalOf(response);
    const reservation = UUID.test(id) ? await settler.settle(id, usdToPico(cost), tenant) : null;
    if (!reservation) {
      throw notFound(`there is no reservation ${id.slice(0, 100)}; POST /v1/authorize gives its id`);
    }
    response.json(reservation);
  });
  return router;
}
