import { Alert, EmptyState, LinkButton, Stack, Text, TextLink } from '@grafana/ui';
import React from 'react';
import { APP_PATH } from '../../constants';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { count, delta, share, signedUsd, usd } from '../shared/format';
import { Arithmetic } from './Arithmetic';
import type { Amounts, Line, WhatIf } from './scenario';

const range = ({ low, high }: Amounts): string => `${usd(low)} to ${usd(high)}`;

interface Stretch {
  readonly name: string;
  readonly amounts: Amounts;
}

const STRETCHES: Array<TableColumn<Stretch>> = [
  { name: 'In', cell: ({ name }) => name },
  { name: 'Today', numeric: true, wide: true, cell: ({ amounts }) => usd(amounts.base) },
  { name: 'Scenario', numeric: true, cell: ({ amounts }) => usd(amounts.scenario) },
  { name: 'Difference', numeric: true, cell: ({ amounts }) => signedUsd(amounts.difference) },
  { name: 'Change', numeric: true, wide: true, cell: ({ amounts }) => delta(amounts.scenario, amounts.base) },
  { name: 'Four of five times', numeric: true, cell: ({ amounts }) => range(amounts) },
];

const BUDGETS: Array<TableColumn<WhatIf['budgets'][number]>> = [
  { name: 'Budget', cell: ({ name }) => name },
  { name: 'Per', cell: ({ period }) => period },
  { name: 'Limit', numeric: true, cell: ({ limit }) => usd(limit) },
  { name: 'Scenario', numeric: true, cell: ({ scenario }) => usd(scenario) },
  { name: 'Used', numeric: true, cell: ({ scenario, limit }) => share(scenario, limit) },
  { name: 'Holds', cell: ({ ratio }) => (ratio > 1 ? 'No, it is over' : 'Yes') },
];

const LINES: Array<TableColumn<Line>> = [
  { name: 'Tenant', wide: true, cell: ({ tenant }) => tenant },
  { name: 'Feature', cell: ({ feature }) => feature ?? '(not set)' },
  { name: 'Model', cell: ({ model }) => model ?? '(not set)' },
  { name: 'Calls', numeric: true, wide: true, cell: ({ calls }) => count(calls) },
  { name: 'Scenario', numeric: true, cell: ({ cost }) => usd(cost) },
  { name: 'Arithmetic', cell: (line) => <Arithmetic line={line} /> },
];

const days = ({ from, to }: WhatIf): string =>
  `${from.slice(0, 10)} to ${new Date(Date.parse(to) - 1).toISOString().slice(0, 10)}`;

/** What the scenario costs in a month and a year, beside the budgets, and how that is reckoned. */
export function Result({ result, changed }: { result: WhatIf; changed: boolean }): React.JSX.Element {
  const { period, month, year, budgets, lines, unpriced } = result;
  const touched = lines.filter(({ steps }) => steps.length > 0);
  const still = lines.length - touched.length;
  if (lines.length === 0) {
    return (
      <EmptyState
        variant="not-found"
        message={`No priced calls in these ${result.days} days`}
        button={<LinkButton href={`${APP_PATH}/setup`}>How to send calls</LinkButton>}
      >
        <Text element="p">Plan a feature from scratch, or choose another tenant.</Text>
      </EmptyState>
    );
  }
  return (
    <Stack direction="column" gap={2}>
      <Figures
        figures={[
          {
            label: 'An average month',
            value: usd(month.scenario),
            note: `${signedUsd(month.difference)} beside today`,
          },
          { label: 'A year', value: usd(year.scenario), note: `${signedUsd(year.difference)} beside today` },
          { label: 'The base', value: usd(period.base), note: `${days(result)}, ${result.days} days (UTC)` },
        ]}
      />
      {unpriced > 0 && (
        <Alert severity="warning" title={`${count(unpriced)} of the lines have no price`}>
          Their cost is in no amount here.{' '}
          <TextLink inline href={`${APP_PATH}/prices`}>
            Prices
          </TextLink>
        </Alert>
      )}
      <DataTable
        caption="Today and in the scenario"
        columns={STRETCHES}
        rows={[
          { name: `${result.days} days`, amounts: period },
          { name: 'A month', amounts: month },
          { name: 'A year', amounts: year },
        ]}
        idOf={({ name }) => name}
      />
      <Text color="secondary" variant="bodySmall" element="p">
        A month is 30.436875 days and a year 365.2425 days of the base. Four of five times it ends within the range, if
        days go on to vary as they did: the only estimate here.
      </Text>
      {budgets.length > 0 ? (
        <DataTable caption="Beside the budgets" columns={BUDGETS} rows={budgets} idOf={({ name }) => name} />
      ) : (
        <Text color="secondary" element="p">
          No budget over a whole tenant for a month or a year stands beside this. Choose a tenant above, or make one in{' '}
          <TextLink inline href={`${APP_PATH}/budgets`}>
            Budgets
          </TextLink>
          .
        </Text>
      )}
      {changed && touched.length === 0 && (
        <Alert severity="info" title="Nothing is changed">
          No calls of the base match the changes. Take other features or models.
        </Alert>
      )}
      {touched.length > 0 && (
        <DataTable
          caption="What changes, and how it is reckoned"
          columns={LINES}
          rows={touched}
          idOf={({ tenant, feature, operation, provider, model, steps }) =>
            JSON.stringify([tenant, feature, operation, provider, model, steps])
          }
        />
      )}
      {changed && still > 0 && (
        <Text color="secondary">{`${count(still)} more lines stay as they are; their cost is in the amounts.`}</Text>
      )}
    </Stack>
  );
}
