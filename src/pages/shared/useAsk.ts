import { useCallback, useEffect, useState } from 'react';

/** The state of something that is asked for. */
export type Asked<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

/** Asks at once and whenever `ask` is another function, so it must be stable; only the last answer counts. */
export function useAsk<T>(ask: () => Promise<T>): { asked: Asked<T>; again: () => void } {
  const [asked, setAsked] = useState<Asked<T>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let outdated = false;
    setAsked({ state: 'loading' });
    ask().then(
      (value) => !outdated && setAsked({ state: 'ok', value }),
      (error: unknown) => !outdated && setAsked({ state: 'failed', error })
    );
    return () => {
      outdated = true;
    };
  }, [ask, round]);
  return { asked, again: useCallback(() => setRound((number) => number + 1), []) };
}
