import { useCallback, useEffect, useMemo, useState } from 'react';

/** The state of something that is asked for. */
export type Asked<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

const LOADING = { state: 'loading' } as const;

/** Asks at once and whenever `ask` is another function, so it must be stable; only the answer to the last question counts. */
export function useAsk<T>(ask: () => Promise<T>): { asked: Asked<T>; again: () => void } {
  const [round, setRound] = useState(0);
  const question = useMemo(() => ({ ask, round }), [ask, round]);
  const [answer, setAnswer] = useState<{ to: object; asked: Asked<T> }>();
  useEffect(() => {
    let outdated = false;
    const tell = (asked: Asked<T>) => {
      if (!outdated) {
        setAnswer({ to: question, asked });
      }
    };
    question.ask().then(
      (value) => tell({ state: 'ok', value }),
      (error: unknown) => tell({ state: 'failed', error })
    );
    return () => {
      outdated = true;
    };
  }, [question]);
  return {
    asked: answer?.to === question ? answer.asked : LOADING,
    again: useCallback(() => setRound((number) => number + 1), []),
  };
}
