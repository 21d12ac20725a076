import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { Alert } from '@grafana/ui';
import React, { useCallback, useState } from 'react';
import { collectorProblem } from '../../collector/client';

interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<void>;
  busy: boolean;
  /** Why the last one failed; nothing while there is nothing to say. */
  problem: React.JSX.Element | null;
}

/**
 * Something that is sent and may fail.
 *
 * @param act does it, and says what was done; undefined where there is nothing to say
 */
export function useAction<A extends unknown[]>(
  title: string,
  act: (...args: A) => Promise<string | undefined>
): Action<A> {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string>();
  const run = useCallback(
    async (...args: A) => {
      setBusy(true);
      setFailed(undefined);
      try {
        const done = await act(...args);
        if (done) {
          getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [done] });
        }
      } catch (error) {
        setFailed(collectorProblem(error));
      } finally {
        setBusy(false);
      }
    },
    [act]
  );
  const problem = failed ? (
    <Alert severity="error" title={title}>
      {failed}
    </Alert>
  ) : null;
  return { run, busy, problem };
}
