import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { Field, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import React from 'react';
import { TRACE_TYPES } from '../frames/traces';
import { type LlmCostJsonData, type PathName, POSTGRES_TYPE } from '../types';

const PATHS: Array<{ value: PathName; label: string; description: string }> = [
  { value: 'postgres', label: 'PostgreSQL', description: 'Through a PostgreSQL data source of Grafana' },
  { value: 'collector', label: 'Collector', description: 'Through the collector, which limits what each viewer sees' },
];

const ABOUT: Readonly<Record<PathName, string>> = {
  postgres:
    'Alert rules, expressions and the query inspector work. Who may query the PostgreSQL data source sees every tenant in its database.',
  collector:
    'The collector asks Grafana who is looking, and shows the tenants that its configuration gives them (grafana.viewers). Server-side expressions don’t work on this path. Viewers must not reach the database by a PostgreSQL data source of this organisation.',
};

/** Chooses the way to the numbers, and the PostgreSQL data source that queries or alert rules go through. */
export function ConfigEditor({
  options,
  onOptionsChange,
}: DataSourcePluginOptionsEditorProps<LlmCostJsonData>): React.JSX.Element {
  const { path = 'postgres', postgresUid } = options.jsonData;
  const update = (patch: Partial<LlmCostJsonData>) =>
    onOptionsChange({ ...options, jsonData: { ...options.jsonData, ...patch } });
  return (
    <Stack direction="column" gap={2}>
      <Field noMargin label="Path" description={ABOUT[path]} htmlFor="llmcost-path">
        <RadioButtonGroup
          id="llmcost-path"
          options={PATHS}
          value={path}
          onChange={(chosen) => update({ path: chosen })}
        />
      </Field>
      <Field
        noMargin
        label={path === 'postgres' ? 'PostgreSQL data source' : 'PostgreSQL data source for alert rules (optional)'}
        description="Reads the collector’s database, with its read-only user. Alert rules use it directly."
      >
        <DataSourcePicker
          type={POSTGRES_TYPE}
          current={postgresUid ?? null}
          noDefault
          placeholder="Choose a PostgreSQL data source"
          onChange={({ uid }) => update({ postgresUid: uid })}
        />
      </Field>
      <Field
        noMargin
        label="Traces"
        description="Optional: the Tempo, Jaeger or Zipkin data source that the trace ids of calls lead to."
      >
        <DataSourcePicker
          filter={({ type }) => TRACE_TYPES.includes(type)}
          current={options.jsonData.tracesUid ?? null}
          noDefault
          placeholder="Choose where your traces are"
          onChange={({ uid }) => update({ tracesUid: uid })}
          onClear={() => update({ tracesUid: undefined })}
        />
      </Field>
      <Text variant="bodySmall" color="secondary">
        “Save & test” says whether {path === 'postgres' ? 'the database' : 'the collector'} answers and how many calls
        are there.
      </Text>
    </Stack>
  );
}
