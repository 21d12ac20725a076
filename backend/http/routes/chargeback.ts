import { type Response, Router } from 'express';
import { deliveryStates, sendAgain } from '../../chargeback/delivery';
import { rendered, type StatementFormat } from '../../chargeback/file';
import { listMonths } from '../../chargeback/months';
import { statementReply } from '../../chargeback/reply';
import { closeSchema, creditSchema, deliverSchema, splitSchema, statementSchema } from '../../chargeback/request';
import {
  addCredit,
  ClosedMonth,
  closeMonth,
  listSplits,
  removeSplit,
  setSplit,
  type Statement,
  statement,
} from '../../chargeback/statement';
import { MissingRate } from '../../chargeback/usage';
import { type Principal, principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody, queryParameters } from '../parameters';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const explained = (error: unknown): unknown =>
  error instanceof MissingRate
    ? badRequest(error.message)
    : error instanceof ClosedMonth
      ? new HttpProblem(409, 'Conflict', error.message)
      : error;

/** The tenant that something is of. @throws HttpProblem 400 or 403 */
function tenantOf({ tenant: bound }: Principal, given: string | undefined): string {
  if (bound !== null && given !== undefined && given !== bound) {
    throw new HttpProblem(403, 'Forbidden', `you are bound to ${bound}`);
  }
  const tenant = bound ?? given;
  if (tenant === undefined) {
    throw badRequest('tenant: must name whose it is');
  }
  return tenant;
}

/** The tenants of a statement. @throws HttpProblem 403 */
function tenantsOf({ tenants }: Principal, asked: string | undefined): readonly string[] | null {
  if (asked === undefined) {
    return tenants;
  }
  if (tenants !== null && !tenants.includes(asked)) {
    throw new HttpProblem(403, 'Forbidden', `you see ${tenants.join(', ')}, not ${asked}`);
  }
  return [asked];
}

function send(response: Response, made: Statement, format: StatementFormat): void {
  if (format === 'json') {
    response.json(statementReply(made));
    return;
  }
  const { name, type, content } = rendered(made, format);
  response.set('content-disposition', `attachment; filename="${name}"`).type(type).send(content);
}

/** Chargeback: monthly statements, shared costs, credits, and closed months. */
export function chargebackRoutes({ pool, authenticator, statements }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  const admin = requires(authenticator, 'admin');

  router.get('/v1/reports/chargeback', read, async (request, response) => {
    const { month, tenant, currency, format } = queryParameters(statementSchema, request);
    try {
      const tenants = tenantsOf(principalOf(response), tenant);
      send(response, await statement(pool, month, currency, tenants), format);
    } catch (error) {
      throw explained(error);
    }
  });

  router.get('/v1/chargeback/months', read, async (_request, response) => {
    const { tenants } = principalOf(response);
    const months = await listMonths(pool, tenants, Date.now());
    // A month is closed for everybody, so by nobody who sees a part.
    const offered = tenants === null ? months : months.map((one) => ({ ...one, can_close: false }));
    response.json({ months: offered, tenants });
  });

  router.post(
    '/v1/chargeback/close',
    requires(authenticator, 'admin', { everyTenant: true }),
    rawBody(),
    async (request, response) => {
      const { month, currency } = checkedBody(closeSchema, request);
      try {
        const { name } = principalOf(response);
        response.status(201).json(statementReply(await closeMonth(pool, month, currency, name, Date.now())));
        statements.wake();
      } catch (error) {
        throw explained(error);
      }
    }
  );

  const deliveries = '/v1/chargeback/deliveries';
  router.get(deliveries, requires(authenticator, 'read', { everyTenant: true }), async (_request, response) => {
    response.json({ names: statements.names, deliveries: await deliveryStates(pool) });
  });
  router.post(
    deliveries,
    requires(authenticator, 'admin', { everyTenant: true }),
    rawBody(),
    async (request, response) => {
      const { name, month } = checkedBody(deliverSchema, request);
      if (!statements.names.includes(name)) {
        const known = statements.names.join(', ') || 'none is configured (chargeback.deliveries)';
        throw notFound(`there is no delivery "${name}": ${known}`);
      }
      if (!(await sendAgain(pool, name, month))) {
        throw new HttpProblem(409, 'Conflict', `${month} is not closed: POST /v1/chargeback/close`);
      }
      statements.wake();
      response.status(202).json({ name, month });
    }
  );

  router.get('/v1/chargeback/splits', read, async (_request, response) => {
    response.json({ splits: await listSplits(pool, principalOf(response).tenants) });
  });
  router.post('/v1/chargeback/splits', admin, rawBody(), async (request, response) => {
    const split = checkedBody(splitSchema, request);
    const principal = principalOf(response);
    await setSplit(pool, { ...split, tenant: tenantOf(principal, split.tenant) }, principal.name);
    response.status(201).json({ splits: await listSplits(pool, principal.tenants) });
  });
  router.delete('/v1/chargeback/splits/:id', admin, async (request, response) => {
    const name = String(request.params.id);
    if (!(await removeSplit(pool, name, principalOf(response).tenants))) {
      throw notFound(`there is no split "${name}"`);
    }
    response.status(204).end();
  });

  router.post('/v1/chargeback/credits', admin, rawBody(), async (request, response) => {
    const credit = checkedBody(creditSchema, request);
    const principal = principalOf(response);
    try {
      const isNew = await addCredit(pool, { ...credit, tenant: tenantOf(principal, credit.tenant) }, principal.name);
      if (!isNew) {
        throw new HttpProblem(409, 'Conflict', `credit "${credit.id}" is booked already`);
      }
    } catch (error) {
      throw explained(error);
    }
    response.status(201).json({ id: credit.id });
  });
  return router;
}
