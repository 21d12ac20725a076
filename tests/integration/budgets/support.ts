import type { Pool } from 'pg';
import { type Budget, type BudgetInput, type BudgetRule, budgetSchema, toRule } from '../../../backend/budgets/budget';
import { createBudget } from '../../../backend/budgets/manage';
import { type PricedEvent, usageEvent } from '../../../backend/events/usageEvent';
import { randomUUID } from 'node:crypto';

export const USD = 1_000_000_000_000n;

/** A checked rule; what a test doesn't care about is filled in. */
export function rule(input: Partial<BudgetInput>): BudgetRule {
  const result = toRule(budgetSchema.parse({ name: 'test', tenant: 'acme', amount: '10', period: 'month', ...input }));
  if ('problem' in result) {
    throw new Error(result.problem);
  }
  return result.rule;
}

export const make = (pool: Pool, input: Partial<BudgetInput>): Promise<Budget> =>
  createBudget(pool, rule(input), 'tests');

/** A priced call of now that costs so many USD. */
export function call(usd: number | null, more: Partial<PricedEvent> = {}): PricedEvent {
  const cost = BigInt(Math.round((usd ?? 0) * 1e6)) * 1_000_000n;
  return {
    ...usageEvent({ event_id: randomUUID(), time: Date.now() * 1000, source: 'test', tenant: 'acme' }),
    pricing:
      usd === null
        ? { priced: false, unpriced_reason: 'unknown_model' }
        : {
            priced: true,
            price_id: 'test',
            price_version: 1,
            input_cost: cost,
            cache_read_cost: 0n,
            cache_write_cost: 0n,
            output_cost: 0n,
            reasoning_cost: 0n,
            other_cost: 0n,
            total_cost: cost,
            cache_savings: 0n,
          },
    ...more,
  };
}
