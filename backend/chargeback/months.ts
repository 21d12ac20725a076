import type { Pool } from 'pg';
import { nextMonth } from './line';
import { closings } from './statement';

/** A month of statements. */
export interface MonthState {
  readonly month: string;
  /** `running`: not over yet; `open`: over, and still changing; `closed`: kept as it is. */
  readonly state: 'running' | 'open' | 'closed';
  /** Of closed months; theirs is the only one that they can be asked for in. */
  readonly currency: string | null;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  /** Whether it is this one's turn: months are closed in their order, and any may be the first. */
  readonly can_close: boolean;
}

/** Most months in a list: ten years. */
const MOST = 120;

const FIRST_USAGE = `
  SELECT to_char(min(bucket) AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM public.usage_1d
  WHERE $1::text[] IS NULL OR tenant = ANY ($1)`;

/** The month (`YYYY-MM`, UTC) of the first usage; null while there is none. @param tenants whose; null for all */
export async function firstMonth(pool: Pool, tenants: readonly string[] | null): Promise<string | null> {
  const { rows } = await pool.query<{ month: string | null }>(FIRST_USAGE, [tenants]);
  return rows[0]?.month ?? null;
}

/**
 * The months (UTC) from the first usage to the running one, the newest first.
 *
 * @param tenants whose usage; null for all
 * @param now ms since 1970
 */
export async function listMonths(pool: Pool, tenants: readonly string[] | null, now: number): Promise<MonthState[]> {
  const closed = await closings(pool);
  const used = await firstMonth(pool, tenants);
  const running = new Date(now).toISOString().slice(0, 7);
  const first = [used, closed[0]?.month, running].filter((month) => month != null).sort()[0]!;
  const last = closed.at(-1)?.month;
  const next = last === undefined ? null : nextMonth(last);
  const months: MonthState[] = [];
  for (let month = first; month <= running; month = nextMonth(month)) {
    const own = closed.find((one) => one.month === month);
    months.push(own ? { ...own, state: 'closed', can_close: false } : notClosed(month, running, next));
  }
  return months.reverse().slice(0, MOST);
}

/** A month that is not closed; `next` is the one whose turn it is, null for any. */
const notClosed = (month: string, running: string, next: string | null): MonthState => ({
  month,
  state: month === running ? 'running' : 'open',
  currency: null,
  closed_at: null,
  closed_by: null,
  can_close: month < running && (next === null || month === next),
});
