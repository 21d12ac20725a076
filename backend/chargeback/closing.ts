import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { ChargebackConfig } from './deliveryConfig';
import { nextMonth } from './line';
import { firstMonth } from './months';
import { ClosedMonth, closeMonth, closings } from './statement';

/** Who is said to have closed a month that the configuration closes. */
const CLOSED_BY = 'the configuration (chargeback.close_on_day)';

/** The month (UTC) before that of a time in ms since 1970. */
function monthBefore(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

/**
 * The months that are to be closed by now, in their order: what follows the last closed one, up to the last one whose day of
 * closing has come. Where no month was closed yet it begins with the last one that is over.
 *
 * @param now ms since 1970
 */
export function monthsToClose(lastClosed: string | null, closeOnDay: number, now: number): string[] {
  const over = monthBefore(now);
  const until = new Date(now).getUTCDate() >= closeOnDay ? over : monthBefore(Date.parse(`${over}-01`));
  const months: string[] = [];
  for (let month = lastClosed === null ? until : nextMonth(lastClosed); month <= until; month = nextMonth(month)) {
    months.push(month);
  }
  return months;
}

/** Whether this installation is past its first day, in which history is imported: a month must not close in the middle of it. */
async function hasSettled(pool: Pool, now: number): Promise<boolean> {
  const { rows } = await pool.query<{ settled: boolean }>(
    "SELECT min(applied_at) < $1::timestamptz - interval '1 day' AS settled FROM public.schema_migrations",
    [new Date(now)]
  );
  return rows[0]!.settled;
}

/** Closes what is to be closed by now. @throws MissingRate: the month stays open, and nothing after it is closed. */
export async function closeDueMonths(
  pool: Pool,
  { close_on_day: day, currency }: ChargebackConfig,
  log: Logger,
  now = Date.now()
): Promise<void> {
  if (day === undefined) {
    return;
  }
  const last = (await closings(pool)).at(-1)?.month ?? null;
  const due = monthsToClose(last, day, now);
  // Before there is any usage there is nothing to charge: a new installation would close, and deliver, an empty month, and what
  // is imported of it afterwards would be nothing but adjustments.
  const first = last ?? (due.length > 0 && (await hasSettled(pool, now)) ? await firstMonth(pool, null) : null);
  for (const month of due.filter((one) => first !== null && one >= first)) {
    try {
      const { lines } = await closeMonth(pool, month, currency, CLOSED_BY, now);
      log.info({ month, currency, lines: lines.length }, 'a month is closed');
    } catch (error) {
      // Another collector, or somebody by hand, was faster.
      if (!(error instanceof ClosedMonth)) {
        throw error;
      }
    }
  }
}
