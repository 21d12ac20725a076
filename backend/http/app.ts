import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { directly } from './direct';
import { noRebinding, noTraversal } from './guard';
import { notFound, problemHandler } from './problem';
import { annotationRoutes } from './routes/annotations';
import { approvalRoutes } from './routes/approvals';
import { type Authorize, authorizeRoutes, authorizing } from './routes/authorize';
import { budgetRoutes } from './routes/budgets';
import { chargebackRoutes } from './routes/chargeback';
import { costOptimizationRoutes } from './routes/costOptimization';
import { currencyRoutes } from './routes/currencies';
import { eventRoutes } from './routes/events';
import { feedbackRoutes } from './routes/feedback';
import { forecastRoutes } from './routes/forecast';
import { healthRoutes } from './routes/health';
import { homeRoutes } from './routes/home';
import { keyRoutes } from './routes/keys';
import { meRoutes } from './routes/me';
import { openapiRoutes } from './routes/openapi';
import { litellmRoutes } from './routes/litellm';
import { outcomeRoutes } from './routes/outcomes';
import { otlpRoutes } from './routes/otlp';
import { priceImportRoutes } from './routes/priceImport';
import { priceRoutes } from './routes/prices';
import { queryRoutes } from './routes/query';
import { releaseRoutes } from './routes/releases';
import { refusedRoutes } from './routes/refused';
import { tagRoutes } from './routes/tags';
import { unpricedRoutes } from './routes/unpriced';
import { reconciliationRoutes } from './routes/reconciliation';
import { whatIfRoutes } from './routes/whatIf';
import { usageViewRoutes } from './routes/usageViews';
import { whyRoutes } from './routes/why';
import { savingsRoutes } from './routes/savings';
import type { Services } from './services';

/** Times every request by its route's pattern, never by its path: paths hold ids and would make endless series. */
const timed =
  ({ metrics }: Services): RequestHandler =>
  (request, response, next) => {
    const end = metrics.requests.startTimer({ method: request.method });
    response.once('finish', () => {
      const route = request.route as { path: string | string[] } | undefined;
      const [pattern = 'none'] = [route?.path ?? []].flat();
      end({ route: pattern, status: String(response.statusCode) });
    });
    next();
  };

/** The collector's HTTP surface (design/domain.md); every error is a problem of RFC 9457. */
export function createListener(services: Services): RequestListener {
  const authorize = authorizing(services);
  return directly(services, authorize, createApp(services, authorize));
}

function createApp(services: Services, authorize: Authorize): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(timed(services), noTraversal, noRebinding(services.authenticator));
  app.use((_request, response, next) => {
    response.set({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    next();
  });
  app.use(
    homeRoutes(services),
    healthRoutes(services),
    otlpRoutes(services),
    litellmRoutes(services),
    eventRoutes(services),
    feedbackRoutes(services),
    outcomeRoutes(services),
    releaseRoutes(services),
    chargebackRoutes(services),
    savingsRoutes(services),
    whatIfRoutes(services),
    refusedRoutes(services),
    queryRoutes(services),
    tagRoutes(services),
    usageViewRoutes(services),
    annotationRoutes(services),
    meRoutes(services),
    priceRoutes(services),
    priceImportRoutes(services),
    unpricedRoutes(services),
    currencyRoutes(services),
    forecastRoutes(services),
    budgetRoutes(services),
    authorizeRoutes(services, authorize),
    approvalRoutes(services),
    keyRoutes(services),
    costOptimizationRoutes(services),
    reconciliationRoutes(services),
    whyRoutes(services),
    openapiRoutes()
  );
  app.use((request) => {
    throw notFound(`there is no ${request.method} ${request.path}; GET /openapi.json lists what there is`);
  });
  app.use(problemHandler(services.log));
  return app;
}
