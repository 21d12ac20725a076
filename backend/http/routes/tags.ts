import { Router } from 'express';
import { z } from 'zod';
import { tagKeysSql } from '../../../src/query';
import { principalOf, requires } from '../auth';
import { queryParameters, rangeOf, rangeSchema } from '../parameters';
import type { Services } from '../services';

const DAY_MS = 86_400_000;

/** `GET /v1/tags`: what can be grouped and filtered by besides the dimensions. */
export function tagRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  router.get('/v1/tags', requires(authenticator, 'read', { severalTenants: true }), async (request, response) => {
    const { from, to } = rangeOf(queryParameters(z.strictObject(rangeSchema), request), DAY_MS);
    const { tenants } = principalOf(response);
    const { rows } = await pool.query<{ key: string }>(tagKeysSql(from, to, tenants));
    response.json({ tags: rows.map(({ key }) => key) });
  });
  return router;
}
