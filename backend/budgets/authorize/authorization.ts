import type { Budget } from '../budget';
import type { BudgetIndex } from '../matcher';
import { picoToUsd } from '../../pricing/decimal';
import type { Held, Reason, Verdict } from './decide';
import type { Ask } from './request';

/** What a budget has left, as far as the caller needs to know. USD, decimal text. */
export interface BudgetView {
  readonly id: string;
  readonly name: string;
  readonly limit: string;
  readonly spent: string;
  readonly committed: string;
  readonly remaining: string;
  /** Whether this budget decided. */
  readonly decided: boolean;
}

/** The answer of `POST /v1/authorize`. */
export interface Authorization {
  readonly decision: Verdict;
  readonly reason: Reason;
  /** For the developer or user who is stopped. */
  readonly message: string | null;
  /** To be settled, or sent along as the tag `reservation_id` of the usage event. */
  readonly reservation_id: string | null;
  readonly expires_at: string | null;
  /** Approvals that the call waits for: poll `GET /v1/approvals/{id}?wait=30`, then ask again with the same request_id. */
  readonly approval_ids: readonly string[];
  /** What was reserved, USD; null where the call has no price. */
  readonly estimate: string | null;
  readonly budgets: readonly BudgetView[];
  /** Budgets of the tenant that were not asked because the request doesn't name what their scope names. */
  readonly not_checked: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly missing: readonly string[];
  }>;
  /** False when the database is away and each budget's on_unavailable decided. */
  readonly enforced: boolean;
}

/** What is left of a budget. */
export function view(
  { budget_id: id, name, amount }: Budget,
  { spent, committed }: Held,
  decided: boolean
): BudgetView {
  const left = amount - spent - committed;
  return {
    id,
    name,
    limit: picoToUsd(amount),
    spent: picoToUsd(spent),
    committed: picoToUsd(committed),
    remaining: picoToUsd(left > 0n ? left : 0n),
    decided,
  };
}

/** Budgets that a request says too little for. */
export function notChecked(index: BudgetIndex, { call, tenant }: Ask): Authorization['not_checked'] {
  return index.ofTenant(tenant).flatMap((matched) => {
    const missing = matched.budget.enabled && !matched.holds(call) ? matched.unknown(call) : [];
    return missing.length > 0 ? [{ id: matched.budget.budget_id, name: matched.budget.name, missing }] : [];
  });
}

/** What each budget wants while the database is away: nothing is reserved. */
export function withoutDatabase(index: BudgetIndex, ask: Ask): Authorization {
  const enabled = index.find(ask.call).filter(({ budget }) => budget.enabled);
  const closed = enabled.filter(({ budget }) => budget.on_unavailable === 'deny');
  const [first] = closed;
  return {
    decision: first ? 'deny' : 'allow',
    reason: 'unavailable',
    message: first
      ? `the budget "${first.budget.name}" lets nothing through while its database is away; try again in a moment`
      : null,
    reservation_id: null,
    expires_at: null,
    approval_ids: [],
    estimate: ask.estimate === null ? null : picoToUsd(ask.estimate),
    budgets: [],
    not_checked: notChecked(index, ask),
    enforced: false,
  };
}
