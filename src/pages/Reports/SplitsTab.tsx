import { hasPermission } from '@grafana/runtime';
import { Button, EmptyState, Stack, Text } from '@grafana/ui';
import React, { useCallback, useState } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { removeColumn } from '../shared/removeColumn';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { listSplits, removeSplit, type Split, WRITE_CHARGEBACK } from './chargeback';
import { SplitForm, targetsText } from './SplitForm';

const COLUMNS: Array<TableColumn<Split>> = [
  { name: 'Name', cell: ({ name }) => name },
  { name: 'Tenant', cell: ({ tenant }) => tenant },
  {
    name: 'The cost of',
    cell: ({ dimension, source }) => `${dimension === 'team' ? 'team' : 'cost center'} ${source}`,
  },
  { name: 'Divided', cell: ({ by }) => (by === 'usage' ? 'by what each cost itself' : 'by fixed shares') },
  { name: 'Over', cell: targetsText },
];

/** How shared costs are divided in every month that is not closed. */
export function SplitsTab(): React.JSX.Element {
  const { asked, again } = useAsk(listSplits);
  const [adding, setAdding] = useState(false);
  const mayWrite = hasPermission(WRITE_CHARGEBACK);
  const { run, busy, problem } = useAction(
    'The rule was not removed',
    useCallback(
      async (name: string) => {
        await removeSplit(name);
        again();
        return `“${name}” is removed: its cost stays where it is, in every month that is not closed.`;
      },
      [again]
    )
  );
  const columns: Array<TableColumn<Split>> = [
    ...COLUMNS,
    ...(mayWrite ? [removeColumn<Split>(busy, ({ name }) => void run(name))] : []),
  ];
  return (
    <Stack direction="column" gap={2}>
      <Text color="secondary" element="p">
        A shared cost, such as that of a platform team, is given to others: nothing is lost, and every part is a line of
        its own.
      </Text>
      {mayWrite && (
        <div>
          <Button icon="plus" onClick={() => setAdding(true)}>
            Share a cost
          </Button>
        </div>
      )}
      {problem}
      <Answer asked={asked} again={again} what="shared costs">
        {(splits) =>
          splits.length === 0 ? (
            <EmptyState variant="not-found" message="No cost is shared">
              <Text element="p">
                {mayWrite
                  ? 'Every team and cost center is charged what its own calls cost.'
                  : 'Every team and cost center is charged what its own calls cost. Administrators can share costs.'}
              </Text>
            </EmptyState>
          ) : (
            <DataTable
              caption="Shared costs"
              columns={columns}
              rows={splits}
              idOf={({ tenant, name }) => JSON.stringify([tenant, name])}
            />
          )
        }
      </Answer>
      {adding && (
        <SplitForm
          onClose={() => setAdding(false)}
          onSaved={() => {
            setAdding(false);
            again();
          }}
        />
      )}
    </Stack>
  );
}
