import { Router } from 'express';
import { HttpProblem } from '../problem';
import { principalOf, requires } from '../auth';
import type { Services } from '../services';
import { readStatus } from '../../storage/status';

/** `GET /healthz`, `/readyz`, `/metrics`, `/v1/status`. */
export function healthRoutes(services: Services): Router {
  const router = Router();
  const { pool, metrics, version, startedAt, authenticator } = services;

  router.get('/healthz', (_request, response) => void response.json({ status: 'ok', version }));

  router.get('/readyz', async (_request, response) => {
    if (!services.ready) {
      throw new HttpProblem(503, 'Not ready', 'the collector is starting or ending');
    }
    try {
      await pool.query('SELECT 1');
    } catch {
      throw new HttpProblem(503, 'Not ready', 'the database does not answer');
    }
    response.json({ status: 'ready', version });
  });

  router.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  router.get('/v1/status', requires(authenticator, 'read', { severalTenants: true }), async (_request, response) => {
    const { tenants } = principalOf(response);
    response.json({ version, started_at: startedAt.toISOString(), ...(await readStatus(pool, tenants)), tenants });
  });
  return router;
}
