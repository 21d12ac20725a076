import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../storage/transaction';
import { type Budget, budgetReply, type BudgetRule } from './budget';
import { addCounters, type Correction, rebuildCounters } from './counters';
import { audit, findBudget, insertBudget, listBudgets, replaceBudget, type Tenants } from './store';

/** The budget was changed by somebody else in the meantime. */
export class VersionConflict extends Error {
  override name = 'VersionConflict';

  constructor(readonly current: Budget) {
    super(
      `the budget is at version ${current.version} by now, changed by ${current.updated_by}: read it again, then edit it`
    );
  }
}

/** The budget comes from the configuration file. */
export class ProvisionedBudget extends Error {
  override name = 'ProvisionedBudget';

  constructor(budget: Budget) {
    super(`"${budget.name}" is provisioned: change or remove it in the configuration file (budgets) and start again`);
  }
}

/** Changes budgets while no calls are being written; every replica finds the change at its next transaction. */
export const budgeting = <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (client) => {
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SELECT public.begin_budgeting()');
    return work(client);
  });

/** Records what the counters of a budget cross by now, and arms again what a change of the budget uncrossed. */
async function recordCrossings(client: PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE public.budget_crossings crossing SET armed_again_at = now()
     FROM public.budget_counters counter JOIN public.budgets budget USING (budget_id)
     WHERE crossing.counter_id = counter.counter_id AND crossing.armed_again_at IS NULL AND budget.budget_id = $1::uuid
       AND counter.spent + counter.settled < crossing.threshold * budget.amount`,
    [id]
  );
  await client.query(
    `SELECT public.record_crossings(array_agg(counter_id)) FROM public.budget_counters
     WHERE budget_id = $1::uuid AND window_end > now()`,
    [id]
  );
}

/** Adds a budget; what was spent in its current window before counts. */
export function createBudget(
  pool: Pool,
  rule: BudgetRule,
  by: string,
  { origin = 'api', id = null }: { readonly origin?: Budget['origin']; readonly id?: string | null } = {}
): Promise<Budget> {
  return budgeting(pool, async (client) => {
    if (id !== null) {
      // One that was removed and comes back: its counters have not been followed since.
      await client.query('DELETE FROM public.budget_counters WHERE budget_id = $1::uuid', [id]);
    }
    const budget = await insertBudget(client, rule, by, origin, id);
    await addCounters(client, budget);
    await recordCrossings(client, budget.budget_id);
    await audit(client, { by, action: 'create', budget, details: { after: budgetReply(budget) } });
    return budget;
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Brings the counters in line with an edit: other windows begin anew, another scope is summed anew. */
async function recount(client: PoolClient, before: Budget, after: Budget): Promise<void> {
  const windows = ({ period, time_zone, starts_on }: Budget) => [period, time_zone, starts_on];
  if (!same(windows(before), windows(after))) {
    await client.query('DELETE FROM public.budget_counters WHERE budget_id = $1::uuid', [after.budget_id]);
  } else if (!same([before.tenant, before.scope], [after.tenant, after.scope])) {
    await rebuildCounters(client, after, -Infinity);
  }
  await addCounters(client, after);
  // What was expected of the budget as it was; forecast/ makes it anew.
  await client.query(
    `DELETE FROM public.budget_projections WHERE counter_id IN
       (SELECT counter_id FROM public.budget_counters WHERE budget_id = $1::uuid)`,
    [after.budget_id]
  );
}

export interface Edit {
  readonly rule: BudgetRule;
  readonly by: string;
  /** The version that the editor saw; null for any. */
  readonly version: number | null;
  /** The tenants that the caller may see. */
  readonly tenants: Tenants;
}

/**
 * Replaces what people decide about a budget.
 *
 * @returns null when there is no such budget.
 * @throws VersionConflict, ProvisionedBudget
 */
export function updateBudget(
  pool: Pool,
  id: string,
  { rule, by, version, tenants }: Edit,
  origin: Budget['origin'] = 'api'
): Promise<Budget | null> {
  return budgeting(pool, async (client) => {
    const before = await findBudget(client, id, tenants);
    if (!before) {
      return null;
    }
    if (before.origin !== origin) {
      throw new ProvisionedBudget(before);
    }
    if (version !== null && version !== before.version) {
      throw new VersionConflict(before);
    }
    const after = await replaceBudget(client, id, rule, by);
    await recount(client, before, after);
    await recordCrossings(client, id);
    const details = { before: budgetReply(before), after: budgetReply(after) };
    await audit(client, { by, action: 'update', budget: after, details });
    return after;
  });
}

/** @returns false when there is no such budget. @throws ProvisionedBudget */
export function deleteBudget(
  pool: Pool,
  id: string,
  by: string,
  tenants: Tenants,
  origin: Budget['origin'] = 'api'
): Promise<boolean> {
  return budgeting(pool, async (client) => {
    const budget = await findBudget(client, id, tenants);
    if (!budget) {
      return false;
    }
    if (budget.origin !== origin) {
      throw new ProvisionedBudget(budget);
    }
    await client.query(
      'UPDATE public.budgets SET deleted_at = now(), updated_at = now(), updated_by = $2 WHERE budget_id = $1::uuid',
      [id, by]
    );
    await audit(client, { by, action: 'delete', budget, details: { before: budgetReply(budget) } });
    return true;
  });
}

/** Gives every budget the windows that it lacks ahead; cheap when none does. @returns how many counters were added. */
export async function addMissingWindows(pool: Pool, now = Date.now()): Promise<number> {
  const { rows } = await pool.query<{ budget_id: string }>(
    `SELECT budget_id FROM public.budgets budget WHERE deleted_at IS NULL AND period <> 'run' AND NOT EXISTS (
       SELECT FROM public.budget_counters counter
       WHERE counter.budget_id = budget.budget_id AND window_start > $1::timestamptz AND window_end > $2::timestamptz)`,
    [new Date(now), new Date(now + 4 * 86_400_000)]
  );
  let added = 0;
  for (const { budget_id: id } of rows) {
    added += await budgeting(pool, async (client) => {
      const budget = await findBudget(client, id);
      return budget ? addCounters(client, budget, now) : 0;
    });
  }
  return added;
}

export interface Rebuilt {
  readonly budget: Budget;
  /** Empty when the counters were right, as they should always be. */
  readonly corrections: readonly Correction[];
}

/**
 * Sums the counters of all budgets, or of one, anew from the calls, one budget at a time.
 *
 * @param tenants only budgets of these; null for all.
 */
export async function rebuildBudgets(pool: Pool, tenants: Tenants, only: string | null = null): Promise<Rebuilt[]> {
  const { rows } = await pool.query<{ oldest: Date | null }>('SELECT public.oldest_accepted_time() AS oldest');
  const oldest = rows[0]?.oldest?.getTime() ?? -Infinity;
  const rebuilt: Rebuilt[] = [];
  for (const { budget_id: id } of await listBudgets(pool, tenants)) {
    if (only !== null && id !== only) {
      continue;
    }
    await budgeting(pool, async (client) => {
      const budget = await findBudget(client, id, tenants);
      if (budget) {
        const corrections = await rebuildCounters(client, budget, oldest);
        await recordCrossings(client, id);
        rebuilt.push({ budget, corrections });
      }
    });
  }
  return rebuilt;
}
