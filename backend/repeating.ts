import type { Logger } from 'pino';

/** Something that runs until it is stopped. */
export interface Running {
  /** Resolves when the round that is running has ended. */
  stop(): Promise<void>;
}

/** One that can be asked to work soon. */
export interface Wakeable extends Running {
  /** Lets the next round begin soon; one that runs is followed by another. */
  wake(): void;
}

export interface Repeated {
  /** For the log, e.g. `projecting budgets`. */
  readonly name: string;
  /** ms from the end of a round to the next one's beginning. */
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
  /** ms to the first round; that of the others unless said. */
  readonly firstAfterMs?: number;
  /** At most this part of the time is spent at it, woken rounds aside; 1 unless said. */
  readonly share?: number;
  /** What a failure means to the user until a round succeeds; "it is tried again" unless said. */
  readonly meanwhile?: string;
  /** A failure that nobody needs to be told of. */
  readonly isExpected?: (error: unknown) => boolean;
}

/** How soon a round begins that was asked for, ms. */
export const WOKEN_MS = 300;

/** Runs a job again and again, never twice at a time. An outage is told once: the same line every second helps nobody. */
export function repeat(job: Repeated, log: Logger): Wakeable {
  const { name, everyMs, run, share = 1, meanwhile = 'it is tried again', isExpected = () => false } = job;
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  /** When the next round begins, ms since 1970; 0 while none is planned because one runs. */
  let due = 0;
  let round: Promise<void> = Promise.resolve();

  async function attempt(): Promise<void> {
    const started = performance.now();
    try {
      await run();
      failing = false;
    } catch (error) {
      log[failing || isExpected(error) ? 'debug' : 'warn']({ err: error }, `${name} failed; ${meanwhile}`);
      failing = true;
    }
    // Whoever woke it meanwhile has planned the next round already.
    if (due === 0) {
      const rest = share < 1 ? (performance.now() - started) / share : 0;
      plan(Math.max(everyMs, rest));
    }
  }

  function plan(afterMs: number): void {
    if (stopped) {
      return;
    }
    clearTimeout(timer);
    due = Date.now() + afterMs;
    timer = setTimeout(() => {
      due = 0;
      round = round.then(attempt);
    }, afterMs);
  }

  plan(job.firstAfterMs ?? everyMs);
  return {
    wake: () => {
      if (due === 0 || due > Date.now() + WOKEN_MS) {
        plan(WOKEN_MS);
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
