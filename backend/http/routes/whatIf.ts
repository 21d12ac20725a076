import { Router } from 'express';
import { type Scenario, savedSchema, scenarioSchema } from '../../whatif/request';
import { findScenario, listScenarios, removeScenario, saveScenario } from '../../whatif/saved';
import { baseDays, whatIf } from '../../whatif/whatIf';
import { type Principal, principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody } from '../parameters';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

/** The tenants that a scenario speaks of. @throws HttpProblem 403 */
function tenantsOf({ tenants }: Principal, { tenant }: Scenario): readonly string[] | null {
  if (tenant === undefined) {
    return tenants;
  }
  if (tenants !== null && !tenants.includes(tenant)) {
    throw new HttpProblem(403, 'Forbidden', `you see ${tenants.join(', ')}, not ${tenant}`);
  }
  return [tenant];
}

/** @throws HttpProblem 400 when the base has no days. */
function checkedDays(scenario: Scenario): Scenario {
  try {
    baseDays(scenario, Date.now());
  } catch (error) {
    throw error instanceof RangeError ? badRequest(error.message) : error;
  }
  return scenario;
}

/** What-if: what the work of the last days would cost with changes, and scenarios that are kept. */
export function whatIfRoutes({ pool, authenticator, book }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  const answer = async (scenario: Scenario, principal: Principal) =>
    whatIf(pool, scenario, await book.current(pool), tenantsOf(principal, scenario), Date.now());

  router.post('/v1/what-if', read, rawBody(), async (request, response) => {
    const scenario = checkedDays(checkedBody(scenarioSchema, request));
    response.json(await answer(scenario, principalOf(response)));
  });

  router.get('/v1/what-if/scenarios', read, async (_request, response) => {
    response.json({ scenarios: await listScenarios(pool, principalOf(response).tenants) });
  });

  router.post('/v1/what-if/scenarios', read, rawBody(), async (request, response) => {
    const { name, scenario } = checkedBody(savedSchema, request);
    const principal = principalOf(response);
    tenantsOf(principal, checkedDays(scenario));
    const tenant = scenario.tenant ?? principal.tenant;
    if (tenant === null && principal.tenants !== null) {
      throw badRequest(`scenario.tenant: must be one of ${principal.tenants.join(', ')}`);
    }
    const id = await saveScenario(pool, name, tenant, scenario, principal.name);
    if (id === null) {
      throw new HttpProblem(409, 'Conflict', 'no more scenarios can be kept; let an administrator remove some');
    }
    response.status(201).json({ scenario_id: id });
  });

  router.get('/v1/what-if/scenarios/:id', read, async (request, response) => {
    const principal = principalOf(response);
    const saved = await findScenario(pool, String(request.params.id), principal.tenants);
    if (!saved) {
      throw notFound(`there is no scenario ${String(request.params.id)}`);
    }
    response.json({ ...saved, result: await answer(saved.scenario, principal) });
  });

  router.delete('/v1/what-if/scenarios/:id', requires(authenticator, 'admin'), async (request, response) => {
    if (!(await removeScenario(pool, String(request.params.id), principalOf(response).tenants))) {
      throw notFound(`there is no scenario ${String(request.params.id)}`);
    }
    response.status(204).end();
  });
  return router;
}
