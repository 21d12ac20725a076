import { Router } from 'express';
import { z } from 'zod';
import { QueryError } from '../../../src/query';
import { ownUsage } from '../../reports/ownUsage';
import { principalOf, requires } from '../auth';
import { queryParameters, rangeOf, rangeSchema } from '../parameters';
import { badRequest, HttpProblem } from '../problem';
import type { Services } from '../services';

const MONTH_MS = 30 * 86_400_000;
const schema = z.strictObject({ ...rangeSchema, time_zone: z.string().max(100).default('UTC') });

/** `GET /v1/me/usage`: what the caller used, whoever they say they are; only a verified identity counts. */
export function meRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const me = requires(authenticator, 'read', { severalTenants: true, personal: true });
  router.get('/v1/me/usage', me, async (request, response) => {
    const { user, userIds, tenants, kind, name } = principalOf(response);
    if (userIds.length === 0) {
      throw user
        ? new HttpProblem(403, 'Forbidden', `a ${user.type} without a name or e-mail address has no usage of its own`)
        : new HttpProblem(
            401,
            'Unauthorized',
            kind === 'jwt'
              ? 'the token has no subject (the claim "sub"), which is whose usage this shows'
              : "this shows a person's own usage, and a key is nobody's: open My usage in Grafana (the collector needs GRAFANA_URL), or send a JSON Web Token"
          );
    }
    const { time_zone: timeZone, ...asked } = queryParameters(schema, request);
    const { from, to } = rangeOf(asked, MONTH_MS);
    try {
      const usage = await ownUsage(pool, { userIds, tenants, from, to, timeZone });
      response.json({
        user: { name: user?.name ?? name, user_ids: userIds },
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        ...usage,
      });
    } catch (error) {
      throw error instanceof QueryError ? badRequest(error.message, { problems: error.problems }) : error;
    }
  });
  return router;
}
