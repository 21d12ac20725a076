import { Router } from 'express';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { SCOPE_DIMENSIONS } from '../../budgets/budget';
import { findBudget } from '../../budgets/store';
import { forecastBudget } from '../../forecast/budgets';
import { readHistory } from '../../forecast/history';
import { projectDay, projectMonth, projectWeek } from '../../forecast/project';
import { principalOf, requires } from '../auth';
import { queryParameters } from '../parameters';
import { HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const scope = Object.fromEntries(SCOPE_DIMENSIONS.map((name) => [name, z.string().min(1).optional()]));
const forecastSchema = z.strictObject({
  tenant: z.string().min(1).optional(),
  time_zone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like Europe/Berlin')
    .default('UTC'),
  ...scope,
});

/** What spending is expected to be: `/v1/forecast` for any scope, `/v1/budgets/{id}/forecast` until a budget's reset. */
export function forecastRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });

  router.get('/v1/forecast', read, async (request, response) => {
    const { tenant, time_zone: timeZone, ...filters } = queryParameters(forecastSchema, request);
    const { tenants } = principalOf(response);
    if (tenants !== null && tenant !== undefined && !tenants.includes(tenant)) {
      throw new HttpProblem(403, 'Forbidden', `you are bound to ${tenants.join(', ')}`);
    }
    const values = Object.entries(filters as Record<string, string | undefined>).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value]] as const]
    );
    const now = Date.now();
    const seen = tenant === undefined ? tenants : [tenant];
    const asked = Object.fromEntries([...(seen === null ? [] : [['tenant', seen] as const]), ...values]);
    const history = await readHistory(pool, { tenant: null, scope: asked }, timeZone, now);
    response.json({
      time_zone: timeZone,
      days: history.days.length,
      spent_today: history.today,
      daily: projectDay(history, now),
      weekly: projectWeek(history),
      monthly: projectMonth(history),
    });
  });

  router.get('/v1/budgets/:id/forecast', read, async (request, response) => {
    const id = String(request.params.id);
    const budget = UUID.test(id) ? await findBudget(pool, id, principalOf(response).tenants) : null;
    if (!budget) {
      throw notFound(`there is no budget ${id.slice(0, 100)}; GET /v1/budgets lists them`);
    }
    response.json(await forecastBudget(pool, budget));
  });
  return router;
}
