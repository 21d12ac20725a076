import { Combobox, type ComboboxOption, Field, InlineSwitch, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';
import { dimensionLabel, isMetricName, metric } from '../../query';
import type { LlmCostQuery } from '../types';

interface Props {
  query: LlmCostQuery;
  onChange: (patch: Partial<LlmCostQuery>) => void;
}

const DIRECTIONS: Array<ComboboxOption<'asc' | 'desc'>> = [
  { value: 'desc', label: 'largest first' },
  { value: 'asc', label: 'smallest first' },
];

const orderOptions = ({ metrics = [], groupBy = [] }: LlmCostQuery): ComboboxOption[] => [
  ...metrics.filter(isMetricName).map((name) => ({ value: name, label: metric(name).label })),
  ...groupBy.filter((name) => !name.startsWith('$')).map((name) => ({ value: name, label: dimensionLabel(name) })),
];

const wholeNumber = (text: string): number | undefined => {
  const value = Math.trunc(Number(text));
  return value >= 1 ? Math.min(value, 10_000) : undefined;
};

/** How many groups are shown, which ones, and whether the others are added up. */
export function TopGroups({ query, onChange }: Props): React.JSX.Element {
  const id = useId();
  const series = query.format !== 'table';
  return (
    <Stack direction="row" gap={1} wrap="wrap">
      <Field noMargin label="Show the top" htmlFor={`${id}-limit`}>
        <Input
          id={`${id}-limit`}
          key={query.limit}
          type="number"
          min={1}
          width={10}
          placeholder={series ? '10' : '1000'}
          defaultValue={query.limit}
          onBlur={({ currentTarget }) => {
            const limit = wholeNumber(currentTarget.value);
            if (limit !== query.limit) {
              onChange({ limit });
            }
          }}
        />
      </Field>
      <Field noMargin label="The rest as “Other”" htmlFor={`${id}-other`}>
        <InlineSwitch
          id={`${id}-other`}
          value={query.withOther ?? series}
          onChange={({ currentTarget }) => onChange({ withOther: currentTarget.checked })}
        />
      </Field>
      <Field noMargin label="Order by" htmlFor={`${id}-order`}>
        <Combobox
          id={`${id}-order`}
          width={24}
          isClearable
          placeholder="First metric"
          options={orderOptions(query)}
          value={query.orderBy ?? null}
          onChange={(option) => onChange({ orderBy: option?.value, direction: option ? query.direction : undefined })}
        />
      </Field>
      <Field noMargin label="Direction" htmlFor={`${id}-direction`} disabled={!query.orderBy}>
        <Combobox
          id={`${id}-direction`}
          width={18}
          disabled={!query.orderBy}
          options={DIRECTIONS}
          value={query.direction ?? 'desc'}
          onChange={({ value }) => onChange({ direction: value })}
        />
      </Field>
    </Stack>
  );
}
