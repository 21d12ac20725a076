import { Combobox, type ComboboxOption, Field, Stack } from '@grafana/ui';
import React, { useId, useMemo } from 'react';
import { SCALES } from '../query/scale';
import { WINDOWS } from '../query/windows';
import type { LlmCostQuery } from '../types';
import { chosen, variableOptions } from './options';

interface Props {
  query: LlmCostQuery;
  onChange: (patch: Partial<LlmCostQuery>) => void;
}

const INTERVALS: ComboboxOption[] = [
  { value: 'auto', label: 'Auto', description: 'From the range and the panel’s width' },
  ...['5m', '15m', '1h', '6h', '1d', '1w', '1M', '1q', '1y'].map((value) => ({ value, label: value })),
];
const NO_INTERVAL: ComboboxOption = { value: 'none', label: 'None', description: 'One row for each group' };

const ZONES: ComboboxOption[] = [
  { value: '', label: 'Dashboard’s', description: 'Days begin where the dashboard’s begin' },
  ...['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value, label: value })),
];

const WINDOW_OPTIONS = WINDOWS.map(({ name, label, description }) => ({ value: name, label, description }));
const SCALE_OPTIONS = SCALES.map(({ name, label, description }) => ({ value: name, label, description }));

/** Interval, time zone, the stretch of time and what sums are scaled to. */
export function TimeOptions({ query, onChange }: Props): React.JSX.Element {
  const id = useId();
  const series = query.format !== 'table';
  const intervals = useMemo(() => [...(series ? [] : [NO_INTERVAL]), ...INTERVALS, ...variableOptions()], [series]);
  const interval = query.interval ?? (series ? 'auto' : 'none');
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      <Field noMargin label="Interval" htmlFor={`${id}-interval`}>
        <Combobox
          id={`${id}-interval`}
          width={16}
          createCustomValue
          customValueDescription="A number and a unit, e.g. 30m, 2d"
          options={intervals}
          value={chosen(intervals, [interval])[0]}
          onChange={({ value }) => onChange({ interval: value })}
        />
      </Field>
      <Field noMargin label="Time" htmlFor={`${id}-window`}>
        <Combobox
          id={`${id}-window`}
          width={28}
          options={WINDOW_OPTIONS}
          value={query.window ?? 'panel'}
          onChange={({ value }) => onChange({ window: value })}
        />
      </Field>
      {interval === 'none' && (
        <Field noMargin label="Sums as" htmlFor={`${id}-scale`}>
          <Combobox
            id={`${id}-scale`}
            width={18}
            options={SCALE_OPTIONS}
            value={query.scale ?? 'total'}
            onChange={({ value }) => onChange({ scale: value })}
          />
        </Field>
      )}
      <Field noMargin label="Time zone" htmlFor={`${id}-zone`}>
        <Combobox
          id={`${id}-zone`}
          width={26}
          options={ZONES}
          value={query.timeZone ?? ''}
          onChange={({ value }) => onChange({ timeZone: value || undefined })}
        />
      </Field>
    </Stack>
  );
}
