import { dateTime } from '@grafana/data';
import { ConfirmButton, EmptyState, Stack } from '@grafana/ui';
import React, { useCallback } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { count, usd } from '../shared/format';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { type AuditEntry, listAudit, undoReprice } from './prices';

/** What was done, in words. */
export function action({ action: name, details }: AuditEntry): string {
  const { undone, changed, events, difference, price_ids = [] } = details ?? {};
  const prices = `${price_ids.length} price${price_ids.length === 1 ? '' : 's'}`;
  switch (name) {
    case 'add':
      return `Added ${prices}`;
    case 'supersede':
      return `Removed ${prices}`;
    case 'reprice':
      return undone === undefined
        ? `Priced ${count(changed ?? 0)} calls again, ${usd(difference ?? '0')} in all`
        : `Undid number ${undone} for ${count(events ?? 0)} calls`;
    default:
      return name;
  }
}

/** Whether an entry can be undone: a repricing that changed something, isn't an undo, and wasn't undone. */
const canUndo = ({ audit_id, action: name, details }: AuditEntry, all: readonly AuditEntry[]): boolean =>
  name === 'reprice' &&
  details?.undone === undefined &&
  Boolean(details?.changed) &&
  !all.some((other) => other.details?.undone === audit_id);

const COLUMNS: Array<TableColumn<AuditEntry>> = [
  { name: 'Number', numeric: true, cell: ({ audit_id }) => audit_id },
  { name: 'When', whole: true, cell: ({ at }) => dateTime(at).format('YYYY-MM-DD HH:mm') },
  { name: 'Who', cell: ({ by }) => by },
  { name: 'What', cell: action },
  { name: 'Why', wide: true, cell: ({ why }) => why ?? '' },
];

/** Who changed prices, when and why; repricings can be undone. */
export function HistoryTab(): React.JSX.Element {
  const { asked, again } = useAsk(listAudit);
  const undo = useAction(
    'It was not undone',
    useCallback(
      async (id: number) => {
        const { events } = await undoReprice(id, `undid number ${id}`);
        again();
        return `${count(events)} calls have the cost again that they had before.`;
      },
      [again]
    )
  );
  return (
    <Answer asked={asked} again={again} what="the history of prices">
      {(entries) =>
        entries.length === 0 ? (
          <EmptyState variant="completed" message="No price was changed yet">
            The catalogue alone prices calls.
          </EmptyState>
        ) : (
          <Stack direction="column" gap={2}>
            {undo.problem}
            <DataTable
              caption="Changes, the newest first"
              columns={[
                ...COLUMNS,
                {
                  name: 'Undo',
                  quiet: true,
                  cell: (entry) =>
                    canUndo(entry, entries) ? (
                      <ConfirmButton
                        size="sm"
                        confirmText="Undo"
                        closeOnConfirm
                        disabled={undo.busy}
                        onConfirm={() => void undo.run(entry.audit_id)}
                      >
                        Undo
                      </ConfirmButton>
                    ) : null,
                },
              ]}
              rows={entries}
              idOf={({ audit_id }) => String(audit_id)}
            />
          </Stack>
        )
      }
    </Answer>
  );
}
