import { Stack, Text } from '@grafana/ui';
import React, { useCallback } from 'react';
import { Filters } from '../../datasource/editor/Filters';
import type { LlmCostDataSource } from '../../datasource/DataSource';
import type { QueryFilter } from '../../datasource/types';
import type { AppSettings } from '../../settings';
import { costSource } from '../ExploreCosts/ask';
import { filterWords } from '../shared/filters';
import { useAsk } from '../shared/useAsk';

interface Props {
  settings: AppSettings;
  filters: QueryFilter[];
  onChange: (filters: QueryFilter[]) => void;
}

/** The filters with suggestions from the data source; in words where there is none to suggest. */
export function WhyFilters({ settings, filters, onChange }: Props): React.JSX.Element | null {
  const { asked } = useAsk(useCallback(() => costSource(settings), [settings]));
  if (asked.state === 'ok') {
    return <Filters datasource={asked.value as LlmCostDataSource} filters={filters} onChange={onChange} />;
  }
  return filters.length > 0 ? (
    <Stack direction="column" gap={0.5}>
      {filters.map((filter) => (
        <Text key={JSON.stringify(filter)}>{filterWords(filter)}</Text>
      ))}
    </Stack>
  ) : null;
}
