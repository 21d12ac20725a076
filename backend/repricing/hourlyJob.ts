import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { PriceBook } from '../pricing/book';
import type { Maintenance } from '../storage/maintenance';
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
export function startHourlyJob({ pool, log, book, intervalMs = ROUND_MS }: HourlyJobOptions): Maintenance {
  let stopped = false;
  let lookedAtAll = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  async function spread(): Promise<void> {
    const now = Date.now();
    try {
      const done = await spreadHourlyAmounts(pool, await book(), { since: lookedAtAll ? now - LOOK_BACK_MS : 0, now });
      lookedAtAll = true;
      if (done.hours > 0) {
        log.debug(done, 'hourly amounts spread');
      }
    } catch (error) {
      log.warn({ err: error }, 'the hourly amounts could not be spread; the next round tries again');
    }
  }

  function next(): void {
    timer = setTimeout(() => {
      round = spread().finally(() => {
        if (!stopped) {
          next();
        }
      });
    }, intervalMs);
  }

  next();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
