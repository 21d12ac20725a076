import { dateTime } from '@grafana/data';
import { Button, ConfirmButton, EmptyState, Field, Input, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import React, { useCallback, useEffect, useState } from 'react';
import { exactUsd } from '../../datasource/frames/units';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { PriceForm } from './PriceForm';
import { listPrices, type NewPrice, PAGE_ROWS, type Price, type PriceSearch, removePrice } from './prices';

/** Keys are not searched for one by one. */
const TYPING_MS = 300;

type Shown = Price['origin'] | 'all';
const ORIGINS: Array<{ value: Shown; label: string }> = [
  { value: 'all', label: 'All' },
  { value: 'override', label: 'Overrides' },
  { value: 'catalogue', label: 'Catalogue' },
];

const ORIGIN_NAMES: Readonly<Record<Price['origin'], string>> = { override: 'Override', catalogue: 'Catalogue' };

const day = (time: string): string => dateTime(time).format('YYYY-MM-DD');

/** When a row holds, in words. */
export function dates({ effective_from, effective_to }: Price): string {
  if (effective_from && effective_to) {
    return `${day(effective_from)} – ${day(effective_to)}`;
  }
  return effective_from ? `since ${day(effective_from)}` : effective_to ? `until ${day(effective_to)}` : 'always';
}

/** Whom a row is for, in words. */
const scope = ({ tenant, deployment }: Price): string =>
  [tenant && `tenant ${tenant}`, deployment && `deployment ${deployment}`].filter(Boolean).join(', ') || 'everybody';

/** What the columns of rates don't say. */
const more = ({ tiers = [], service_tiers = {}, time_of_day = [] }: Price): string =>
  [
    tiers.length ? 'long context' : '',
    Object.keys(service_tiers).length ? Object.keys(service_tiers).join(', ') : '',
    time_of_day.length ? 'time of day' : '',
  ]
    .filter(Boolean)
    .join('; ');

/** What belongs together in one column, so that the table fits beside Grafana's menu. */
const TwoLines = ({ first, second }: { first: string; second: string }) => (
  <Stack direction="column" gap={0}>
    <span>{first}</span>
    <Text variant="bodySmall" color="secondary">
      {second}
    </Text>
  </Stack>
);

const rate = (value: string | null): string => (value === null ? '–' : exactUsd(value));

const COLUMNS: Array<TableColumn<Price>> = [
  { name: 'Model', cell: ({ model, provider }) => <TwoLines first={model} second={provider} /> },
  { name: 'Input', numeric: true, cell: ({ input }) => rate(input) },
  { name: 'Cache read', numeric: true, wide: true, cell: ({ cache_read }) => rate(cache_read) },
  { name: 'Cache write', numeric: true, wide: true, cell: ({ cache_write_5m }) => rate(cache_write_5m) },
  { name: 'Output', numeric: true, cell: ({ output }) => rate(output) },
  { name: 'Also', wide: true, cell: more },
  { name: 'Holds', wide: true, whole: true, cell: dates },
  { name: 'For', wide: true, cell: (price) => <TwoLines first={scope(price)} second={ORIGIN_NAMES[price.origin]} /> },
];

/** Catalogue and overrides, searched by model. */
export function PriceBookTab({ canWrite }: { canWrite: boolean }): React.JSX.Element {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState<PriceSearch>({ model: '', offset: 0 });
  const [draft, setDraft] = useState<NewPrice>();
  const { asked, again } = useAsk(useCallback(() => listPrices(search), [search]));
  useEffect(() => {
    const timer = setTimeout(
      () => setSearch((before) => (before.model === typed ? before : { ...before, model: typed, offset: 0 })),
      TYPING_MS
    );
    return () => clearTimeout(timer);
  }, [typed]);
  const remove = useAction(
    'The override is still there',
    useCallback(
      async (id: string) => {
        await removePrice(id);
        again();
        return 'The override no longer holds. Calls that it priced keep their cost until they are priced again.';
      },
      [again]
    )
  );
  const actions: TableColumn<Price> = {
    name: 'Change',
    quiet: true,
    whole: true,
    pinned: true,
    cell: (price) =>
      price.origin === 'override' ? (
        <ConfirmButton
          size="sm"
          confirmText="Remove"
          confirmVariant="destructive"
          closeOnConfirm
          disabled={remove.busy}
          onConfirm={() => void remove.run(price.price_id)}
        >
          Remove
        </ConfirmButton>
      ) : (
        <Button size="sm" fill="text" variant="secondary" onClick={() => setDraft(asDraft(price))}>
          Override
        </Button>
      ),
  };
  return (
    <Stack direction="column" gap={2}>
      <Stack direction="row" gap={2} wrap="wrap" alignItems="flex-end">
        <Field noMargin label="Model" htmlFor="llmcost-price-search">
          <Input
            id="llmcost-price-search"
            width={32}
            placeholder="Part of a model’s name"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </Field>
        <Field noMargin label="Show" htmlFor="llmcost-price-origin">
          <RadioButtonGroup<Shown>
            id="llmcost-price-origin"
            options={ORIGINS}
            value={search.origin ?? 'all'}
            onChange={(origin) => setSearch({ ...search, origin: origin === 'all' ? undefined : origin, offset: 0 })}
          />
        </Field>
        {canWrite && (
          <Button icon="plus" onClick={() => setDraft({})}>
            Add override
          </Button>
        )}
      </Stack>
      {remove.problem}
      <Answer asked={asked} again={again} what="prices">
        {({ prices, total, next_offset }) =>
          total === 0 ? (
            <EmptyState variant="not-found" message="No price matches">
              Calls of a model without a price are counted as unpriced, never as free.
            </EmptyState>
          ) : (
            <>
              <DataTable
                caption="USD per 1M tokens"
                columns={canWrite ? [...COLUMNS, actions] : COLUMNS}
                rows={prices}
                idOf={({ price_id }) => price_id}
              />
              <Stack direction="row" gap={1} alignItems="center">
                <Button
                  size="sm"
                  variant="secondary"
                  disabled={search.offset === 0}
                  onClick={() => setSearch({ ...search, offset: Math.max(0, search.offset - PAGE_ROWS) })}
                >
                  Previous
                </Button>
                <Button
                  size="sm"
                  variant="secondary"
                  disabled={next_offset === null}
                  onClick={() => setSearch({ ...search, offset: next_offset ?? 0 })}
                >
                  Next
                </Button>
                <Text variant="bodySmall" color="secondary">
                  {`${search.offset + 1}–${search.offset + prices.length} of ${total} prices`}
                </Text>
              </Stack>
            </>
          )
        }
      </Answer>
      {draft && (
        <PriceForm
          initial={draft}
          onClose={() => setDraft(undefined)}
          onAdded={() => {
            setDraft(undefined);
            again();
          }}
        />
      )}
    </Stack>
  );
}

/** A price of the catalogue as the beginning of an override. */
const asDraft = ({ provider, model, input, output, cache_read, cache_write_5m, cache_write_1h }: Price): NewPrice => ({
  provider,
  model,
  input,
  output,
  cache_read,
  cache_write_5m,
  cache_write_1h,
});
