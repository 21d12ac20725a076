import type { Pool } from 'pg';
import { type Budget, isCalendar } from '../budgets/budget';
import { listBudgets } from '../budgets/store';
import { windowAt } from '../budgets/window';
import { readHistory } from './history';
import {
  crossingTime,
  type History,
  type PathPoint,
  projectDay,
  projectMonth,
  projectWeek,
  projectWindow,
  type WindowProjection,
} from './project';
import { spentPath } from './spentPath';
import { storeProjection } from './store';

const DAY_MS = 86_400_000;

/** A budget's projection as the API gives it. USD as numbers: expectations are no amounts to book. */
export interface BudgetForecast {
  readonly id: string;
  /** Why there is none yet. */
  readonly too_early: boolean;
  readonly projected_end: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly method: string | null;
  readonly back_test_error: number | null;
  /** Days of history it rests on. */
  readonly days: number;
  readonly path: ReadonlyArray<Omit<PathPoint, 'at'> & { readonly time: string }>;
  /** When each threshold will be crossed, null: not in this window. */
  readonly crossings: ReadonlyArray<{
    readonly threshold: number;
    readonly amount: number;
    readonly at: string | null;
  }>;
}

interface Current {
  readonly counter_id: bigint;
  readonly spent: string;
}

async function currentCounter(pool: Pool, id: string): Promise<Current | null> {
  const { rows } = await pool.query<Current>(
    'SELECT counter_id, spent::text FROM public.budget_status WHERE budget_id = $1::uuid AND run_id IS NULL',
    [id]
  );
  return rows[0] ?? null;
}

interface Projected {
  readonly current: Current | null;
  readonly spent: number;
  readonly history: History | null;
  readonly projection: WindowProjection | null;
}

async function project(pool: Pool, budget: Budget, now: number): Promise<Projected> {
  const { period, time_zone: timeZone, starts_on: startsOn } = budget;
  const current = isCalendar(period) ? await currentCounter(pool, budget.budget_id) : null;
  if (!isCalendar(period) || !current) {
    return { current, spent: 0, history: null, projection: null };
  }
  const history = await readHistory(pool, budget, timeZone, now);
  const spent = Number(current.spent) / 1e12;
  const projection = projectWindow(history, spent, windowAt({ period, timeZone, startsOn }, now), now);
  return { current, spent, history, projection };
}

/** A projection as the API gives it, of a budget that is there or one that is only thought of. */
export function forecastReply(
  { amount: limit, thresholds }: Pick<Budget, 'amount' | 'thresholds'>,
  { spent, days, projection, now }: { spent: number; days: number; projection: WindowProjection | null; now: number }
): Omit<BudgetForecast, 'id'> {
  const path = projection?.path ?? [];
  const amount = Number(limit) / 1e12;
  return {
    too_early: projection === null,
    projected_end: projection?.expected ?? null,
    low: projection?.low ?? null,
    high: projection?.high ?? null,
    method: projection?.method ?? null,
    back_test_error: projection?.back_test_error ?? null,
    days,
    path: path.map(({ at, ...point }) => ({ time: new Date(at).toISOString(), ...point })),
    crossings: thresholds.map(({ threshold }) => {
      const at = spent >= threshold * amount ? now : crossingTime(path, spent, now, threshold * amount);
      return { threshold, amount: threshold * amount, at: at === null ? null : new Date(at).toISOString() };
    }),
  };
}

/** Where the budget's current window is expected to end, day by day, and when it crosses its thresholds. */
export async function forecastBudget(pool: Pool, budget: Budget, now = Date.now()): Promise<BudgetForecast> {
  const { spent, history, projection } = await project(pool, budget, now);
  return {
    id: budget.budget_id,
    ...forecastReply(budget, { spent, days: history?.days.length ?? 0, projection, now }),
  };
}

/** How long a window is worth a stored projection, ms: a share of the window, and not more often than each minute. */
const freshMs = ({ period }: Budget): number =>
  period === 'hour' ? 60_000 : period === 'day' ? 5 * 60_000 : DAY_MS / 48;

/** Stores what a budget is expected to do, for `budget_status` and the screens. @returns whether there is a projection. */
export async function projectBudget(pool: Pool, budget: Budget, now = Date.now()): Promise<boolean> {
  const { current, history, spent, projection } = await project(pool, budget, now);
  if (!current || !history) {
    return false;
  }
  const coming = forecastReply(budget, { spent, days: history.days.length, projection, now }).crossings.filter(
    ({ at, amount }) => at !== null && amount > spent
  );
  await storeProjection(pool, {
    budgetId: budget.budget_id,
    counterId: current.counter_id,
    projection,
    coming,
    spent: await spentPath(pool, budget, now),
    days: history.days.length,
    outlooks: { day: projectDay(history, now), week: projectWeek(history), month: projectMonth(history) },
  });
  return projection !== null;
}

/** Brings the projections that `budget_status` shows up to date. @returns how many were made. */
export async function projectBudgets(pool: Pool, now = Date.now()): Promise<number> {
  const { rows } = await pool.query<{ budget_id: string; computed_at: Date }>(
    `SELECT status.budget_id, max(outlook.computed_at) AS computed_at
     FROM public.budget_status status
     JOIN public.budget_projections USING (counter_id) JOIN public.budget_outlooks outlook USING (budget_id)
     GROUP BY status.budget_id`
  );
  const known = new Map(rows.map(({ budget_id: id, computed_at: at }) => [id, at.getTime()]));
  let made = 0;
  for (const budget of await listBudgets(pool)) {
    if (!budget.enabled || !isCalendar(budget.period) || now - (known.get(budget.budget_id) ?? 0) < freshMs(budget)) {
      continue;
    }
    made += (await projectBudget(pool, budget, now)) ? 1 : 0;
  }
  return made;
}
