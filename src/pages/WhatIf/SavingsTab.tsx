import { css } from '@emotion/css';
import { EmptyState, Field, Stack, Text, TextLink, useStyles2 } from '@grafana/ui';
import React, { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { count, share, usd } from '../shared/format';
import { TenantPicker } from '../shared/TenantPicker';
import { useAsk } from '../shared/useAsk';
import { termText } from './Arithmetic';
import {
  askSavings,
  type Batch,
  type Caching,
  evidenceText,
  headsOf,
  type Routing,
  type Savings,
  scenarioOf,
  WAY_WORDS,
  type WorkSaving,
} from './savings';
import { writeScenario } from './scenario';

const name = (value: string | null): string => value ?? '(not set)';
const keyOf = (row: object): string => JSON.stringify(row);

const CACHING: Array<TableColumn<Caching>> = [
  { name: 'Feature', cell: ({ tenant, feature }) => `${tenant}: ${name(feature)}` },
  { name: 'Model', cell: ({ model }) => name(model) },
  { name: 'Hits', numeric: true, wide: true, cell: ({ hit_ratio }) => share(hit_ratio, 1) },
  { name: 'Saved', numeric: true, cell: ({ saved }) => usd(saved) },
  { name: 'Wasted', numeric: true, wide: true, cell: ({ wasted }) => usd(wasted) },
  { name: 'Possible', numeric: true, cell: ({ possible }) => (possible === null ? '–' : usd(possible)) },
  { name: 'Arithmetic', wide: true, cell: ({ arithmetic }) => arithmetic },
];

const BATCH: Array<TableColumn<Batch>> = [
  { name: 'Feature', cell: ({ tenant, feature }) => `${tenant}: ${name(feature)}` },
  { name: 'Model', cell: ({ model }) => name(model) },
  { name: 'Calls', numeric: true, wide: true, cell: ({ calls }) => count(calls) },
  { name: 'Today', numeric: true, wide: true, cell: ({ cost }) => usd(cost) },
  { name: 'At the tier', cell: ({ service_tier }) => service_tier },
  { name: 'Saving', numeric: true, cell: ({ saving }) => usd(saving) },
  { name: 'Arithmetic', wide: true, cell: ({ arithmetic }) => arithmetic },
];

const amount = (value: string | null): string => (value === null ? '–' : usd(value));

const TOGETHER: Array<TableColumn<WorkSaving>> = [
  { name: 'Feature', cell: ({ tenant, feature }) => `${tenant}: ${name(feature)}` },
  { name: 'Operation', wide: true, cell: ({ operation }) => name(operation) },
  { name: 'Model', cell: ({ model }) => name(model) },
  { name: 'Cheaper model', numeric: true, wide: true, cell: ({ routing }) => amount(routing) },
  { name: 'Caching', numeric: true, wide: true, cell: ({ caching }) => amount(caching) },
  { name: 'Batches', numeric: true, wide: true, cell: ({ batch }) => amount(batch) },
  { name: 'Best way', cell: ({ best }) => WAY_WORDS[best] },
  { name: 'Counts', numeric: true, cell: ({ saving }) => usd(saving) },
];

/** How the figure over all ways comes about: each row’s largest amount, added up. */
function OneWayEach({ together: { saving, works } }: Required<Pick<Savings, 'together'>>): React.JSX.Element {
  return (
    <details>
      <summary>{`How ${usd(saving)} is reckoned: the best way of each, added up`}</summary>
      <DataTable caption="One way each" columns={TOGETHER} rows={works} idOf={keyOf} />
    </details>
  );
}

const ROUTING: Array<TableColumn<Routing>> = [
  { name: 'Feature', cell: ({ tenant, feature }) => `${tenant}: ${name(feature)}` },
  { name: 'Today', cell: ({ model, cost }) => `${name(model)}, ${usd(cost)}` },
  { name: 'Answers', wide: true, cell: ({ output_size }) => output_size },
  {
    name: 'Instead',
    cell: ({ candidates: [{ model, cost }] }) => `${model}, ${usd(cost)}`,
  },
  { name: 'Saving', numeric: true, cell: ({ candidates: [{ saving }] }) => usd(saving) },
  { name: 'Why', sentence: true, cell: (row) => <Why row={row} /> },
  {
    name: 'Try',
    cell: (row) => (
      <TextLink
        inline={false}
        variant="bodySmall"
        href={`${APP_PATH}/what-if?${writeScenario(new URLSearchParams(), scenarioOf(row)).toString()}`}
      >
        As a scenario
      </TextLink>
    ),
  },
];

/** The evidence, and the arithmetic of every candidate. */
function Why({ row }: { row: Routing }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <>
      {evidenceText(row, row.candidates[0])}
      <details>
        <summary>Arithmetic</summary>
        {row.candidates.map((candidate) => (
          <div key={`${candidate.provider}/${candidate.model}`}>
            {`${candidate.model} saves ${usd(candidate.saving)} (price row ${candidate.price_id}). ${evidenceText(row, candidate)}.`}
            <ul className={styles.list}>
              {candidate.arithmetic.map((term) => (
                <li key={term.what}>{termText(term)}</li>
              ))}
            </ul>
          </div>
        ))}
      </details>
    </>
  );
}

/** Cheaper models, caches and batches, each with its arithmetic and evidence. */
export function SavingsTab(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const tenant = search.get('tenant');
  const { asked, again } = useAsk(useCallback(() => askSavings(tenant), [tenant]));
  return (
    <Stack direction="column" gap={2}>
      <Field noMargin label="Tenant" htmlFor="llmcost-savings-tenant">
        <TenantPicker
          id="llmcost-savings-tenant"
          tenant={tenant}
          onChange={(value) =>
            setSearch((before) => {
              const after = new URLSearchParams(before);
              after.delete('tenant');
              if (value) {
                after.set('tenant', value);
              }
              return after;
            })
          }
        />
      </Field>
      <Answer asked={asked} again={again} what="what could be saved">
        {(savings) => <Found savings={savings} />}
      </Answer>
    </Stack>
  );
}

function Found({ savings }: { savings: Savings }): React.JSX.Element {
  const { routing, caching, batch, together } = savings;
  if (routing.length + caching.length + batch.length === 0) {
    return (
      <EmptyState variant="completed" message="Nothing to save was found">
        <Text element="p">No priced calls in the last 30 days could do with a cheaper model, a cache or a batch.</Text>
      </EmptyState>
    );
  }
  return (
    <Stack direction="column" gap={2}>
      <Figures figures={headsOf(savings)} />
      <Text color="secondary" element="p">
        Of the last 30 days, the largest saving first. The same calls can be in several of these, so they do not add up:
        a call can go one way only, and together it is at most the first figure. Calls without a price are left out.
      </Text>
      {together && together.works.length > 0 && <OneWayEach together={together} />}
      {routing.length > 0 && <DataTable caption="Cheaper models" columns={ROUTING} rows={routing} idOf={keyOf} />}
      {caching.length > 0 && <DataTable caption="Caching" columns={CACHING} rows={caching} idOf={keyOf} />}
      {batch.length > 0 && <DataTable caption="Batches" columns={BATCH} rows={batch} idOf={keyOf} />}
    </Stack>
  );
}

const getStyles = () => ({ list: css({ paddingLeft: '1.5em', margin: 0 }) });
