import type { Pool } from 'pg';
import { picoTextToUsd } from '../query/money';
import { type Budget, budgetReply, type BudgetState, isCalendar, reachedAt } from './budget';
import { sumOf } from './sums';
import { windowAt } from './window';

/** How a budget stands in one window or run. Amounts are decimal USD text. */
export interface Standing {
  readonly run_id: string | null;
  readonly window_start: string | null;
  readonly window_end: string | null;
  readonly limit: string;
  readonly spent: string;
  readonly committed: string;
  readonly remaining: string;
  readonly ratio: number;
  readonly calls: number;
  /** Calls that are not in `spent` because they have no price. */
  readonly unpriced_calls: number;
  /** What is expected at the window's end; null while that can't be said. */
  readonly projected_end: string | null;
  readonly projected_ratio: number | null;
  readonly projected_low: string | null;
  readonly projected_high: string | null;
  readonly state: BudgetState;
  readonly threshold_reached: number | null;
}

interface Row {
  budget_id: string;
  run_id: string | null;
  window_start: Date | null;
  window_end: Date | null;
  limit: string;
  spent: string;
  committed: string;
  remaining: string;
  ratio: number;
  calls: bigint;
  unpriced_calls: bigint;
  projected_end: string | null;
  projected_ratio: number | null;
  projected_low: string | null;
  projected_high: string | null;
  state: BudgetState;
  threshold_reached: string | null;
}

const usd = (pico: string | null): string | null => (pico === null ? null : picoTextToUsd(pico));

const toStanding = ({ budget_id: _, ...row }: Row): Standing => ({
  ...row,
  window_start: row.window_start?.toISOString() ?? null,
  window_end: row.window_end?.toISOString() ?? null,
  limit: picoTextToUsd(row.limit),
  spent: picoTextToUsd(row.spent),
  committed: picoTextToUsd(row.committed),
  remaining: picoTextToUsd(row.remaining),
  calls: Number(row.calls),
  unpriced_calls: Number(row.unpriced_calls),
  projected_end: usd(row.projected_end),
  projected_low: usd(row.projected_low),
  projected_high: usd(row.projected_high),
  threshold_reached: row.threshold_reached === null ? null : Number(row.threshold_reached),
});

/** How enabled budgets stand now, by their ids, as the view `budget_status` says; the fullest run first. */
export async function standings(pool: Pool, ids: readonly string[]): Promise<Map<string, Standing[]>> {
  const { rows } = await pool.query<Row>(
    `SELECT budget_id, run_id, window_start, window_end, "limit"::text, spent::text, committed::text, remaining::text, ratio,
       calls, unpriced_calls, round(projected_end)::text AS projected_end, projected_ratio,
       round(projected_low)::text AS projected_low, round(projected_high)::text AS projected_high, state,
       threshold_reached::text
     FROM public.budget_status WHERE budget_id = ANY ($1::uuid[]) ORDER BY ratio DESC`,
    [ids]
  );
  const found = new Map<string, Standing[]>();
  for (const row of rows) {
    found.set(row.budget_id, [...(found.get(row.budget_id) ?? []), toStanding(row)]);
  }
  return found;
}

/** When a threshold was crossed in the current window, or is expected to be. */
export interface Crossing {
  readonly threshold: number;
  readonly crossed_at: string | null;
  /** Null: not expected in this window, or too early to say. */
  readonly crosses_at: string | null;
}

interface CrossingRow {
  budget_id: string;
  threshold: string;
  crossed_at: Date | null;
  crosses_at: Date | null;
}

/** The thresholds of calendar budgets with when they are crossed, by the budgets' ids. */
async function crossingsOf(pool: Pool, ids: readonly string[]): Promise<Map<string, Crossing[]>> {
  const { rows } = await pool.query<CrossingRow>(
    `SELECT budget_id, threshold::text, crossed_at, crosses_at FROM public.budget_threshold_status
     WHERE budget_id = ANY ($1::uuid[]) AND run_id IS NULL ORDER BY threshold`,
    [ids]
  );
  const found = new Map<string, Crossing[]>();
  for (const { budget_id: id, threshold, crossed_at: crossed, crosses_at: crosses } of rows) {
    const one = {
      threshold: Number(threshold),
      crossed_at: crossed?.toISOString() ?? null,
      crosses_at: crosses?.toISOString() ?? null,
    };
    found.set(id, [...(found.get(id) ?? []), one]);
  }
  return found;
}

const UNKNOWN = {
  projected_end: null,
  projected_ratio: null,
  projected_low: null,
  projected_high: null,
};

/** A standing of known sums, without reservations and approvals: those of the past are not kept. */
export function standingOf(
  budget: Pick<Budget, 'amount' | 'thresholds' | 'hard'>,
  window: { start: number; end: number } | null,
  spent: bigint
): Standing {
  const reached = budget.thresholds.filter(({ threshold }) => spent >= reachedAt(budget.amount, threshold));
  const has = (action: 'block' | 'approval') => reached.some(({ actions }) => actions.includes(action));
  const approvable = budget.thresholds.some(({ actions }) => actions.includes('approval'));
  const full = spent >= budget.amount;
  const states: Array<[boolean, BudgetState]> = [
    [has('block') || (budget.hard && !approvable && full), 'blocked'],
    [has('approval') || (budget.hard && full), 'needs_approval'],
    [full, 'exceeded'],
    [reached.length > 0, 'warning'],
  ];
  const left = budget.amount - spent;
  return {
    run_id: null,
    window_start: window ? new Date(window.start).toISOString() : null,
    window_end: window ? new Date(window.end).toISOString() : null,
    limit: picoTextToUsd(String(budget.amount)),
    spent: picoTextToUsd(String(spent)),
    committed: '0',
    remaining: picoTextToUsd(String(left > 0n ? left : 0n)),
    ratio: Number(spent) / Number(budget.amount),
    calls: 0,
    unpriced_calls: 0,
    ...UNKNOWN,
    state: states.find(([holds]) => holds)?.[1] ?? 'ok',
    threshold_reached: reached.at(-1)?.threshold ?? null,
  };
}

/**
 * How a calendar budget stood at an instant (ms since 1970): what was spent in the window that holds it until then, by the
 * calls as they are priced now. A budget per run has no such instant and stands as if nothing ran.
 */
export async function standingAt(pool: Pool, budget: Budget, at: number): Promise<Standing> {
  const { period, time_zone: timeZone, starts_on: startsOn } = budget;
  if (!isCalendar(period)) {
    return standingOf(budget, null, 0n);
  }
  const window = windowAt({ period, timeZone, startsOn }, at);
  const until = Math.min(at + 1, window.end);
  const sum = await sumOf(pool, budget, { start: window.start, end: until });
  return {
    ...standingOf(budget, window, sum.spent),
    calls: Number(sum.calls),
    unpriced_calls: Number(sum.unpriced_calls),
  };
}

/** A budget with how it stands: now, or at an instant (ms since 1970). Budgets per run also list their runs. */
export async function budgetWithStanding(pool: Pool, budget: Budget, at: number | null = null) {
  const id = budget.budget_id;
  const now = (await standings(pool, [id])).get(id) ?? [];
  return at === null
    ? withStanding(budget, now, (await crossingsOf(pool, [id])).get(id))
    : withStanding(budget, [await standingAt(pool, budget, at)]);
}

/** All of them in one go. */
export async function budgetsWithStandings(pool: Pool, budgets: readonly Budget[]) {
  const ids = budgets.map(({ budget_id: id }) => id);
  const [found, crossings] = await Promise.all([standings(pool, ids), crossingsOf(pool, ids)]);
  return budgets.map((budget) =>
    withStanding(budget, found.get(budget.budget_id) ?? [], crossings.get(budget.budget_id))
  );
}

function withStanding(budget: Budget, found: readonly Standing[], crossings: readonly Crossing[] = []) {
  const { period, time_zone: timeZone, starts_on: startsOn } = budget;
  const window = isCalendar(period) ? windowAt({ period, timeZone, startsOn }, Date.now()) : null;
  // A disabled budget is not watched: it stands as if nothing was spent.
  const standing = found[0] ?? standingOf(budget, window, 0n);
  return { ...budgetReply(budget), ...standing, crossings, ...(period === 'run' ? { runs: found } : {}) };
}
