import { Alert, Button, LoadingPlaceholder } from '@grafana/ui';
import React from 'react';
import { collectorProblem } from '../../collector/client';
import type { Asked } from './useAsk';

interface Props<T> {
  asked: Asked<T>;
  again: () => void;
  /** What is asked for, e.g. "your usage". */
  what: string;
  children: (value: T) => React.ReactNode;
}

/** What was asked for, that it is on its way, or why it isn't there and how to ask again. */
export function Answer<T>({ asked, again, what, children }: Props<T>): React.JSX.Element {
  switch (asked.state) {
    case 'loading':
      return <LoadingPlaceholder text={`Loading ${what}`} />;
    case 'failed':
      return (
        <Alert severity="error" title={`Can’t show ${what}`}>
          <p>{collectorProblem(asked.error)}</p>
          <Button size="sm" variant="secondary" icon="sync" onClick={again}>
            Try again
          </Button>
        </Alert>
      );
    default:
      return <>{children(asked.value)}</>;
  }
}
