import type { Pool } from 'pg';
import { type Budget, isCalendar } from '../budgets/budget';
import { listBudgets } from '../budgets/store';
import { windowAt } from '../budgets/window';
import { readHistory } from './history';
import { crossingTime, type PathPoint, projectWindow, type WindowProjection } from './project';

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
  readonly days: number;
  readonly projection: WindowProjection | null;
}

async function project(pool: Pool, budget: Budget, now: number): Promise<Projected> {
  const { period, time_zone: timeZone, starts_on: startsOn } = budget;
  const current = isCalendar(period) ? await currentCounter(pool, budget.budget_id) : null;
  if (!isCalendar(period) || !current) {
    return { current, spent: 0, days: 0, projection: null };
  }
  const history = await readHistory(pool, budget, timeZone, now);
  const spent = Number(current.spent) / 1e12;
  const projection = projectWindow(history, spent, windowAt({ period, timeZone, startsOn }, now), now);
  return { current, spent, days: history.days.length, projection };
}

/** Where the budget's current window is expected to end, day by day, and when it crosses its thresholds. */
export async function forecastBudget(pool: Pool, budget: Budget, now = Date.now()): Promise<BudgetForecast> {
  const { spent, days, projection } = await project(pool, budget, now);
  const path = projection?.path ?? [];
  const amount = Number(budget.amount) / 1e12;
  return {
    id: budget.budget_id,
    too_early: projection === null,
    projected_end: projection?.expected ?? null,
    low: projection?.low ?? null,
    high: projection?.high ?? null,
    method: projection?.method ?? null,
    back_test_error: projection?.back_test_error ?? null,
    days,
    path: path.map(({ at, ...point }) => ({ time: new Date(at).toISOString(), ...point })),
    crossings: budget.thresholds.map(({ threshold }) => {
      const at = spent >= threshold * amount ? now : crossingTime(path, spent, now, threshold * amount);
      return { threshold, amount: threshold * amount, at: at === null ? null : new Date(at).toISOString() };
    }),
  };
}

/** How long a window is worth a stored projection, ms: a share of the window, and not more often than each minute. */
const freshMs = ({ period }: Budget): number =>
  period === 'hour' ? 60_000 : period === 'day' ? 5 * 60_000 : DAY_MS / 48;

/** Brings the projections that `budget_status` shows up to date. @returns how many were made. */
export async function projectBudgets(pool: Pool, now = Date.now()): Promise<number> {
  const { rows } = await pool.query<{ budget_id: string; computed_at: Date }>(
    'SELECT status.budget_id, computed_at FROM public.budget_status status JOIN public.budget_projections USING (counter_id)'
  );
  const known = new Map(rows.map(({ budget_id: id, computed_at: at }) => [id, at.getTime()]));
  let made = 0;
  for (const budget of await listBudgets(pool)) {
    if (!budget.enabled || !isCalendar(budget.period) || now - (known.get(budget.budget_id) ?? 0) < freshMs(budget)) {
      continue;
    }
    const { current, projection } = await project(pool, budget, now);
    if (current && projection) {
      await store(pool, current.counter_id, projection);
      made++;
    }
  }
  return made;
}

const pico = (usd: number): string => Math.round(usd * 1e6).toString() + '000000';

async function store(pool: Pool, counterId: bigint, { low, expected, high, method }: WindowProjection): Promise<void> {
  await pool.query(
    `INSERT INTO public.budget_projections (counter_id, low, expected, high, method)
     SELECT counter_id, $2::numeric, $3::numeric, $4::numeric, $5 FROM public.budget_counters WHERE counter_id = $1
     ON CONFLICT (counter_id) DO UPDATE SET low = excluded.low, expected = excluded.expected, high = excluded.high,
       method = excluded.method, computed_at = now()`,
    [counterId, pico(low), pico(expected), pico(high), method]
  );
}
