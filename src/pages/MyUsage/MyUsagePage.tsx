import { FieldType, type TimeRange, toDataFrame } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { EmptyState, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useMemo } from 'react';
import { type Row, rowsOf } from '../../collector/reply';
import { APP_PATH } from '../../constants';
import { Answer } from '../shared/Answer';
import { Chart } from '../shared/Chart';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { change, count, share, short, usd } from '../shared/format';
import { RangePicker } from '../shared/RangePicker';
import { useAsk } from '../shared/useAsk';
import { useRange } from '../shared/useRange';
import { getOwnUsage, type OwnUsage } from './ownUsage';

const NUMBERS: Array<TableColumn<Row>> = [
  { name: 'Cost', numeric: true, cell: ({ total_cost }) => usd(total_cost) },
  { name: 'Calls', numeric: true, cell: ({ calls }) => count(calls) },
  { name: 'Input tokens', numeric: true, wide: true, cell: ({ input_tokens }) => short(input_tokens) },
  { name: 'Output tokens', numeric: true, wide: true, cell: ({ output_tokens }) => short(output_tokens) },
];
const BY_MODEL: Array<TableColumn<Row>> = [
  { name: 'Model', cell: ({ model }) => model ?? '(not set)' },
  { name: 'Provider', wide: true, cell: ({ provider }) => provider ?? '(not set)' },
  ...NUMBERS,
];
const BY_PROJECT: Array<TableColumn<Row>> = [
  { name: 'Project', cell: ({ project }) => project ?? '(not set)' },
  { name: 'Tenant', wide: true, cell: ({ tenant }) => tenant ?? '(not set)' },
  ...NUMBERS,
];

const nameOf = (row: Row): string => Object.values(row).slice(0, 2).join(' ');

/** What the signed-in user used and spent; the collector decides who that is. */
export function MyUsagePage(): React.JSX.Element {
  const { range, setRange } = useRange();
  const ask = useCallback(() => getOwnUsage(range), [range]);
  const { asked, again } = useAsk(ask);
  return (
    <PluginPage
      subTitle="Your own calls: what you used, and what it cost."
      actions={<RangePicker range={range} onChange={setRange} />}
    >
      <Answer asked={asked} again={again} what="your usage">
        {(usage) => <Usage usage={usage} range={range} />}
      </Answer>
    </PluginPage>
  );
}

function Usage({ usage, range }: { usage: OwnUsage; range: TimeRange }): React.JSX.Element {
  const [total = {}] = rowsOf(usage.total);
  const [previous = {}] = rowsOf(usage.previous);
  const frames = useMemo(() => {
    const days = rowsOf(usage.by_day);
    return [
      toDataFrame({
        fields: [
          { name: 'time', type: FieldType.time, values: days.map(({ time }) => Date.parse(String(time))) },
          {
            name: 'Cost',
            type: FieldType.number,
            config: { unit: 'currencyUSD' },
            values: days.map(({ total_cost }) => (total_cost === null ? null : Number(total_cost))),
          },
        ],
      }),
    ];
  }, [usage.by_day]);
  if (!Number(total.calls)) {
    return <NoCalls userIds={usage.user.user_ids} />;
  }
  const unpriced = Number(usage.total.unpriced?.calls ?? 0);
  return (
    <Stack direction="column" gap={2}>
      <Figures
        figures={[
          { label: 'Cost', value: usd(total.total_cost), note: change(total.total_cost, previous.total_cost) },
          { label: 'Calls', value: count(total.calls), note: change(total.calls, previous.calls) },
          {
            label: 'Tokens',
            value: short(total.total_tokens),
            note: `${short(total.input_tokens)} in, ${short(total.output_tokens)} out`,
          },
          {
            label: 'Input from a cache',
            value: share(total.cache_read_tokens, total.input_tokens),
            note: `${short(total.cache_read_tokens)} tokens`,
          },
        ]}
      />
      {unpriced > 0 && (
        <Text color="secondary">{`${count(unpriced)} of your calls have no price yet. What they cost is not in these sums.`}</Text>
      )}
      <Chart label="Cost per day" frames={frames} range={range} />
      <DataTable caption="By model" columns={BY_MODEL} rows={rowsOf(usage.by_model)} idOf={nameOf} />
      <DataTable caption="By project" columns={BY_PROJECT} rows={rowsOf(usage.by_project)} idOf={nameOf} />
      <Text variant="bodySmall" color="secondary">
        {`Calls with the user id ${usage.user.user_ids.join(' or ')}.`}
      </Text>
    </Stack>
  );
}

function NoCalls({ userIds }: { userIds: readonly string[] }): React.JSX.Element {
  return (
    <EmptyState variant="not-found" message="No calls of yours in this time">
      <p>
        {`Calls are yours when they carry the user id ${userIds.join(' or ')}: applications send it as the attribute user.id, or llmcost.user_id.`}
      </p>
      <p>
        <TextLink href={`${APP_PATH}/setup`}>How to send calls</TextLink>
      </p>
    </EmptyState>
  );
}
