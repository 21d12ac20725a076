import { getDefaultTimeRange, type TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { useCallback } from 'react';
import type { LlmCostDataSource } from '../DataSource';
import { DIMENSION_OPTIONS, matching, variableOptions } from './options';

/** Options for a picker of dimensions: the fixed ones, the tags that calls carry, and the dashboard's variables. */
export function useDimensionOptions(
  datasource: LlmCostDataSource,
  range: TimeRange | undefined
): (text: string) => Promise<ComboboxOption[]> {
  return useCallback(
    async (text) => {
      // The fixed dimensions can be picked while the database is away.
      const tags = await datasource.suggestions.tagKeys(range ?? getDefaultTimeRange()).catch(() => []);
      const tagOptions = tags.map((value) => ({ value, label: value, group: 'Tags' }));
      return matching([...DIMENSION_OPTIONS, ...tagOptions, ...variableOptions()], text);
    },
    [datasource, range]
  );
}
