import { EmptyState, Stack, Text } from '@grafana/ui';
import React, { useCallback } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { signedUsd, usd } from '../shared/format';
import { useAsk } from '../shared/useAsk';
import { askReconciliation, type Reconciliation } from './chargeback';
import type { TabProps } from './ReportsPage';

type Provider = Reconciliation['providers'][number];
type Day = Provider['days'][number];

const percent = (text: string | null): string => (text === null ? '–' : `${text}%`);

const COLUMNS: Array<TableColumn<Day>> = [
  { name: 'Day (UTC)', whole: true, cell: ({ day }) => day },
  { name: 'Ours', numeric: true, cell: ({ ours }) => usd(ours) },
  { name: 'Theirs', numeric: true, cell: ({ theirs }) => (theirs === null ? '–' : usd(theirs)) },
  { name: 'Difference', numeric: true, cell: ({ difference }) => (difference === null ? '–' : signedUsd(difference)) },
  { name: 'Of theirs', numeric: true, wide: true, cell: ({ difference_percent }) => percent(difference_percent) },
  { name: 'Why', wide: true, cell: ({ explanations }) => explanations.map(({ text }) => text).join('; ') },
];

/** Our total against what the providers bill, day by day; for those who see every tenant. */
export function BillsTab({ month }: TabProps): React.JSX.Element {
  const { asked, again } = useAsk(useCallback(() => askReconciliation(month.month), [month.month]));
  return (
    <Answer asked={asked} again={again} what="the providers’ bills">
      {({ providers, notes }) => {
        const read = providers.filter(({ days }) => days.some(({ pulled_at }) => pulled_at !== null));
        return read.length === 0 ? (
          <EmptyState variant="not-found" message="No provider’s bill of this month was read">
            <Text element="p">
              Give the collector an admin key of OpenAI or Anthropic (OPENAI_ADMIN_KEY, ANTHROPIC_ADMIN_KEY) and let it
              read their bills every few hours (LLMCOST_BILL_HOURS), or run “llmcost reconcile”.
            </Text>
          </EmptyState>
        ) : (
          <Stack direction="column" gap={2}>
            {read.map((provider) => (
              <Bill key={provider.provider} provider={provider} />
            ))}
            {notes.map((note) => (
              <Text key={note} color="secondary" variant="bodySmall" element="p">
                {note}
              </Text>
            ))}
          </Stack>
        );
      }}
    </Answer>
  );
}

function Bill({ provider: { provider, total, days } }: { provider: Provider }): React.JSX.Element {
  return (
    <Stack direction="column" gap={1}>
      <Figures
        figures={[
          { label: `${provider}: ours`, value: usd(total.ours), note: 'of the days that were read' },
          { label: 'Theirs', value: usd(total.theirs) },
          {
            label: 'Difference',
            value: signedUsd(total.difference),
            note: `${percent(total.difference_percent)} of theirs`,
          },
        ]}
      />
      <DataTable caption={`Days of ${provider}`} columns={COLUMNS} rows={days} idOf={({ day }) => day} />
    </Stack>
  );
}
