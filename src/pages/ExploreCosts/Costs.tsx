import { css } from '@emotion/css';
import { dateTime, formattedValueToString, getValueFormat, type TimeRange } from '@grafana/data';
import { Button, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { valueLabel } from '../../datasource/frames/names';
import { GRAFANA_UNITS } from '../../datasource/frames/units';
import { dimensionLabel, isMetricName, metric, OTHER } from '../../query';
import { Chart } from '../shared/Chart';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { change, count, delta, share, usd } from '../shared/format';
import type { Answer, Group } from './ask';
import type { Trail } from './trail';

interface Props {
  trail: Trail;
  answer: Answer;
  range: TimeRange;
  onStep: (value: string) => void;
  onRange: (range: TimeRange) => void;
}

/** A value of the metric as it is read. */
export function shown(name: string, value: number | null): string {
  const unit = isMetricName(name) ? metric(name).unit : 'count';
  if (unit === 'usd') {
    return usd(value);
  }
  return value === null ? '–' : formattedValueToString(getValueFormat(GRAFANA_UNITS[unit])(value));
}

/** Whether groups of the metric are parts of a whole. */
const addsUp = (name: string): boolean => isMetricName(name) && metric(name).formula.kind === 'sum';

/** The total, what it was before, its course, and its parts. */
export function Costs({ trail, answer, range, onStep, onRange }: Props): React.JSX.Element {
  const { metric: name, split } = trail;
  const { total, before, calls, groups, series, notices } = answer;
  const styles = useStyles2(getStyles);
  const label = isMetricName(name) ? metric(name).label : name;
  const columns = useMemo<Array<TableColumn<Group>>>(
    () => [
      {
        name: dimensionLabel(split),
        cell: ({ value }) =>
          value === OTHER ? (
            OTHER
          ) : (
            <Button
              fill="text"
              size="sm"
              className={styles.name}
              title={valueLabel(split, value)}
              onClick={() => onStep(value)}
            >
              {valueLabel(split, value)}
            </Button>
          ),
      },
      { name: label, numeric: true, cell: ({ amount }) => shown(name, amount) },
      ...(addsUp(name) ? [{ name: 'Share', numeric: true, cell: ({ amount }: Group) => share(amount, total) }] : []),
      ...(split === 'cost_type' || name === 'calls'
        ? []
        : [{ name: 'Calls', numeric: true, wide: true, cell: (group: Group) => count(group.calls) }]),
      {
        name: 'Before',
        numeric: true,
        wide: true,
        cell: (group) => (group.before === null ? '–' : shown(name, group.before)),
      },
      { name: 'Change', numeric: true, cell: (group) => delta(group.amount, group.before) },
    ],
    [label, name, onStep, split, styles, total]
  );
  const zoom = ({ from, to }: { from: number; to: number }) => {
    const raw = { from: dateTime(from), to: dateTime(to) };
    onRange({ ...raw, raw });
  };
  return (
    <Stack direction="column" gap={2}>
      <Figures
        figures={[
          { label, value: shown(name, total), note: change(total, before) },
          ...(name === 'calls' ? [] : [{ label: 'Calls', value: count(calls) }]),
        ]}
      />
      {notices.map((text) => (
        <Text key={text} color="secondary">
          {text}
        </Text>
      ))}
      <Chart label={`${label} by ${dimensionLabel(split)}`} frames={series} range={range} onChangeRange={zoom} />
      <DataTable caption={`By ${dimensionLabel(split)}`} columns={columns} rows={groups} idOf={({ value }) => value} />
    </Stack>
  );
}

const getStyles = () => ({
  // A name as long as a sentence leaves room for the numbers; it is whole in the tooltip.
  name: css({ maxWidth: 'min(28em, 45vw)' }),
});
