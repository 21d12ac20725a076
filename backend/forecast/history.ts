import { DateTime } from 'luxon';
import type { Pool } from 'pg';
import { parseQuery } from '../../src/query';
import { compileNow } from '../query/compileNow';
import { scopeFilters } from '../budgets/sums';
import type { Day } from './dayModel';
import type { History } from './project';

/** Enough for a trend of thirty days that is tested on thirty others. */
const DAYS = 62;

/** What the calls of a scope cost in each of the last days (local, whole ones) and today. */
export async function readHistory(
  pool: Pool,
  scope: Parameters<typeof scopeFilters>[0],
  timeZone: string,
  now: number
): Promise<History> {
  const today = DateTime.fromMillis(now, { zone: timeZone }).startOf('day');
  const query = parseQuery({
    from: new Date(today.minus({ days: DAYS }).toMillis()).toISOString(),
    to: new Date(now + 1).toISOString(),
    metrics: ['total_cost'],
    interval: '1h',
    time_zone: timeZone,
    filters: scopeFilters(scope),
  });
  const { rows } = await pool.query<{ time: Date; total_cost: string | null }>(compileNow(query).sql);
  return historyOf(
    rows.map(({ time, total_cost: cost }) => ({ at: time.getTime(), cost: Number(cost ?? 0) / 1e12 })),
    timeZone,
    now
  );
}

/** Hours with their costs as days, from the first one with a call on. @param hours at: ms since 1970, cost: USD */
export function historyOf(
  hours: ReadonlyArray<{ readonly at: number; readonly cost: number }>,
  timeZone: string,
  now: number
): History {
  const first = Math.min(...hours.filter(({ cost }) => cost > 0).map(({ at }) => at));
  const today = DateTime.fromMillis(now, { zone: timeZone }).startOf('day');
  const costs = new Map(hours.map(({ at, cost }) => [at, cost]));
  const days: Day[] = [];
  if (Number.isFinite(first)) {
    let day = DateTime.fromMillis(first, { zone: timeZone }).startOf('day');
    for (; day < today; day = day.plus({ days: 1 })) {
      days.push(dayOf(day, costs));
    }
  }
  return { timeZone, days, today: dayOf(today, costs).cost };
}

const HOUR_MS = 3_600_000;

function dayOf(day: DateTime, costs: ReadonlyMap<number, number>): Day {
  const [start, end] = [day.toMillis(), day.plus({ days: 1 }).toMillis()];
  const hours = Array.from(
    { length: Math.ceil((end - start) / HOUR_MS) },
    (_, i) => costs.get(start + i * HOUR_MS) ?? 0
  );
  return { weekday: day.weekday, hours, cost: hours.reduce((total, one) => total + one, 0) };
}
