import { dateTimeFormat } from '@grafana/data';
import { Drawer } from '@grafana/ui';
import React, { useCallback } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { usd } from '../shared/format';
import { useAsk } from '../shared/useAsk';
import { type AuditEntry, type Budget, listAudit } from './budgets';
import { changesOf } from './words';

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** What was done, in words. */
export function what({ action, details }: AuditEntry): string {
  const { before, after, reason, grant, grant_amount: more, amount } = record(details);
  switch (action) {
    case 'create':
      return `Made, with a limit of ${usd(String(record(after).amount))}`;
    case 'update':
      return changesOf(record(before), record(after)).join('; ') || 'Saved without a change';
    case 'delete':
      return 'Removed';
    case 'approve':
      return `Approved ${usd(String(amount))}: ${grant === 'amount' ? `${usd(String(more))} more` : grant === 'once' ? 'this once' : 'until the reset'}`;
    case 'deny':
      return `Denied ${usd(String(amount))}: ${String(reason)}`;
    default:
      return action;
  }
}

const COLUMNS: Array<TableColumn<AuditEntry>> = [
  { name: 'When', whole: true, cell: ({ at }) => dateTimeFormat(at, { format: 'YYYY-MM-DD HH:mm' }) },
  { name: 'Who', cell: ({ by }) => by },
  { name: 'Version', numeric: true, cell: ({ version }) => version },
  { name: 'What', cell: what },
];

/** Who did what with a budget, the newest first. */
export function HistoryDrawer({ budget, onClose }: { budget: Budget; onClose: () => void }): React.JSX.Element {
  const { asked, again } = useAsk(useCallback(() => listAudit(budget.id), [budget.id]));
  return (
    <Drawer title={`History of ${budget.name}`} subtitle={`Version ${budget.version}`} size="md" onClose={onClose}>
      <Answer asked={asked} again={again} what="the history">
        {(entries) => (
          <DataTable
            caption="The newest first"
            columns={COLUMNS}
            rows={entries}
            idOf={({ audit_id }) => String(audit_id)}
          />
        )}
      </Answer>
    </Drawer>
  );
}
