import { Button, RadioButtonGroup, Stack, Text, TextLink } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { valueLabel } from '../../datasource/frames/names';
import { APP_PATH } from '../../constants';
import type { QueryFilter } from '../../datasource/types';
import { NOT_SET } from '../../query';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { writeFilters } from '../shared/filters';
import { count } from '../shared/format';
import { amountText, type StatementLine, type StatementSum } from './chargeback';
import { type SumBy, SUBJECTS, SUMS_BY, SUMS_BY_OPTIONS, type SumsBy, sumsBy } from './sumsBy';

/** Shown at first; all of them are in the files. */
const FIRST = 100;

export const KINDS: Readonly<Record<StatementLine['kind'], string>> = {
  usage: 'Usage',
  split: 'Shared cost',
  credit: 'Credit',
  adjustment: 'Correction',
};

interface SumsProps {
  sums: StatementSum[];
  currency: string;
  by: SumsBy;
  onBy: (by: SumsBy) => void;
}

/** Who is charged; adds up to the total, by whatever it is told. */
export function Sums({ sums, currency, by, onBy }: SumsProps): React.JSX.Element {
  const columns = useMemo<Array<TableColumn<SumBy>>>(
    () => [
      ...SUMS_BY[by].of.map((name, i) => ({ name: SUBJECTS[name], cell: ({ who }: SumBy) => who[i] ?? NOT_SET })),
      { name: 'Amount', numeric: true, cell: ({ amount }) => amountText(amount, currency) },
    ],
    [by, currency]
  );
  const rows = useMemo(() => sumsBy(sums, by), [sums, by]);
  return (
    <Stack direction="column" gap={1}>
      <div>
        <RadioButtonGroup<SumsBy> aria-label="Charged by" options={SUMS_BY_OPTIONS} value={by} onChange={onBy} />
      </div>
      <DataTable caption="Who is charged" columns={columns} rows={rows} idOf={({ who }) => JSON.stringify(who)} />
    </Stack>
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
