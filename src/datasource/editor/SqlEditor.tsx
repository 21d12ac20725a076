import { Alert, ClipboardButton, CodeEditor, ConfirmButton, Field, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import React, { useId } from 'react';
import { NO_SQL_BY_COLLECTOR } from '../query/ownSql';
import type { LlmCostQuery, PathName } from '../types';
import { FORMATS } from './options';

interface Props {
  query: LlmCostQuery;
  path: PathName;
  onChange: (patch: Partial<LlmCostQuery>) => void;
}

/** SQL of the user's own in place of the builder, which keeps what it asked. */
export function SqlEditor({ query, path, onChange }: Props): React.JSX.Element {
  const id = useId();
  const { sql = '', format } = query;
  const change = (changed: string) => changed !== sql && onChange({ sql: changed });
  return (
    <Stack direction="column" gap={1}>
      {path === 'collector' && (
        <Alert severity="warning" title="SQL can’t be run here">
          {NO_SQL_BY_COLLECTOR}
        </Alert>
      )}
      <CodeEditor
        language="sql"
        height={240}
        value={sql}
        showMiniMap={false}
        showLineNumbers
        onBlur={change}
        onSave={change}
        monacoOptions={{ wordWrap: 'on', scrollBeyondLastLine: false }}
      />
      <Text variant="bodySmall" color="secondary">
        Runs when the editor is left or with Ctrl+S. $__timeFrom(), $__timeTo(), $__timeFilter(time), $__interval and
        variables work; the dashboard’s ad-hoc filters don’t reach it. Costs in the tables are whole pico-USD (1e-12
        USD).
      </Text>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-end">
        <Field noMargin label="Format" htmlFor={`${id}-format`}>
          <RadioButtonGroup
            id={`${id}-format`}
            options={FORMATS}
            value={format ?? 'time_series'}
            onChange={(chosen) => onChange({ format: chosen })}
          />
        </Field>
        <ClipboardButton variant="secondary" icon="copy" getText={() => sql}>
          Copy as PostgreSQL query
        </ClipboardButton>
        <ConfirmButton
          confirmText="Discard this SQL"
          confirmVariant="destructive"
          onConfirm={() => onChange({ sql: undefined })}
        >
          Back to the builder
        </ConfirmButton>
      </Stack>
    </Stack>
  );
}
