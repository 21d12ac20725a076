import { dateTimeFormat } from '@grafana/data';
import { hasPermission } from '@grafana/runtime';
import { Combobox, EmptyState, Field, LinkButton, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { signedUsd, usd } from '../shared/format';
import { removeColumn } from '../shared/removeColumn';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import {
  listSaved,
  openSaved,
  REMOVE_SCENARIOS,
  removeSaved,
  type Saved,
  type WhatIf,
  writeScenario,
} from './scenario';

const pathOf = ({ scenario }: Saved): string =>
  `${APP_PATH}/what-if?${writeScenario(new URLSearchParams(), scenario).toString()}`;

/** Scenarios that were kept, and two of them side by side. */
export function SavedTab(): React.JSX.Element {
  const { asked, again } = useAsk(listSaved);
  return (
    <Answer asked={asked} again={again} what="saved scenarios">
      {(saved) =>
        saved.length === 0 ? (
          <EmptyState
            variant="not-found"
            message="No scenario is saved yet"
            button={<LinkButton href={`${APP_PATH}/what-if`}>Make one</LinkButton>}
          >
            <Text element="p">
              Change something, give it a name and save it: then it is here for everybody who sees its tenant.
            </Text>
          </EmptyState>
        ) : (
          <Stack direction="column" gap={2}>
            <List saved={saved} onRemoved={again} />
            <Compare saved={saved} />
          </Stack>
        )
      }
    </Answer>
  );
}

function List({ saved, onRemoved }: { saved: Saved[]; onRemoved: () => void }): React.JSX.Element {
  const { run, busy, problem } = useAction(
    'The scenario was not removed',
    useCallback(
      async ({ scenario_id, name }: Saved) => {
        await removeSaved(scenario_id);
        onRemoved();
        return `“${name}” is removed.`;
      },
      [onRemoved]
    )
  );
  const columns: Array<TableColumn<Saved>> = [
    {
      name: 'Name',
      cell: (one) => (
        <TextLink inline={false} href={pathOf(one)}>
          {one.name}
        </TextLink>
      ),
    },
    { name: 'Tenant', cell: ({ tenant }) => tenant ?? 'All' },
    {
      name: 'What it changes',
      wide: true,
      cell: ({ scenario: { changes, planned } }) => `${changes.length} changes, ${planned.length} planned features`,
    },
    {
      name: 'Saved',
      whole: true,
      cell: ({ created_at }) => dateTimeFormat(created_at, { format: 'YYYY-MM-DD HH:mm' }),
    },
    { name: 'By', wide: true, cell: ({ created_by }) => created_by },
    ...(hasPermission(REMOVE_SCENARIOS) ? [removeColumn<Saved>(busy, (one) => void run(one))] : []),
  ];
  return (
    <>
      {problem}
      <DataTable caption="Saved scenarios" columns={columns} rows={saved} idOf={({ scenario_id }) => scenario_id} />
    </>
  );
}

const SIDES = ['a', 'b'] as const;

function Compare({ saved }: { saved: Saved[] }): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const options = saved.map(({ scenario_id, name, tenant }) => ({
    value: scenario_id,
    label: name,
    description: tenant ?? 'All tenants',
  }));
  const chosen = SIDES.map((side) => saved.find(({ scenario_id }) => scenario_id === search.get(side)));
  const choose = (side: string, id: string) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.set(side, id);
      return after;
    });
  const [first, second] = chosen;
  return (
    <Stack direction="column" gap={1}>
      <Text element="h3" variant="h5">
        Compare two
      </Text>
      <Stack direction="row" gap={2} wrap="wrap">
        {SIDES.map((side, i) => (
          <Field key={side} noMargin label={i === 0 ? 'This one' : 'With this one'} htmlFor={`llmcost-whatif-${side}`}>
            <Combobox
              id={`llmcost-whatif-${side}`}
              width={34}
              placeholder="Choose"
              options={options}
              value={chosen[i]?.scenario_id ?? null}
              onChange={({ value }) => choose(side, value)}
            />
          </Field>
        ))}
      </Stack>
      {first && second && (
        <SideBySide key={`${first.scenario_id} ${second.scenario_id}`} first={first} second={second} />
      )}
    </Stack>
  );
}

interface Row {
  readonly name: string;
  readonly amounts: readonly [string, string];
}

const rowsOf = (a: WhatIf, b: WhatIf): Row[] => [
  { name: 'Today, a month', amounts: [a.month.base, b.month.base] },
  { name: 'A month', amounts: [a.month.scenario, b.month.scenario] },
  { name: 'A year', amounts: [a.year.scenario, b.year.scenario] },
];

function SideBySide({ first, second }: { first: Saved; second: Saved }): React.JSX.Element {
  const { asked, again } = useAsk(
    useCallback(
      () => Promise.all([openSaved(first.scenario_id), openSaved(second.scenario_id)]),
      [first.scenario_id, second.scenario_id]
    )
  );
  const columns: Array<TableColumn<Row>> = [
    { name: 'In', cell: ({ name }) => name },
    { name: first.name, numeric: true, cell: ({ amounts }) => usd(amounts[0]) },
    { name: `${second.name} `, numeric: true, cell: ({ amounts }) => usd(amounts[1]) },
    { name: 'Difference', numeric: true, cell: ({ amounts: [a, b] }) => signedUsd(String(Number(b) - Number(a))) },
  ];
  return (
    <Answer asked={asked} again={again} what="both scenarios">
      {([a, b]) => (
        <DataTable
          caption="Side by side"
          columns={columns}
          rows={rowsOf(a.result, b.result)}
          idOf={({ name }) => name}
        />
      )}
    </Answer>
  );
}
