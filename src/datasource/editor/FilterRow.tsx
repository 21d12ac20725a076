import type { TimeRange } from '@grafana/data';
import { Combobox, type ComboboxOption, IconButton, MultiCombobox, Stack } from '@grafana/ui';
import React, { useCallback, useId } from 'react';
import { dimensionLabel, type Operator } from '../../query';
import type { LlmCostDataSource } from '../DataSource';
import { valueLabel } from '../frames/names';
import type { QueryFilter } from '../types';
import { chosen, DIMENSION_OPTIONS, matching, variableOptions } from './options';
import { ScreenReaderLabel } from './ScreenReaderLabel';
import { useDimensionOptions } from './useDimensionOptions';
import { Wide } from './Wide';

const OPERATOR_OPTIONS: Array<ComboboxOption<Operator>> = [
  { value: '=', label: '=', description: 'is one of' },
  { value: '!=', label: '!=', description: 'is none of' },
  { value: '=~', label: '=~', description: 'matches one of (regular expression)' },
  { value: '!~', label: '!~', description: 'matches none of (regular expression)' },
];

interface Props {
  datasource: LlmCostDataSource;
  filter: QueryFilter;
  /** The query's other filters, which narrow the suggested values. */
  others: QueryFilter[];
  range?: TimeRange;
  onChange: (filter: QueryFilter) => void;
  onRemove: () => void;
}

/** One filter: a dimension, an operator, and values that are suggested from the data or typed. */
export function FilterRow({ datasource, filter, others, range, onChange, onRemove }: Props): React.JSX.Element {
  const { dimension, operator, values } = filter;
  const dimensionOptions = useDimensionOptions(datasource, range);
  const valueOptions = useCallback(
    async (text: string) => {
      // Without suggestions a value can still be typed.
      const known = dimension ? await datasource.values(dimension, others, range).catch(() => []) : [];
      const options = known.map((value) => ({ value, label: valueLabel(dimension, value) }));
      return matching([...variableOptions(), ...options], text);
    },
    [datasource, dimension, others, range]
  );
  const id = useId();
  const name = dimension ? dimensionLabel(dimension) : 'dimension';
  return (
    <Stack direction="row" gap={0.5} alignItems="center" wrap="wrap">
      <ScreenReaderLabel htmlFor={`${id}-dimension`}>Filter by</ScreenReaderLabel>
      <Combobox
        id={`${id}-dimension`}
        placeholder="Dimension"
        width={24}
        options={dimensionOptions}
        value={dimension ? chosen(DIMENSION_OPTIONS, [dimension])[0] : null}
        onChange={({ value }) => onChange({ dimension: value, operator, values: value === dimension ? values : [] })}
      />
      <ScreenReaderLabel htmlFor={`${id}-operator`}>{`Operator for ${name}`}</ScreenReaderLabel>
      <Combobox
        id={`${id}-operator`}
        width={9}
        options={OPERATOR_OPTIONS}
        value={operator}
        onChange={({ value }) => onChange({ ...filter, operator: value })}
      />
      <ScreenReaderLabel htmlFor={`${id}-values`}>{`Values of ${name}`}</ScreenReaderLabel>
      <Wide>
        <MultiCombobox
          id={`${id}-values`}
          placeholder="Any value"
          createCustomValue
          options={valueOptions}
          value={values.map((value) => ({ value, label: valueLabel(dimension, value) }))}
          onChange={(picked) => onChange({ ...filter, values: picked.map(({ value }) => value) })}
        />
      </Wide>
      <IconButton name="times" tooltip={`Remove the filter by ${name}`} onClick={onRemove} />
    </Stack>
  );
}
