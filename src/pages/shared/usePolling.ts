import { useEffect, useState } from 'react';

/** The state of something that is asked for again and again. */
export type Polled<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

/** Asks at once and then every `ms`, never twice at a time. `ask` must be stable. */
export function usePolling<T>(ask: () => Promise<T>, ms: number): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({ state: 'loading' });
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async () => {
      const next = await ask().then(
        (value): Polled<T> => ({ state: 'ok', value }),
        (error: unknown): Polled<T> => ({ state: 'failed', error })
      );
      if (!ended) {
        setPolled(next);
        timer = setTimeout(() => void round(), ms);
      }
    };
    void round();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [ask, ms]);
  return polled;
}
