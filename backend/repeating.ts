import type { Logger } from 'pino';

/** Something that runs until it is stopped. */
export interface Running {
  /** Resolves when the round that is running has ended. */
  stop(): Promise<void>;
}

export interface Repeated {
  /** For the log, e.g. `projecting budgets`. */
  readonly name: string;
  /** ms from the end of a round to the next one's beginning. */
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
  /** ms to the first round; that of the others unless said. */
  readonly firstAfterMs?: number;
  /** What a failure means to the user until a round succeeds; "it is tried again" unless said. */
  readonly meanwhile?: string;
}

/** Runs a job again and again, never twice at a time. An outage is told once: the same line every second helps nobody. */
export function repeat(job: Repeated, log: Logger): Running {
  const { name, everyMs, run, meanwhile = 'it is tried again' } = job;
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  async function attempt(): Promise<void> {
    try {
      await run();
      failing = false;
    } catch (error) {
      log[failing ? 'debug' : 'warn']({ err: error }, `${name} failed; ${meanwhile}`);
      failing = true;
    }
  }

  function next(afterMs: number): void {
    timer = setTimeout(() => {
      round = attempt().finally(() => {
        if (!stopped) {
          next(everyMs);
        }
      });
    }, afterMs);
  }

  next(job.firstAfterMs ?? everyMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
