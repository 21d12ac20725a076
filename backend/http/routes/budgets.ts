import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type Budget, type BudgetRule, budgetSchema, toRule } from '../../budgets/budget';
import {
  createBudget,
  deleteBudget,
  ProvisionedBudget,
  rebuildBudgets,
  updateBudget,
  VersionConflict,
} from '../../budgets/manage';
import { previewBudget } from '../../budgets/preview';
import { budgetsWithStandings, budgetWithStanding } from '../../budgets/status';
import { budgetAudit, findBudget, listBudgets } from '../../budgets/store';
import { readBudgetView } from '../../budgets/views';
import { projectBudget } from '../../forecast/budgets';
import { picoToUsd } from '../../pricing/decimal';
import { BUDGET_VIEWS } from '../../../src/query';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { checked, chosenTenants, instantParameter, queryParameters, valuesParameter } from '../parameters';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const editSchema = budgetSchema.extend({ version: z.int().min(1).nullable().default(null) });
const rebuildSchema = z.strictObject({ id: z.uuid().nullable().default(null) });
/** A budget that is only thought of needs no name yet. */
const previewSchema = budgetSchema.extend({ name: budgetSchema.shape.name.default('preview') });
const viewSchema = z.strictObject({ tenant: valuesParameter, project: valuesParameter });
const FIELDS = Object.keys(editSchema.shape);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const unknown = (id: string): HttpProblem => notFound(`there is no budget ${id}; GET /v1/budgets lists them`);

/** The id in the path. @throws HttpProblem 404 for what can't be one. */
function idOf(request: Request): string {
  const id = String(request.params.id);
  if (!UUID.test(id)) {
    throw unknown(id.slice(0, 100));
  }
  return id;
}

/** A body's rule. A caller that is bound to tenants makes budgets of those only; with one it may be left out. */
function ruleOf(
  value: z.output<typeof budgetSchema>,
  body: unknown,
  tenants: readonly string[] | null,
  webhooks: boolean
): BudgetRule {
  const [only] = tenants?.length === 1 ? tenants : [];
  const left = only !== undefined && (body as { tenant?: unknown }).tenant === undefined;
  const bound = left ? { ...value, tenant: only } : value;
  if (tenants !== null && (bound.tenant === null || !tenants.includes(bound.tenant))) {
    const which = only === undefined ? `set "tenant" to one of them` : `set "tenant" to it`;
    throw new HttpProblem(403, 'Forbidden', `you are bound to ${tenants.join(', ')}: ${which}`);
  }
  const result = toRule(bound);
  if ('problem' in result) {
    throw badRequest(result.problem);
  }
  if (result.rule.webhook_url !== null && !webhooks) {
    throw badRequest('webhook_url: webhooks are signed; start the collector with LLMCOST_WEBHOOK_SECRET');
  }
  return result.rule;
}

/** Errors of an edit as problems. */
async function editing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VersionConflict || error instanceof ProvisionedBudget) {
      throw new HttpProblem(409, 'Conflict', error.message);
    }
    throw error;
  }
}

/** Budgets: `/v1/budgets`. Reading needs the scope read, changing admin; a bound key sees its tenant's only. */
export function budgetRoutes({ pool, authenticator, log, webhooks }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  const admin = requires(authenticator, 'admin', { severalTenants: true });
  const caller = (response: Response) => principalOf(response);

  /** The budget as it stands after an edit, with its projection, which a job would make within a minute otherwise. */
  async function edited(budget: Budget) {
    await projectBudget(pool, budget).catch((error: unknown) =>
      log.warn({ err: error }, 'the budget is projected later')
    );
    return budgetWithStanding(pool, budget);
  }

  router.get('/v1/budgets', read, async (request, response) => {
    const { tenant: asked } = queryParameters(z.strictObject({ tenant: z.string().optional() }), request);
    const { tenants } = caller(response);
    const budgets = (await listBudgets(pool, tenants)).filter(
      (budget) => asked === undefined || budget.tenant === (asked === '' ? null : asked)
    );
    response.json({ budgets: await budgetsWithStandings(pool, budgets), tenants });
  });

  router.post('/v1/budgets', admin, rawBody(), async (request, response) => {
    const body = jsonBody(request);
    const { name: by, tenants } = caller(response);
    const rule = ruleOf(checked(budgetSchema, body, FIELDS), body, tenants, webhooks);
    const budget = await createBudget(pool, rule, by);
    log.info({ by, budget: budget.budget_id, name: budget.name }, 'budget made');
    response.status(201).json(await edited(budget));
  });

  router.post('/v1/budgets/preview', read, rawBody(), async (request, response) => {
    const body = jsonBody(request);
    // What can't be sent from here is no reason not to count.
    const rule = ruleOf(checked(previewSchema, body, FIELDS), body, caller(response).tenants, true);
    response.json(await previewBudget(pool, rule));
  });

  router.post('/v1/budgets/rebuild', admin, rawBody(), async (request, response) => {
    const { id } = checked(rebuildSchema, jsonBody(request));
    const rebuilt = await rebuildBudgets(pool, caller(response).tenants, id);
    response.json({
      budgets: rebuilt.length,
      corrections: rebuilt.flatMap(({ budget, corrections }) =>
        corrections.map(({ window_start, run_id, before, after }) => ({
          id: budget.budget_id,
          name: budget.name,
          window_start,
          run_id,
          spent_before: picoToUsd(before.spent),
          spent_after: picoToUsd(after.spent),
        }))
      ),
    });
  });

  router.get('/v1/budgets/views/:view', read, async (request, response) => {
    const view = BUDGET_VIEWS.find((name) => name === request.params.view);
    if (!view) {
      throw notFound(`there is no view of that name; there are ${BUDGET_VIEWS.join(', ')}`);
    }
    const { tenant: asked, project } = queryParameters(viewSchema, request);
    const tenants = chosenTenants(caller(response).tenants, asked);
    response.json(await readBudgetView(pool, view, { tenants, projects: project ?? null }));
  });

  router.get('/v1/budgets/:id', read, async (request, response) => {
    const { at } = queryParameters(z.strictObject({ at: instantParameter.optional() }), request);
    const budget = await findBudget(pool, idOf(request), caller(response).tenants);
    if (!budget) {
      throw unknown(idOf(request));
    }
    response.json(await budgetWithStanding(pool, budget, at === undefined ? null : Math.floor(at / 1000)));
  });

  router.get('/v1/budgets/:id/audit', read, async (request, response) => {
    const id = idOf(request);
    const { tenants } = caller(response);
    if (tenants !== null && !(await findBudget(pool, id, tenants))) {
      throw unknown(id);
    }
    response.json({ entries: await budgetAudit(pool, id) });
  });

  router.put('/v1/budgets/:id', admin, rawBody(), async (request, response) => {
    const body = jsonBody(request);
    const { name: by, tenants } = caller(response);
    const { version, ...value } = checked(editSchema, body, FIELDS);
    const rule = ruleOf(value, body, tenants, webhooks);
    const budget = await editing(() => updateBudget(pool, idOf(request), { rule, by, version, tenants }));
    if (!budget) {
      throw unknown(idOf(request));
    }
    response.json(await edited(budget));
  });

  router.delete('/v1/budgets/:id', admin, async (request, response) => {
    const { name: by, tenants } = caller(response);
    if (!(await editing(() => deleteBudget(pool, idOf(request), by, tenants)))) {
      throw unknown(idOf(request));
    }
    response.status(204).end();
  });
  return router;
}
