import type { QueryEditorProps } from '@grafana/data';
import { Combobox, Field, Stack } from '@grafana/ui';
import React, { useId } from 'react';
import { ANNOTATIONS } from '../../query';
import type { LlmCostDataSource } from '../DataSource';
import { Filters } from '../editor/Filters';
import type { LlmCostJsonData, LlmCostQuery } from '../types';

type Props = QueryEditorProps<LlmCostDataSource, LlmCostQuery, LlmCostJsonData>;

const OPTIONS = ANNOTATIONS.map(({ name, label, description }) => ({ value: name, label, description }));

/** Chooses what is marked on the time axis, and of whom. */
export function AnnotationEditor({ datasource, query, range, onChange }: Props): React.JSX.Element {
  const id = useId();
  return (
    <Stack direction="column" gap={2}>
      <Field noMargin label="Mark" htmlFor={`${id}-kind`}>
        <Combobox
          id={`${id}-kind`}
          width={32}
          options={OPTIONS}
          value={query.annotation ?? 'releases'}
          onChange={({ value }) => onChange({ ...query, annotation: value })}
        />
      </Field>
      <Field
        noMargin
        label="Of"
        description="Releases by any filter; budget crossings by tenant, where budgets over all tenants are always shown"
      >
        <Filters
          datasource={datasource}
          filters={query.filters ?? []}
          range={range}
          onChange={(filters) => onChange({ ...query, filters })}
        />
      </Field>
    </Stack>
  );
}
