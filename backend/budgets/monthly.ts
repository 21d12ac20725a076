import type { Pool } from 'pg';
import type { MonthlyBudget } from '../reports/costOptimization';
import { listBudgets } from './store';

/**
 * The budget of a tenant for the calendar month, over everything that the tenant spends; the smallest where there are
 * several. Null where the tenant has none.
 */
export async function monthlyBudget(pool: Pool, tenant: string): Promise<MonthlyBudget | null> {
  const [budget] = (await listBudgets(pool, [tenant]))
    .filter(({ period, scope, enabled }) => enabled && period === 'month' && Object.keys(scope).length === 0)
    .sort((a, b) => (a.amount < b.amount ? -1 : 1));
  return budget ? { limit: Number(budget.amount) / 1e12, threshold: budget.thresholds[0]!.threshold } : null;
}
