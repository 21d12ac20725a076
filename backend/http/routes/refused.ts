import { Router } from 'express';
import { z } from 'zod';
import { countRefused, listRefused, MAX_REFUSED } from '../../storage/refusedEvents';
import { principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody, countParameter, queryParameters } from '../parameters';
import type { Services } from '../services';

const DEFAULT_LISTED = 100;

const listSchema = z.strictObject({ limit: countParameter(1, MAX_REFUSED).default(DEFAULT_LISTED) });

/** Which of the refused events: named ones, or every one. */
export const refusedSchema = z
  .strictObject({ ids: z.array(z.uuid('must be an id of GET /v1/refused')).max(MAX_REFUSED).optional() })
  .describe('Without ids: all of them');

/** `/v1/refused`: what was acknowledged while the database was away and could not be stored afterwards. */
export function refusedRoutes({ pool, authenticator, ingest, log }: Services): Router {
  const router = Router();

  router.get('/v1/refused', requires(authenticator, 'read'), async (request, response) => {
    const { limit } = queryParameters(listSchema, request);
    const scope = { tenant: principalOf(response).tenant, ids: null };
    response.json({ refused: await listRefused(pool, scope, limit), total: await countRefused(pool, scope) });
  });

  router.post('/v1/refused/replay', requires(authenticator, 'admin'), rawBody(), async (request, response) => {
    const { ids = null } = checkedBody(refusedSchema, request);
    const { tenant, name: by } = principalOf(response);
    const reply = await ingest.refused.replay({ tenant, ids });
    log.info({ by, ...reply }, 'refused events were tried again');
    response.json(reply);
  });

  router.post('/v1/refused/discard', requires(authenticator, 'admin'), rawBody(), async (request, response) => {
    const { ids = null } = checkedBody(refusedSchema, request);
    const { tenant, name: by } = principalOf(response);
    const discarded = await ingest.refused.discard({ tenant, ids });
    log.warn({ by, discarded }, 'refused events were discarded');
    response.json({ discarded });
  });
  return router;
}
