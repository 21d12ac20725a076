import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { DataSourcePicker } from '@grafana/runtime';
import { Field, Stack, Text } from '@grafana/ui';
import React from 'react';
import { TRACE_TYPES } from '../frames/traces';
import { type LlmCostJsonData, POSTGRES_TYPE } from '../types';

/** Chooses the PostgreSQL data source that queries go through. */
export function ConfigEditor({
  options,
  onOptionsChange,
}: DataSourcePluginOptionsEditorProps<LlmCostJsonData>): React.JSX.Element {
  const setTraces = (tracesUid: string | undefined) =>
    onOptionsChange({ ...options, jsonData: { ...options.jsonData, tracesUid } });
  return (
    <Stack direction="column" gap={2}>
      <Field
        noMargin
        label="PostgreSQL data source"
        description="Reads the collector’s database, with its read-only user. Alert rules use it directly."
      >
        <DataSourcePicker
          type={POSTGRES_TYPE}
          current={options.jsonData.postgresUid ?? null}
          noDefault
          placeholder="Choose a PostgreSQL data source"
          onChange={({ uid }) => onOptionsChange({ ...options, jsonData: { ...options.jsonData, postgresUid: uid } })}
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
          onChange={({ uid }) => setTraces(uid)}
          onClear={() => setTraces(undefined)}
        />
      </Field>
      <Text variant="bodySmall" color="secondary">
        “Save & test” says whether the database answers and how many calls are there.
      </Text>
    </Stack>
  );
}
