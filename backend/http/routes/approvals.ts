import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import {
  AlreadyDecided,
  type Approval,
  decideApproval,
  type Decision,
  findApproval,
  GRANTS,
  listApprovals,
} from '../../budgets/authorize/approvals';
import { moneySchema } from '../../budgets/authorize/request';
import { usdToPico } from '../../pricing/decimal';
import { principalOf, requires, type Scope } from '../auth';
import { rawBody } from '../body';
import { checkedBody, countParameter, queryParameters } from '../parameters';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const STATES = ['waiting', 'approved', 'denied', 'expired'] as const;
const listSchema = z.strictObject({ state: z.enum(STATES, `must be one of ${STATES.join(', ')}`).optional() });
/** Longest long-poll: less than the idle timeouts of proxies (60 s). */
const MAX_WAIT_SECONDS = 50;
const waitSchema = z.strictObject({ wait: countParameter(0, MAX_WAIT_SECONDS).optional() });
const approveSchema = z.strictObject({
  grant: z.enum(GRANTS, `must be one of ${GRANTS.join(', ')}`).default('once'),
  amount: moneySchema.optional(),
});
const denySchema = z.strictObject({ reason: z.string().trim().min(1, 'must say why').max(1_000) });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** How often a caller that waits looks. */
const LOOK_MS = 500;

const unknown = (request: Request): HttpProblem =>
  notFound(`there is no approval ${String(request.params.id).slice(0, 100)}; GET /v1/approvals lists them`);

function idOf(request: Request): string {
  const id = String(request.params.id);
  if (!UUID.test(id)) {
    throw unknown(request);
  }
  return id;
}

/** What waits for somebody to decide: `/v1/approvals`. Deciding needs the scope admin, waiting for it ingest. */
export function approvalRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const of = (scope: Scope) => requires(authenticator, scope, { severalTenants: true });
  const admin = of('admin');
  const tenantsOf = (response: Response) => principalOf(response).tenants;

  router.get('/v1/approvals', of('read'), async (request, response) => {
    const { state } = queryParameters(listSchema, request);
    response.json({ approvals: await listApprovals(pool, tenantsOf(response), state ?? null) });
  });

  router.get('/v1/approvals/:id', of('ingest'), async (request, response) => {
    const { wait = 0 } = queryParameters(waitSchema, request);
    const until = Date.now() + wait * 1000;
    let approval: Approval | null;
    do {
      approval = await findApproval(pool, idOf(request), tenantsOf(response));
      if (!approval) {
        throw unknown(request);
      }
      if (approval.state !== 'waiting' || Date.now() >= until || request.destroyed || response.closed) {
        break;
      }
      await sleep(LOOK_MS);
    } while (Date.now() < until);
    response.json(approval);
  });

  /** Who decides, for the audit. @throws HttpProblem 403 */
  function deciderOf(response: Response): string {
    const { name, user, mayApprove } = principalOf(response);
    if (!mayApprove) {
      throw new HttpProblem(
        403,
        'Forbidden',
        user
          ? `${name} is none of those who decide: grafana.approvers in the collector's configuration names them`
          : 'nobody knows who decides: start the collector with GRAFANA_URL, so that the audit can name them'
      );
    }
    return name;
  }

  async function decide(request: Request, response: Response, decision: Decision): Promise<void> {
    const by = deciderOf(response);
    try {
      const approval = await decideApproval(pool, idOf(request), decision, by, tenantsOf(response));
      if (!approval) {
        throw unknown(request);
      }
      response.json(approval);
    } catch (error) {
      throw error instanceof AlreadyDecided ? new HttpProblem(409, 'Conflict', error.message) : error;
    }
  }

  router.post('/v1/approvals/:id/approve', admin, rawBody(), async (request, response) => {
    const { grant, amount } = checkedBody(approveSchema, request);
    if ((grant === 'amount') !== (amount !== undefined)) {
      throw badRequest('amount: goes with the grant "amount", and only with it: how much more may be spent, USD');
    }
    await decide(request, response, {
      state: 'approved',
      grant,
      amount: amount === undefined ? null : usdToPico(amount),
    });
  });

  router.post('/v1/approvals/:id/deny', admin, rawBody(), async (request, response) => {
    await decide(request, response, { state: 'denied', reason: checkedBody(denySchema, request).reason });
  });
  return router;
}
