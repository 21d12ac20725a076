import { Router } from 'express';
import { monthlyBudget } from '../../budgets/monthly';
import { costOptimization } from '../../reports/costOptimization';
import { HttpProblem } from '../problem';
import type { Services } from '../services';

/**
 * `GET /api/v1/admin/metrics/cost-optimization`: the seed's endpoint. It wants a JSON Web Token, also where the rest of
 * the collector is open, and an `X-Org-ID` that equals the token's `org`.
 */
export function costOptimizationRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  router.get('/api/v1/admin/metrics/cost-optimization', async (request, response) => {
    const [, token] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const claims = token === undefined ? null : await authenticator.tokens.verify(token);
    if (!claims || typeof claims.org !== 'string' || claims.org === '') {
      const cure = authenticator.tokens.configured
        ? ''
        : '; set LLMCOST_JWT_SECRET or LLMCOST_JWKS_URL to verify tokens';
      throw new HttpProblem(
        401,
        'Unauthorized',
        `a valid JSON Web Token with the claim "org" is needed${cure}`,
        {},
        { 'www-authenticate': 'Bearer' }
      );
    }
    if (request.headers['x-org-id'] !== claims.org) {
      throw new HttpProblem(403, 'Forbidden', "the header X-Org-ID must equal the token's organisation");
    }
    if (claims.role !== 'admin') {
      throw new HttpProblem(403, 'Forbidden', 'the token\'s role must be "admin"');
    }
    response.json(await costOptimization(pool, claims.org, await monthlyBudget(pool, claims.org)));
  });
  return router;
}
