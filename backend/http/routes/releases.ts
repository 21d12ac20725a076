import { Router } from 'express';
import { z } from 'zod';
import { listReleases } from '../../releases/report';
import { RELEASE_FIELDS, releaseSchema, storeReleases } from '../../releases/releases';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { checked, countParameter, queryParameters, rangeOf, rangeSchema } from '../parameters';
import type { Services } from '../services';

const MONTH_MS = 30 * 86_400_000;
const many = z.array(releaseSchema).min(1, 'must have at least one release').max(1_000);
const listing = z.strictObject({
  ...rangeSchema,
  service: z.string().max(200).optional(),
  limit: countParameter(1, 1_000).default(100),
});

/** `/v1/releases`: which version of a service came when, and what it did to cost, tokens, errors and retries. */
export function releaseRoutes({ pool, authenticator, releases }: Services): Router {
  const router = Router();

  router.post('/v1/releases', requires(authenticator, 'ingest'), rawBody(), async (request, response) => {
    const body = jsonBody(request);
    const inputs = Array.isArray(body)
      ? checked(many, body, RELEASE_FIELDS)
      : [checked(releaseSchema, body, RELEASE_FIELDS)];
    const { tenant, name } = principalOf(response);
    await storeReleases(pool, inputs, tenant, name, Date.now() * 1000);
    releases.wake();
    response.status(201).json({ releases: inputs.length });
  });

  router.get('/v1/releases', requires(authenticator, 'read', { severalTenants: true }), async (request, response) => {
    const { limit, service, ...asked } = queryParameters(listing, request);
    const range = { ...rangeOf(asked, MONTH_MS), service };
    response.json({ releases: await listReleases(pool, range, principalOf(response).tenants, limit) });
  });
  return router;
}
