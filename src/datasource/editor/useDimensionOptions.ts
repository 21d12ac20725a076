import { getDefaultTimeRange, type TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { useCallback } from 'react';
import type { LlmCostDataSource } from '../DataSource';
import { customOptions, DIMENSION_OPTIONS, matching, variableOptions } from './options';

/**
 * Options for a picker of dimensions: the fixed ones, the tags that calls carry, the dashboard's variables, and last what was
 * typed. Grafana's own custom option comes first, where Enter would take it instead of the dimension that was meant.
 */
export function useDimensionOptions(
  datasource: LlmCostDataSource,
  range: TimeRange | undefined
): (text: string) => Promise<ComboboxOption[]> {
  return useCallback(
    async (text) => {
      // The fixed dimensions can be picked while the database is away.
      const tags = await datasource.suggestions.tagKeys(range ?? getDefaultTimeRange()).catch(() => []);
      const tagOptions = tags.map((value) => ({ value, label: value, group: 'Tags' }));
      const known = matching([...DIMENSION_OPTIONS, ...tagOptions, ...variableOptions()], text);
      return [...known, ...customOptions(text, known)];
    },
    [datasource, range]
  );
}
