import { dateTimeFormat } from '@grafana/data';
import { hasPermission } from '@grafana/runtime';
import { Button, EmptyState, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useState } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { useAction } from '../shared/useAction';
import { usePolling } from '../shared/usePolling';
import { type Deliveries, type Delivery, deliverAgain, listDeliveries, WRITE_CHARGEBACK } from './chargeback';
import type { TabProps } from './ReportsPage';

const POLL_MS = 5_000;

const EXAMPLE = `chargeback:
  close_on_day: 3
  deliveries:
    - { name: finance, folder: /srv/statements, format: focus }
    - { name: erp, webhook_url: 'https://erp.example.com/llm-cost', format: csv }`;

const shown = (time: string): string => dateTimeFormat(time, { format: 'YYYY-MM-DD HH:mm' });

/** What became of one, in words. */
function stateText({ attempts, delivered_at, next_attempt_at, last_error }: Delivery): string {
  if (delivered_at) {
    return `Delivered ${shown(delivered_at)}`;
  }
  if (!next_attempt_at) {
    return 'Not sent: it was closed before this receiver was there';
  }
  return last_error
    ? `Failed ${attempts === 1 ? 'once' : `${attempts} times`}; again ${shown(next_attempt_at)}`
    : 'On its way';
}

/** Each closed month at each receiver, the chosen month too where it was never sent there. */
function rowsOf({ names, deliveries }: Deliveries, { month, state }: TabProps['month']): Delivery[] {
  const known = (name: string) => deliveries.some((one) => one.name === name && one.month === month);
  const never = state === 'closed' ? names.filter((name) => !known(name)) : [];
  const added = never.map((name) => ({
    name,
    month,
    attempts: 0,
    delivered_at: null,
    next_attempt_at: null,
    last_error: null,
  }));
  return [...deliveries, ...added].sort((a, b) => b.month.localeCompare(a.month) || a.name.localeCompare(b.name));
}

/** Where the statements of closed months went, and what went wrong. */
export function DeliveriesTab({ month }: TabProps): React.JSX.Element {
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((number) => number + 1), []);
  const ask = useCallback(() => {
    // Asks anew at once when something was sent.
    void round;
    return listDeliveries();
  }, [round]);
  const polled = usePolling(ask, POLL_MS);
  return (
    <Stack direction="column" gap={2}>
      <Text color="secondary" element="p">
        The statements of a closed month go to folders and webhooks by themselves; each is tried until it succeeds.
      </Text>
      <Answer asked={polled} again={again} what="deliveries">
        {(found) => <Found found={found} month={month} onSent={again} />}
      </Answer>
    </Stack>
  );
}

function Found({
  found,
  month,
  onSent,
}: {
  found: Deliveries;
  month: TabProps['month'];
  onSent: () => void;
}): React.JSX.Element {
  const { names } = found;
  const { run, busy, problem } = useAction(
    'It was not sent again',
    useCallback(
      async (name: string, of: string) => {
        await deliverAgain(name, of);
        onSent();
        return `${of} goes to “${name}”.`;
      },
      [onSent]
    )
  );
  const rows = rowsOf(found, month);
  if (rows.length === 0) {
    return names.length === 0 ? <NotConfigured /> : <NothingClosed names={names} />;
  }
  const columns: Array<TableColumn<Delivery>> = [
    { name: 'Month', whole: true, cell: (one) => one.month },
    { name: 'To', cell: ({ name }) => (names.includes(name) ? name : `${name} (no longer configured)`) },
    { name: 'State', cell: stateText },
    { name: 'Last error', cell: ({ last_error }) => last_error ?? '–' },
    ...(hasPermission(WRITE_CHARGEBACK)
      ? [
          {
            name: 'Send',
            cell: (one: Delivery) =>
              names.includes(one.name) ? (
                <Button
                  size="sm"
                  variant="secondary"
                  disabled={busy}
                  aria-label={`Deliver ${one.month} to ${one.name}`}
                  onClick={() => void run(one.name, one.month)}
                >
                  {one.attempts > 0 ? 'Deliver again' : 'Deliver'}
                </Button>
              ) : null,
          },
        ]
      : []),
  ];
  return (
    <>
      {problem}
      <DataTable
        caption="Deliveries"
        columns={columns}
        rows={rows}
        idOf={(one) => JSON.stringify([one.month, one.name])}
      />
    </>
  );
}

function NotConfigured(): React.JSX.Element {
  return (
    <EmptyState variant="not-found" message="Statements go nowhere by themselves yet">
      <Stack direction="column" gap={1} alignItems="center">
        <Text element="p">
          Name folders or webhooks in the collector’s configuration file (LLMCOST_CONFIG), and restart it:
        </Text>
        <pre>{EXAMPLE}</pre>
        <Text element="p">Webhooks are signed with LLMCOST_WEBHOOK_SECRET.</Text>
      </Stack>
    </EmptyState>
  );
}

function NothingClosed({ names }: { names: readonly string[] }): React.JSX.Element {
  return (
    <EmptyState variant="not-found" message="No month is closed yet">
      <Text element="p">
        {`Once one is, its statement goes to ${names.join(', ')}. `}
        <TextLink inline href="?tab=statement">
          Close a month
        </TextLink>
      </Text>
    </EmptyState>
  );
}
