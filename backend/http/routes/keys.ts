import { Router } from 'express';
import { z } from 'zod';
import { issueText } from '../../receivers/events/eventInput';
import { createKey, listKeys, revokeKey } from '../../storage/keys';
import { requires, SCOPES } from '../auth';
import { jsonBody, rawBody } from '../body';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const schema = z.strictObject({
  name: z.string().min(1, 'must not be empty').max(200),
  scopes: z.array(z.enum(SCOPES, { error: `must be of ${SCOPES.join(', ')}` })).min(1, 'must name at least one scope'),
  tenant: z.string().min(1).max(1024).nullish(),
});

/** `/v1/keys`: API keys, for administrators of the whole collector. */
export function keyRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const admin = requires(authenticator, 'admin', { everyTenant: true });

  router.get('/v1/keys', admin, async (_request, response) => void response.json({ keys: await listKeys(pool) }));

  router.post('/v1/keys', admin, rawBody(), async (request, response) => {
    const parsed = schema.safeParse(jsonBody(request));
    if (!parsed.success) {
      throw badRequest(issueText(parsed.error, Object.keys(schema.shape)));
    }
    const { name, scopes, tenant = null } = parsed.data;
    if (!scopes.includes('admin') && (await authenticator.isOpen())) {
      // The first key closes the open door; without an administrator nobody could make another.
      throw new HttpProblem(409, 'Conflict', 'the first key needs the scope "admin", or set LLMCOST_ADMIN_KEY');
    }
    const key = await createKey(pool, { name, scopes, tenant });
    authenticator.forget();
    response.status(201).json(key);
  });

  router.delete('/v1/keys/:id', admin, async (request, response) => {
    const id = String(request.params.id);
    if (!z.uuid().safeParse(id).success || !(await revokeKey(pool, id))) {
      throw notFound(`there is no key ${id}`);
    }
    authenticator.forget();
    response.status(204).end();
  });
  return router;
}
