import type { BudgetIndex, MatchedBudget } from '../matcher';
import type { Ask } from './request';

/** A window of a budget, or a run. */
export interface Key {
  readonly matched: MatchedBudget;
  readonly text: string;
  /** ms since 1970; -Infinity for a run. */
  readonly start: number;
  readonly run: string;
}

export const keyText = (budgetId: string, start: number | string, run: string): string => `${budgetId} ${start} ${run}`;
export const requestKey = (tenant: string, requestId: string): string => JSON.stringify([tenant, requestId]);

/** A request with what it would be reserved on. */
export interface Located {
  readonly ask: Ask;
  readonly keys: readonly Key[];
}

/** Finds the budgets that a request counts for, and the window of each that holds its time. */
export function locate(index: BudgetIndex, ask: Ask): Located {
  const { call } = ask;
  const keys = index.find(call).map((matched) => {
    const window = matched.window(Math.floor(call.time / 1000));
    const [start, run] = window ? [window.start, ''] : [-Infinity, call.run_id!];
    return { matched, start, run, text: keyText(matched.budget.budget_id, start, run) };
  });
  return { ask, keys };
}
