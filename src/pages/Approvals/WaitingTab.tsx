import { Alert, EmptyState, LoadingPlaceholder, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useState } from 'react';
import { collectorProblem } from '../../collector/client';
import { APP_PATH } from '../../constants';
import { usePolling } from '../shared/usePolling';
import { useAction } from '../shared/useAction';
import { type Approval, listWaiting, type Waiting } from './approvals';
import { DecideModal, type Choice } from './DecideModal';
import { WaitingCard } from './WaitingCard';

/** Somebody waits: what is new shows up while one looks. */
const POLL_MS = 5_000;

/** What waits for a decision, the one that waits longest first. */
export function WaitingTab({ canDecide }: { canDecide: boolean }): React.JSX.Element {
  const [round, setRound] = useState(0);
  const ask = useCallback(() => {
    // Asks anew at once when something was decided.
    void round;
    return listWaiting();
  }, [round]);
  const polled = usePolling(ask, POLL_MS);
  const [open, setOpen] = useState<{ approval: Waiting; choice: Choice }>();
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const act = useAction(
    'It was not decided',
    useCallback(async (approval: Approval, decide: () => Promise<Approval>, told: string) => {
      try {
        await decide();
        setDone((before) => new Set([...before, approval.id]));
      } finally {
        setRound((number) => number + 1);
      }
      return told;
    }, [])
  );
  if (polled.state === 'loading') {
    return <LoadingPlaceholder text="Loading what waits" />;
  }
  if (polled.state === 'failed') {
    return (
      <Alert severity="error" title="Can’t show what waits">
        {collectorProblem(polled.error)}
      </Alert>
    );
  }
  const waiting = polled.value.filter(({ id }) => !done.has(id));
  return (
    <Stack direction="column" gap={2}>
      {act.problem}
      {waiting.length === 0 && <NothingWaits />}
      {waiting.map((approval) => (
        <WaitingCard
          key={approval.id}
          approval={approval}
          busy={act.busy}
          onChoose={canDecide ? (choice) => setOpen({ approval, choice }) : undefined}
        />
      ))}
      {open && (
        <DecideModal
          {...open}
          onClose={() => setOpen(undefined)}
          onDecide={(decide, told) => {
            setOpen(undefined);
            void act.run(open.approval, decide, told);
          }}
        />
      )}
    </Stack>
  );
}

function NothingWaits(): React.JSX.Element {
  return (
    <EmptyState variant="completed" message="Nothing waits">
      <Text color="secondary">
        Calls wait here when they ask before (POST /v1/authorize) and a threshold of a budget has the action “Ask for
        approval”.{' '}
        <TextLink inline href={`${APP_PATH}/budgets`}>
          Budgets
        </TextLink>
      </Text>
    </EmptyState>
  );
}
