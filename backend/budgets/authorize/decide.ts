import { percentOf } from '../../../src/query';
import { picoToUsd } from '../../pricing/decimal';
import { type Budget, reachedAt, type Threshold } from '../budget';

/** How a counter stands while requests are decided, one after the other. pico-USD. */
export interface Held {
  readonly counterId: string;
  /** Spent and settled. */
  readonly spent: bigint;
  /** Open reservations; grows with every request that is let through. */
  committed: bigint;
  /** Up to where approvals let calls go; null without one. */
  readonly ceiling: bigint | null;
  /** Approved until the reset. */
  readonly unlimited: boolean;
}

/** What was decided about this request and counter before. */
export interface Asked {
  readonly approvalId: string;
  readonly state: 'waiting' | 'approved' | 'denied' | 'expired';
  readonly once: boolean;
  readonly reason: string | null;
}

/** A budget that a request counts for. */
export interface Concerned {
  readonly budget: Budget;
  readonly held: Held;
  readonly asked: Asked | null;
}

export const VERDICTS = ['allow', 'deny', 'needs_approval'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const REASONS = [
  'within_budget',
  'no_budget',
  'limit',
  'blocked',
  'approval',
  'denied_by_approver',
  'no_price',
  'unavailable',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Ruling {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** For the developer or user who is stopped; null when nobody is. */
  readonly message: string | null;
  readonly concerned: Concerned | null;
}

const PASS: Ruling = { verdict: 'allow', reason: 'within_budget', message: null, concerned: null };

const largest = (a: bigint, b: bigint | null): bigint => (b !== null && b > a ? b : a);

const withAction = (thresholds: readonly Threshold[], action: Threshold['actions'][number]): Threshold | undefined =>
  thresholds.find(({ actions }) => actions.includes(action));

/** What the approver said, when somebody was asked. */
function answered(concerned: Concerned): Ruling | null {
  const { asked, budget } = concerned;
  if (asked?.state !== 'denied') {
    return null;
  }
  const why = asked.reason === null ? '' : `: ${asked.reason}`;
  return {
    verdict: 'deny',
    reason: 'denied_by_approver',
    message: `the approval that the budget "${budget.name}" asks for was denied${why}`,
    concerned,
  };
}

/**
 * Up to where a budget lets calls through without asking anybody: what is spent and reserved, with the call, may be as much
 * as `line` or the ceiling that approvals gave, and what is spent must be less than `block`. pico-USD; null: it doesn't matter.
 * {@link rule} says the same; where a call stays within both, nothing that was decided about it before can stop it.
 */
export function allowance(budget: Budget): { readonly line: bigint | null; readonly block: bigint | null } {
  const { amount, thresholds, hard, enabled } = budget;
  if (!enabled) {
    return { line: null, block: null };
  }
  const block = withAction(thresholds, 'block');
  const approval = withAction(thresholds, 'approval');
  return {
    line: approval ? lowest(budget, approval) : hard ? amount : null,
    block: block ? reachedAt(amount, block.threshold) : null,
  };
}

/** What a budget says about a call that may cost so much; budgets that stop nothing say yes. */
export function rule(concerned: Concerned, estimate: bigint | null): Ruling {
  const { budget, held, asked } = concerned;
  const { name, amount, thresholds, hard } = budget;
  const block = withAction(thresholds, 'block');
  if (block && held.spent >= reachedAt(amount, block.threshold)) {
    const message = `the budget "${name}" is blocked until its reset: ${picoToUsd(held.spent)} of ${picoToUsd(amount)} USD are spent`;
    return { verdict: 'deny', reason: 'blocked', message, concerned };
  }
  const approval = withAction(thresholds, 'approval');
  if (!hard && !approval) {
    return PASS;
  }
  if (estimate === null) {
    const message = `the budget "${name}" can't tell what this call may cost, because it has no price: send max_cost, or add its price (POST /v1/prices)`;
    return { verdict: 'deny', reason: 'no_price', message, concerned };
  }
  if (held.unlimited || (asked?.state === 'approved' && asked.once)) {
    return PASS;
  }
  const after = held.spent + held.committed + estimate;
  if (approval && after > largest(lowest(budget, approval), held.ceiling)) {
    const message = `the budget "${name}" asks for an approval from ${percentOf(approval.threshold)}% of ${picoToUsd(amount)} USD on`;
    return answered(concerned) ?? { verdict: 'needs_approval', reason: 'approval', message, concerned };
  }
  return hard && after > largest(amount, held.ceiling) ? overLimit(concerned, estimate) : PASS;
}

/** Beyond this an approval is asked for: the threshold, or the limit of a hard budget where that is less. */
function lowest({ amount, hard }: Budget, { threshold }: Threshold): bigint {
  const line = reachedAt(amount, threshold);
  return hard && amount < line ? amount : line;
}

function overLimit(concerned: Concerned, estimate: bigint): Ruling {
  const { budget, held } = concerned;
  const left = largest(budget.amount, held.ceiling) - held.spent - held.committed;
  const message =
    `the budget "${budget.name}" has ${picoToUsd(left > 0n ? left : 0n)} of ${picoToUsd(budget.amount)} USD left ` +
    `(${picoToUsd(held.committed)} reserved by calls that are under way); this call may cost ${picoToUsd(estimate)} USD`;
  return { verdict: 'deny', reason: 'limit', message, concerned };
}

const ORDER: Record<Verdict, number> = { deny: 0, needs_approval: 1, allow: 2 };

/**
 * Decides about one call: the strictest of its budgets wins. A call that is let through is added to what they hold, so that
 * the next one in the same batch sees it.
 *
 * @returns the rulings that stop it, the strictest first, or a single one that lets it through.
 */
export function decide(list: readonly Concerned[], estimate: bigint | null): readonly [Ruling, ...Ruling[]] {
  const enforced = list.filter(({ budget }) => budget.enabled);
  const stops = enforced.map((concerned) => rule(concerned, estimate)).filter(({ verdict }) => verdict !== 'allow');
  const [first, ...others] = stops.sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  if (first) {
    return [first, ...others];
  }
  enforced.forEach(({ held }) => (held.committed += estimate ?? 0n));
  return [enforced.length > 0 ? PASS : { ...PASS, reason: 'no_budget' }];
}
