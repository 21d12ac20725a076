import { DateTime } from 'luxon';
import type { Pool } from 'pg';
import { parseQuery } from '../../src/query';
import { compileNow } from '../query/compileNow';
import { type Budget, isCalendar } from '../budgets/budget';
import { scopeFilters } from '../budgets/sums';
import { type Window, windowAt } from '../budgets/window';

/** How much of a window was spent at an instant. */
export interface SpentPoint {
  /** ms since 1970 */
  readonly at: number;
  /** pico-USD */
  readonly spent: bigint;
}

const HOUR_MS = 3_600_000;

/** Steps of the line: few enough to draw, and never finer than what rollups know. */
function stepOf({ start, end }: Window): {
  interval: string;
  plus: { minutes?: number; hours?: number; days?: number };
} {
  const length = end - start;
  if (length <= 2 * HOUR_MS) {
    return { interval: '5m', plus: { minutes: 5 } };
  }
  return length <= 8 * 24 * HOUR_MS ? { interval: '1h', plus: { hours: 1 } } : { interval: '1d', plus: { days: 1 } };
}

/**
 * What was spent of a budget's current window by and by: level where nothing was, rising over each step in which
 * something was. None for budgets per run.
 */
export async function spentPath(pool: Pool, budget: Budget, now = Date.now()): Promise<SpentPoint[]> {
  const { period, time_zone: zone, starts_on: startsOn } = budget;
  if (!isCalendar(period)) {
    return [];
  }
  const window = windowAt({ period, timeZone: zone, startsOn }, now);
  const { interval, plus } = stepOf(window);
  const query = parseQuery({
    from: new Date(window.start).toISOString(),
    to: new Date(Math.max(now, window.start + 1)).toISOString(),
    metrics: ['total_cost'],
    interval,
    time_zone: zone,
    filters: scopeFilters(budget),
  });
  const { rows } = await pool.query<{ time: Date; total_cost: string | null }>(compileNow(query).sql);
  const steps = rows.sort((a, b) => a.time.getTime() - b.time.getTime());
  const points = new Map<number, bigint>([[window.start, 0n]]);
  let spent = 0n;
  for (const { time, total_cost: cost } of steps) {
    // The first step may begin before the window does.
    points.set(Math.max(time.getTime(), window.start), spent);
    spent += BigInt((cost ?? '0').replace(/\..*/, ''));
    points.set(Math.min(DateTime.fromJSDate(time, { zone }).plus(plus).toMillis(), now), spent);
  }
  return [...points].map(([at, sum]) => ({ at, spent: sum }));
}
