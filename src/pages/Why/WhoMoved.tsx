import { Stack, Text, TextLink } from '@grafana/ui';
import React, { useMemo } from 'react';
import { valueLabel } from '../../datasource/frames/names';
import type { QueryFilter } from '../../datasource/types';
import { dimensionLabel } from '../../query';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { share, signedUsd, usd } from '../shared/format';
import { explorePath } from './paths';
import type { Mover, Who, WhyReport } from './why';

interface Props {
  report: WhyReport;
  filters: readonly QueryFilter[];
  /** Only the differences: where there is little room, and the screen may yet be wide. */
  narrow?: boolean;
  /** How many of the dimensions are shown at most. */
  most?: number;
}

const beforeAndAfter: Array<TableColumn<Mover>> = [
  { name: 'Before', numeric: true, wide: true, cell: ({ before }) => usd(before) },
  { name: 'After', numeric: true, wide: true, cell: ({ after }) => usd(after) },
];

/** Who is behind the difference, the most telling dimension first. */
export function WhoMoved({ report, filters, narrow, most }: Props): React.JSX.Element {
  if (report.who.length === 0) {
    return <Text color="secondary">No tenant, feature or model cost more or less than before.</Text>;
  }
  return (
    <Stack direction="column" gap={2}>
      {report.who.slice(0, most).map((who) => (
        <MoversTable key={who.dimension} who={who} report={report} filters={filters} narrow={narrow} />
      ))}
    </Stack>
  );
}

function MoversTable({ who, report, filters, narrow = false }: Props & { who: Who }): React.JSX.Element {
  const { dimension, movers } = who;
  const columns = useMemo<Array<TableColumn<Mover>>>(
    () => [
      {
        name: dimensionLabel(dimension),
        cell: ({ value }) => (
          <TextLink inline={false} variant="bodySmall" href={explorePath(report.after, filters, { dimension, value })}>
            {valueLabel(dimension, value)}
          </TextLink>
        ),
      },
      ...(narrow ? [] : beforeAndAfter),
      { name: 'Difference', numeric: true, cell: ({ difference }) => signedUsd(difference) },
      { name: 'Of the difference', numeric: true, cell: ({ difference }) => share(difference, report.difference) },
    ],
    [dimension, filters, narrow, report]
  );
  return (
    <DataTable
      caption={`By ${dimensionLabel(dimension)}`}
      columns={columns}
      rows={movers}
      idOf={({ value }) => value}
    />
  );
}
