import { DateTime } from 'luxon';
import type { Pool } from 'pg';
import { parseQuery } from '../../src/query';
import { type Cell, runQuery } from '../query/runQuery';

/** The JSON of the seed's admin endpoint, key for key. Money in USD, as numbers because the seed has numbers. */
export interface CostOptimization {
  readonly total_cost_today: number;
  readonly total_cost_month: number;
  readonly projected_monthly: number;
  readonly by_provider: Record<string, number>;
  readonly by_agent: ReadonlyArray<{
    readonly agent_id: string;
    readonly cost: number;
    /** Distinct runs; calls, where the agent's calls name no run. */
    readonly executions: number;
    readonly avg_cost_per_run: number;
  }>;
  readonly budget: {
    readonly monthly_limit: number | null;
    readonly utilization_pct: number | null;
    readonly alert_threshold_pct: number;
  };
}

/** The organisation's monthly budget, in USD. */
export interface MonthlyBudget {
  readonly limit: number;
  /** First threshold, 0 … 1. */
  readonly threshold: number;
}

const DEFAULT_THRESHOLD_PCT = 80;
const AGENTS = 100;

const usd = (value: Cell | undefined): number => Number(value ?? 0);
const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/**
 * Cost of one tenant today and this month (UTC), by provider and agent, with the month's projection: what was spent so far
 * at the rate of the month so far.
 *
 * @param at ms since 1970
 */
export async function costOptimization(
  pool: Pool,
  tenant: string,
  budget: MonthlyBudget | null,
  at = Date.now()
): Promise<CostOptimization> {
  const now = DateTime.fromMillis(at, { zone: 'utc' });
  const month = now.startOf('month');
  const end = month.plus({ months: 1 });
  const ask = async (from: DateTime, metrics: string[], group_by: string[] = []) => {
    const query = parseQuery({
      from: from.toISO(),
      to: end.toISO(),
      metrics,
      group_by,
      ...(group_by.length ? { limit: AGENTS } : {}),
    });
    return (await runQuery(pool, query, [tenant])).rows;
  };
  const [today, whole, providers, agents] = await Promise.all([
    ask(now.startOf('day'), ['total_cost']),
    ask(month, ['total_cost']),
    ask(month, ['total_cost'], ['provider']),
    ask(month, ['total_cost', 'runs', 'calls'], ['agent']),
  ]);
  const spent = usd(whole[0]?.[0]);
  const elapsed = Math.max(now.diff(month).toMillis(), 1) / end.diff(month).toMillis();
  return {
    total_cost_today: usd(today[0]?.[0]),
    total_cost_month: spent,
    projected_monthly: rounded(spent / elapsed, 2),
    by_provider: Object.fromEntries(providers.map(([name, cost]) => [String(name ?? 'unknown'), usd(cost)])),
    by_agent: agents
      .filter(([name]) => name !== null)
      .map(([name, cost, runs, calls]) => {
        const executions = Number(runs) || Number(calls);
        return {
          agent_id: String(name),
          cost: usd(cost),
          executions,
          avg_cost_per_run: rounded(usd(cost) / Math.max(executions, 1), 6),
        };
      }),
    budget: {
      monthly_limit: budget?.limit ?? null,
      utilization_pct: budget ? rounded((spent / budget.limit) * 100, 1) : null,
      alert_threshold_pct: budget ? rounded(budget.threshold * 100, 1) : DEFAULT_THRESHOLD_PCT,
    },
  };
}
