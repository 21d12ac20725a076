import { Router } from 'express';
import { z } from 'zod';
import { batches, caching, routing } from '../../savings/savings';
import { together } from '../../savings/together';
import { unattended, workOf } from '../../savings/work';
import { principalOf, requires } from '../auth';
import { queryParameters, rangeOf, rangeSchema } from '../parameters';
import type { Services } from '../services';
import { explainQueryError } from './query';

const MONTH_MS = 30 * 86_400_000;
const asked = z.strictObject({ ...rangeSchema, tenant: z.string().max(200).optional() });

/** `GET /v1/reports/savings`: what could be saved, with its arithmetic and its evidence. */
export function savingsRoutes({ pool, authenticator, book }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  router.get('/v1/reports/savings', read, async (request, response) => {
    const { tenant, ...range } = queryParameters(asked, request);
    const { from, to } = rangeOf(range, MONTH_MS);
    const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const { tenants } = principalOf(response);
    try {
      const filters =
        tenant === undefined ? [] : [{ dimension: 'tenant' as const, operator: '=' as const, values: [tenant] }];
      const work = await workOf(pool, period, filters, tenants);
      const prices = await book.current(pool);
      const at = to * 1000;
      const ways = {
        routing: routing(work, prices, at),
        caching: caching(work, prices, at),
        batch: batches(work, await unattended(pool, period, tenants), prices, at),
      };
      response.json({ ...period, ...ways, together: together(ways) });
    } catch (error) {
      throw explainQueryError(error);
    }
  });
  return router;
}
