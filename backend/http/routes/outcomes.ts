import { Router } from 'express';
import { z } from 'zod';
import { efficiency } from '../../outcomes/report';
import { listRules, ruleSchema, setRule } from '../../outcomes/rules';
import { principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody, queryParameters, rangeOf, rangeSchema } from '../parameters';
import { HttpProblem } from '../problem';
import type { Services } from '../services';
import { explainQueryError } from './query';

const MONTH_MS = 30 * 86_400_000;

/** What counts as a success, what one may cost, and what it does cost. */
export function outcomeRoutes({ pool, authenticator, outcomes }: Services): Router {
  const router = Router();

  router.get(
    '/v1/outcome-rules',
    requires(authenticator, 'read', { severalTenants: true }),
    async (_request, response) => {
      response.json({ rules: await listRules(pool, principalOf(response).tenants) });
    }
  );

  router.post('/v1/outcome-rules', requires(authenticator, 'admin'), rawBody(), async (request, response) => {
    const rule = checkedBody(ruleSchema, request);
    const { tenant, tenants, name } = principalOf(response);
    if (tenant !== null && rule.tenant !== null && rule.tenant !== tenant) {
      throw new HttpProblem(403, 'Forbidden', `you are bound to ${tenant}; this rule is of ${rule.tenant}`);
    }
    await setRule(pool, { ...rule, tenant: rule.tenant ?? tenant }, name);
    outcomes.wake();
    response.json({ rules: await listRules(pool, tenants) });
  });

  router.get(
    '/v1/reports/efficiency',
    requires(authenticator, 'read', { severalTenants: true }),
    async (request, response) => {
      const range = rangeOf(queryParameters(z.strictObject(rangeSchema), request), MONTH_MS);
      const [from, to] = [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
      try {
        response.json({ from, to, rows: await efficiency(pool, { from, to }, principalOf(response).tenants) });
      } catch (error) {
        throw explainQueryError(error);
      }
    }
  );
  return router;
}
