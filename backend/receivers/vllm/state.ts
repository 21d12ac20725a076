import type { Pool } from 'pg';
import type { Counters } from './counters';

/** The use of one interval, on its way to becoming an event. */
export interface Interval {
  readonly model: string;
  readonly engine: string;
  readonly used: Counters;
  /** ms since 1970. */
  readonly from: number | null;
  /** ms since 1970: the event's time. */
  readonly to: number;
}

/** What is kept of one series between two scrapes. */
export interface SeriesState {
  readonly series: string;
  readonly epoch: number;
  readonly counted: Counters;
  readonly scraped_at: Date;
  readonly pending: Interval | null;
}

/** The states of a server's series by their names; empty when it was never scraped. */
export async function loadStates(pool: Pool, target: string): Promise<Map<string, SeriesState>> {
  const { rows } = await pool.query<SeriesState>(
    'SELECT series, epoch, counted, scraped_at, pending FROM public.vllm_counters WHERE target = $1',
    [target]
  );
  return new Map(rows.map((row) => [row.series, row]));
}

/**
 * Writes what was counted and the interval that has to be handed over, as one. Only over the state that it was worked
 * out from (`before`): with two collectors that scrape one server, the other one may have been first.
 *
 * @returns whether it was written.
 */
export async function saveState(
  pool: Pool,
  target: string,
  { series, epoch, counted, scraped_at, pending }: SeriesState,
  before: Date | null
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO public.vllm_counters AS old (target, series, epoch, counted, scraped_at, pending)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (target, series) DO UPDATE
       SET epoch = excluded.epoch, counted = excluded.counted, scraped_at = excluded.scraped_at, pending = excluded.pending
       WHERE old.scraped_at = $7::timestamptz AND old.pending IS NULL`,
    [target, series, epoch, JSON.stringify(counted), scraped_at, pending && JSON.stringify(pending), before]
  );
  return rowCount === 1;
}

/** The interval's event is durable. */
export async function clearPending(pool: Pool, target: string, series: string, scrapedAt: Date): Promise<void> {
  await pool.query(
    'UPDATE public.vllm_counters SET pending = NULL WHERE target = $1 AND series = $2 AND scraped_at = $3',
    [target, series, scrapedAt]
  );
}
