import { dateTimeFormat } from '@grafana/data';
import { EmptyState } from '@grafana/ui';
import React from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { usd } from '../shared/format';
import { useAsk } from '../shared/useAsk';
import { type Approval, listDecided } from './approvals';
import { outcomeText, whatText, whoText } from './words';

const when = (time: string): string => dateTimeFormat(time, { format: 'YYYY-MM-DD HH:mm' });

const COLUMNS: Array<TableColumn<Approval>> = [
  { name: 'Asked', whole: true, wide: true, cell: ({ created_at }) => when(created_at) },
  { name: 'Decided', whole: true, cell: ({ decided_at, expires_at }) => when(decided_at ?? expires_at) },
  { name: 'By', cell: ({ decided_by }) => decided_by ?? '–' },
  { name: 'Outcome', cell: outcomeText },
  { name: 'Amount', numeric: true, cell: ({ amount }) => usd(amount) },
  { name: 'Budget', wide: true, cell: ({ budget }) => budget },
  { name: 'Who', cell: whoText },
  { name: 'What', wide: true, cell: whatText },
  { name: 'Why', wide: true, cell: ({ request }) => request.why ?? '' },
];

/** What was decided, by whom, and what nobody decided. */
export function HistoryTab(): React.JSX.Element {
  const { asked, again } = useAsk(listDecided);
  return (
    <Answer asked={asked} again={again} what="the history of approvals">
      {(approvals) =>
        approvals.length === 0 ? (
          <EmptyState variant="completed" message="Nothing was decided yet" />
        ) : (
          <DataTable caption="The newest first" columns={COLUMNS} rows={approvals} idOf={({ id }) => id} />
        )
      }
    </Answer>
  );
}
