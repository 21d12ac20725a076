import { Button, Stack, Text, TextLink } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { valueLabel } from '../../datasource/frames/names';
import { APP_PATH } from '../../constants';
import type { QueryFilter } from '../../datasource/types';
import { NOT_SET } from '../../query';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { writeFilters } from '../shared/filters';
import { count } from '../shared/format';
import { amountText, type StatementLine, type StatementSum } from './chargeback';

/** Shown at first; all of them are in the files. */
const FIRST = 100;

export const KINDS: Readonly<Record<StatementLine['kind'], string>> = {
  usage: 'Usage',
  split: 'Shared cost',
  credit: 'Credit',
  adjustment: 'Correction',
};

/** Who is charged; adds up to the total. */
export function Sums({ sums, currency }: { sums: StatementSum[]; currency: string }): React.JSX.Element {
  const columns = useMemo<Array<TableColumn<StatementSum>>>(
    () => [
      { name: 'Tenant', cell: ({ tenant }) => tenant },
      { name: 'Team', cell: ({ team }) => team ?? NOT_SET },
      { name: 'Cost center', cell: ({ cost_center }) => cost_center ?? NOT_SET },
      { name: 'Amount', numeric: true, cell: ({ amount }) => amountText(amount, currency) },
    ],
    [currency]
  );
  const sorted = useMemo(() => [...sums].sort((a, b) => Number(b.amount) - Number(a.amount)), [sums]);
  return (
    <DataTable
      caption="Who is charged"
      columns={columns}
      rows={sorted}
      idOf={({ tenant, team, cost_center }) => JSON.stringify([tenant, team, cost_center])}
    />
  );
}

const SUBJECT = ['tenant', 'team', 'cost_center', 'project', 'provider', 'model', 'service_tier'] as const;

/** The calls of a line, in Explore costs. */
export function callsPath(line: StatementLine): string | undefined {
  if (!line.provenance) {
    return undefined;
  }
  const filters = SUBJECT.map((dimension): QueryFilter => ({
    dimension,
    operator: '=',
    values: [line[dimension] ?? NOT_SET],
  }));
  const { from, to } = line.provenance.query;
  const search = writeFilters(new URLSearchParams(), filters);
  search.set('from', String(Date.parse(from)));
  // Grafana's end is the last instant that is shown.
  search.set('to', String(Date.parse(to) - 1));
  search.set('split', 'cost_type');
  return `${APP_PATH}/explore?${search.toString()}`;
}

function Provenance({ line }: { line: StatementLine }): React.JSX.Element | null {
  const path = callsPath(line);
  return path ? (
    <Stack direction="column" gap={0}>
      <TextLink inline={false} variant="bodySmall" href={path}>
        {`${count(line.calls)} calls`}
      </TextLink>
      <Text variant="bodySmall" color="secondary">
        {`Price row ${line.provenance?.price ?? '–'}`}
      </Text>
    </Stack>
  ) : null;
}

/** What is charged, and where it comes from; the largest amounts first. */
export function Lines({ lines, currency }: { lines: StatementLine[]; currency: string }): React.JSX.Element {
  const [all, setAll] = useState(false);
  const sorted = useMemo(
    () => [...lines].sort((a, b) => Math.abs(Number(b.amount)) - Math.abs(Number(a.amount))),
    [lines]
  );
  const columns = useMemo<Array<TableColumn<StatementLine>>>(
    () => [
      {
        name: 'Kind',
        cell: ({ kind, month, of_month }) => `${KINDS[kind]}${of_month === month ? '' : ` of ${of_month}`}`,
      },
      { name: 'Tenant', wide: true, cell: ({ tenant }) => tenant },
      { name: 'Team', cell: ({ team }) => team ?? NOT_SET },
      { name: 'Cost center', wide: true, cell: ({ cost_center }) => cost_center ?? NOT_SET },
      { name: 'What', cell: ({ description }) => description },
      {
        name: 'Cost type',
        wide: true,
        cell: ({ cost_type }) => (cost_type === null ? '–' : valueLabel('cost_type', cost_type)),
      },
      { name: 'Quantity', numeric: true, wide: true, cell: ({ quantity }) => count(quantity) },
      { name: 'Amount', numeric: true, cell: ({ amount }) => amountText(amount, currency) },
      { name: 'Comes from', wide: true, cell: (line) => <Provenance line={line} /> },
    ],
    [currency]
  );
  return (
    <>
      <DataTable
        caption="Lines"
        columns={columns}
        rows={all ? sorted : sorted.slice(0, FIRST)}
        idOf={({ line_id }) => line_id}
      />
      {!all && sorted.length > FIRST && (
        <div>
          <Button variant="secondary" onClick={() => setAll(true)}>
            {`Show all ${count(sorted.length)} lines`}
          </Button>
        </div>
      )}
    </>
  );
}
