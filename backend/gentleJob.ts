import type { Logger } from 'pino';
import { isRetryable } from './storage/errors';

/** Work that is done again and again, and soon when there is a reason. */
export interface GentleJob {
  /** Lets it be done soon. */
  wake(): void;
  stop(): Promise<void>;
}

const WOKEN_MS = 300;
/** At most this part of the time is spent at it: where there is much to read, it is read less often. */
const SHARE = 0.05;

/**
 * Runs `work` at the start, every `everyMs`, and soon after each {@link GentleJob.wake}; never twice at a time. An outage is
 * told once.
 */
export function startGentleJob(name: string, everyMs: number, work: () => Promise<void>, log: Logger): GentleJob {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  /** When the next round begins, ms since 1970; 0 while none is planned because one runs. */
  let due = 0;
  let round: Promise<void> = Promise.resolve();

  async function attempt(): Promise<void> {
    const started = performance.now();
    try {
      await work();
      failing = false;
    } catch (error) {
      log[failing || isRetryable(error) ? 'debug' : 'warn']({ err: error }, `${name} failed; it is tried again`);
      failing = true;
    }
    // Whoever woke it meanwhile has planned the next round already.
    if (due === 0) {
      schedule(Math.max(everyMs, (performance.now() - started) / SHARE));
    }
  }

  function schedule(ms: number): void {
    if (stopped) {
      return;
    }
    clearTimeout(timer);
    due = Date.now() + ms;
    timer = setTimeout(() => {
      due = 0;
      round = round.then(attempt);
    }, ms);
  }

  schedule(WOKEN_MS);
  return {
    wake: () => {
      if (due === 0 || due > Date.now() + WOKEN_MS) {
        schedule(WOKEN_MS);
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
