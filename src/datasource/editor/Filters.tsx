import type { TimeRange } from '@grafana/data';
import { Button, Stack } from '@grafana/ui';
import React from 'react';
import type { LlmCostDataSource } from '../DataSource';
import type { QueryFilter } from '../types';
import { FilterRow } from './FilterRow';

interface Props {
  datasource: LlmCostDataSource;
  filters: QueryFilter[];
  range?: TimeRange;
  onChange: (filters: QueryFilter[]) => void;
}

/** All filters of a query; every one of them must hold. */
export function Filters({ datasource, filters, range, onChange }: Props): React.JSX.Element {
  const without = (index: number) => filters.filter((_, i) => i !== index);
  return (
    <Stack direction="column" gap={0.5}>
      {filters.map((filter, index) => (
        <FilterRow
          key={index}
          datasource={datasource}
          filter={filter}
          others={without(index)}
          range={range}
          onChange={(changed) => onChange(filters.map((one, i) => (i === index ? changed : one)))}
          onRemove={() => onChange(without(index))}
        />
      ))}
      <div>
        <Button
          variant="secondary"
          size="sm"
          icon="plus"
          onClick={() => onChange([...filters, { dimension: '', operator: '=', values: [] }])}
        >
          Add filter
        </Button>
      </div>
    </Stack>
  );
}
