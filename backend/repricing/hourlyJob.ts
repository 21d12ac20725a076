import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { PriceBook } from '../pricing/book';
import { repeat, type Running } from '../repeating';
import { spreadHourlyAmounts } from './hourlySpread';

const ROUND_MS = 60_000;
/** Later rounds of a process look back so far; the first one looks at everything. */
const LOOK_BACK_MS = 35 * 86_400_000;

export interface HourlyJobOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly book: () => Promise<PriceBook>;
  readonly intervalMs?: number;
}

/** Spreads the amounts of deployments that are paid by the hour, once a minute. Every replica may run it. */
export function startHourlyJob({ pool, log, book, intervalMs = ROUND_MS }: HourlyJobOptions): Running {
  let lookedAtAll = false;
  const run = async (): Promise<void> => {
    const now = Date.now();
    const done = await spreadHourlyAmounts(pool, await book(), { since: lookedAtAll ? now - LOOK_BACK_MS : 0, now });
    lookedAtAll = true;
    if (done.hours > 0) {
      log.debug(done, 'hourly amounts spread');
    }
  };
  return repeat({ name: 'spreading the hourly amounts of deployments', everyMs: intervalMs, run }, log);
}
