import { setTimeout as sleep } from 'node:timers/promises';

/** Not now: the same may succeed later. */
export class NotNow extends Error {
  override name = 'NotNow';

  constructor(
    message: string,
    /** How long the other side asks to wait, ms; null when it doesn't say. */
    readonly askedMs: number | null = null
  ) {
    super(message);
  }
}

export interface Patience {
  /** How long to come again, ms. */
  readonly patienceMs: number;
  /** The first pause where nobody asks for one, ms; it doubles from attempt to attempt. */
  readonly firstPauseMs: number;
  /** No pause is longer, whoever asks for it, ms. */
  readonly longestPauseMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** HTTP's ways to say "come again": too many requests, and gateways and servers that are away. */
export const isNotNow = (status: number): boolean => [429, 502, 503, 504].includes(status);

/**
 * Runs `attempt` until it succeeds, as long as it throws {@link NotNow}.
 *
 * @throws the last NotNow when the patience ends; what else `attempt` throws at once; the signal's reason.
 */
export async function retrying<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
  const { patienceMs, firstPauseMs, longestPauseMs, signal } = patience;
  const giveUp = Date.now() + patienceMs;
  for (let before = 0; ; before++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NotNow)) {
        throw error;
      }
      const pause = Math.min(error.askedMs ?? firstPauseMs * 2 ** before, longestPauseMs);
      if (Date.now() + pause > giveUp) {
        throw error;
      }
      await sleep(pause, undefined, signal && { signal });
    }
  }
}

/** What a reply asks for by `Retry-After` in seconds, ms; null when it doesn't (or asks for a date, which nobody sends). */
export function askedPause(reply: Response): number | null {
  const seconds = Number(reply.headers.get('retry-after') ?? NaN);
  return seconds > 0 ? seconds * 1000 : null;
}

/** Why a fetch failed, in a few words: `fetch failed` alone says nothing. */
export function fetchFailure(error: unknown): string {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.message || cause?.code || message;
}
