import { Router } from 'express';
import { issueText } from '../../receivers/events/eventInput';
import { ProviderError, REPORTING_PROVIDERS } from '../../reports/reconcile/providerReport';
import { pullProvider } from '../../reports/reconcile/pull';
import { reconciliation } from '../../reports/reconcile/report';
import { type ReconciliationRequest, reconciliationSchema } from '../../reports/reconcile/request';
import { requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { badRequest, HttpProblem } from '../problem';
import type { Services } from '../services';

function asked(input: unknown): ReconciliationRequest {
  const parsed = reconciliationSchema.safeParse(input);
  if (!parsed.success) {
    throw badRequest(issueText(parsed.error, Object.keys(reconciliationSchema.shape)));
  }
  return parsed.data;
}

/** `/v1/reports/reconciliation`: our total against the providers' bills; for those who may see every tenant. */
export function reconciliationRoutes({ pool, authenticator, providerAccess, log }: Services): Router {
  const router = Router();
  const route = '/v1/reports/reconciliation';

  router.get(route, requires(authenticator, 'read', { everyTenant: true }), async (request, response) => {
    const { provider, ...days } = asked(request.query);
    response.json(await reconciliation(pool, days, provider ? [provider] : REPORTING_PROVIDERS));
  });

  router.post(route, requires(authenticator, 'admin', { everyTenant: true }), rawBody(), async (request, response) => {
    const { provider, ...days } = asked(jsonBody(request));
    const wanted = provider ? [provider] : REPORTING_PROVIDERS.filter((name) => providerAccess[name]);
    if (wanted.length === 0) {
      throw badRequest('no provider can be asked: set OPENAI_ADMIN_KEY or ANTHROPIC_ADMIN_KEY');
    }
    for (const name of wanted) {
      const access = providerAccess[name];
      if (!access) {
        throw badRequest(`${name} can't be asked: set ${name.toUpperCase()}_ADMIN_KEY`);
      }
      try {
        await pullProvider(pool, name, access, days);
      } catch (error) {
        throw error instanceof ProviderError ? new HttpProblem(502, 'Bad gateway', error.message) : error;
      }
      log.info({ provider: name, ...days }, "the provider's report is read");
    }
    response.json(await reconciliation(pool, days, wanted));
  });
  return router;
}
