import { Router } from 'express';
import { z } from 'zod';
import { USAGE_VIEWS, usageViewSql } from '../../../src/query';
import { readViewTable } from '../../query/viewTable';
import { principalOf, requires } from '../auth';
import { chosenTenants, queryParameters, rangeOf, rangeSchema, valuesParameter } from '../parameters';
import { notFound } from '../problem';
import type { Services } from '../services';

const MONTH_MS = 30 * 86_400_000;
const viewSchema = z.strictObject({ ...rangeSchema, tenant: valuesParameter, service: valuesParameter });

/** `GET /v1/usage/views/{view}`: what panels of Efficiency and Releases show beyond the cost query. */
export function usageViewRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  router.get('/v1/usage/views/:view', read, async (request, response) => {
    const view = USAGE_VIEWS.find((name) => name === request.params.view);
    if (!view) {
      throw notFound(`there is no view of that name; there are ${USAGE_VIEWS.join(', ')}`);
    }
    const { from, to, tenant, service } = queryParameters(viewSchema, request);
    const tenants = chosenTenants(principalOf(response).tenants, tenant);
    const sql = usageViewSql(view, { ...rangeOf({ from, to }, MONTH_MS), tenants, services: service ?? null });
    response.json(await readViewTable(pool, sql));
  });
  return router;
}
