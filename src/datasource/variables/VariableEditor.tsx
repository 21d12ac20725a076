import type { QueryEditorProps } from '@grafana/data';
import { Combobox, Field, Stack } from '@grafana/ui';
import React, { useId } from 'react';
import type { LlmCostDataSource } from '../DataSource';
import { Filters } from '../editor/Filters';
import { chosen, DIMENSION_OPTIONS } from '../editor/options';
import { useDimensionOptions } from '../editor/useDimensionOptions';
import type { LlmCostJsonData, LlmCostQuery, LlmCostVariableQuery } from '../types';

type Props = QueryEditorProps<LlmCostDataSource, LlmCostQuery, LlmCostJsonData, LlmCostVariableQuery>;

/** Chooses the dimension whose values a template variable lists, and what narrows them. */
export function VariableEditor({ datasource, query, range, onChange }: Props): React.JSX.Element {
  const id = useId();
  const dimensionOptions = useDimensionOptions(datasource, range);
  const update = (patch: Partial<LlmCostVariableQuery>) =>
    onChange({ ...query, refId: query.refId || 'values', ...patch });
  return (
    <Stack direction="column" gap={2}>
      <Field
        noMargin
        label="Values of"
        htmlFor={`${id}-dimension`}
        description="Most used first, within the time range"
      >
        <Combobox
          id={`${id}-dimension`}
          width={32}
          placeholder="Dimension"
          options={dimensionOptions}
          value={query.dimension ? chosen(DIMENSION_OPTIONS, [query.dimension])[0] : null}
          onChange={({ value }) => update({ dimension: value })}
        />
      </Field>
      <Field noMargin label="Narrowed by" description="Other variables may be used as values: $tenant">
        <Filters
          datasource={datasource}
          filters={query.filters ?? []}
          range={range}
          onChange={(filters) => update({ filters })}
        />
      </Field>
    </Stack>
  );
}
