import { dateTime } from '@grafana/data';
import { Button, Combobox, type ComboboxOption, EmptyState, Stack } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { count, short, usd } from '../shared/format';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { listPrices, listUnpriced, mapModel, type Target, type Unpriced } from './prices';

/** Why calls have no price, and what helps. */
const REASONS: Readonly<Record<string, string>> = {
  unknown_model: 'The price book doesn’t know the model',
  no_price_at_time: 'The model has no price at that time: add an override with dates',
  no_rate_for_component: 'A rate is missing, e.g. for cache writes: add an override that has it',
  no_price_for_service_tier: 'The service tier has no price: add an override that has it',
  no_usage: 'The client doesn’t say what was used',
};

const idOf = ({ reason, provider, model, deployment }: Unpriced): string =>
  JSON.stringify([reason, provider, model, deployment]);

const optionOf = ({ provider, model }: Target): ComboboxOption => ({
  value: JSON.stringify([provider, model]),
  label: model,
  description: provider,
});

const targetOf = (value: string): Target => {
  const [provider, model] = JSON.parse(value) as [string, string];
  return { provider, model };
};

/** Models whose calls have no price, each to be given the prices of a known one. */
export function UnpricedTab({ canWrite }: { canWrite: boolean }): React.JSX.Element {
  const { asked, again } = useAsk(listUnpriced);
  const map = useAction(
    'The model was not mapped',
    useCallback(
      async (row: Unpriced, target: Target) => {
        const { repricing } = await mapModel(row, target);
        again();
        return `${row.model} is priced as ${target.model}: ${count(repricing.newly_priced)} calls have a price now, ${usd(repricing.difference)} in all.`;
      },
      [again]
    )
  );
  const columns = useMemo<Array<TableColumn<Unpriced>>>(
    () => [
      { name: 'Model', cell: ({ model }) => model ?? '(not set)' },
      { name: 'Provider', cell: ({ provider }) => provider ?? '(not set)' },
      { name: 'Deployment', wide: true, cell: ({ deployment }) => deployment ?? '(not set)' },
      { name: 'Why', sentence: true, cell: ({ reason }) => REASONS[reason] ?? reason },
      { name: 'Calls', numeric: true, cell: ({ calls }) => count(calls) },
      { name: 'Tokens', numeric: true, wide: true, cell: ({ tokens }) => short(tokens) },
      { name: 'Since', wide: true, whole: true, cell: ({ first_seen }) => dateTime(first_seen).format('YYYY-MM-DD') },
      ...(canWrite
        ? [
            {
              name: 'Price as',
              cell: (row: Unpriced) => (
                <Mapping row={row} busy={map.busy} onMap={(target) => void map.run(row, target)} />
              ),
            },
          ]
        : []),
    ],
    [canWrite, map]
  );
  return (
    <Answer asked={asked} again={again} what="what has no price">
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState variant="completed" message="Every call of the last 31 days has a price" />
        ) : (
          <Stack direction="column" gap={2}>
            {map.problem}
            <DataTable caption="Without a price, last 31 days" columns={columns} rows={rows} idOf={idOf} />
          </Stack>
        )
      }
    </Answer>
  );
}

interface MappingProps {
  row: Unpriced;
  busy: boolean;
  onMap: (target: Target) => void;
}

/** The nearest known model is chosen already; any other can be searched for. */
function Mapping({ row, busy, onMap }: MappingProps): React.JSX.Element | null {
  const [chosen, setChosen] = useState<string | null>(row.nearest[0] ? optionOf(row.nearest[0]).value : null);
  const options = useCallback(
    async (text: string) => {
      const found = text ? (await listPrices({ model: text, offset: 0 })).prices : row.nearest;
      return [...new Map(found.map(optionOf).map((option) => [option.value, option])).values()];
    },
    [row]
  );
  if (row.reason === 'no_usage' || row.model === null) {
    return null;
  }
  return (
    <Stack direction="row" gap={1}>
      <Combobox
        aria-label={`Price ${row.model} as`}
        width={28}
        placeholder="Known model"
        options={options}
        value={chosen ? optionOf(targetOf(chosen)) : null}
        onChange={({ value }) => setChosen(value)}
      />
      <Button
        size="md"
        variant="secondary"
        disabled={busy || !chosen}
        onClick={() => chosen && onMap(targetOf(chosen))}
      >
        Map
      </Button>
    </Stack>
  );
}
