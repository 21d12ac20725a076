import type { QueryEditorProps } from '@grafana/data';
import { Alert } from '@grafana/ui';
import React from 'react';
import type { LlmCostDataSource } from '../DataSource';
import { messageOf } from '../errors';
import { contextOf, contextOfScope } from '../query/context';
import { compileForLater, compileForPanel } from '../query/toPostgres';
import type { LlmCostJsonData, LlmCostQuery } from '../types';
import { SqlPreview } from './SqlPreview';

interface Props extends Pick<
  QueryEditorProps<LlmCostDataSource, LlmCostQuery, LlmCostJsonData>,
  'query' | 'data' | 'range'
> {
  /** Goes on with the SQL instead of the builder. */
  onEdit?: (sql: string) => void;
}

/** What the query becomes where it is edited and elsewhere, or why it can't be answered. */
function compiled({
  query,
  data,
  range,
}: Props): { sql: string; source: string; portable: string } | { problem: string } {
  const scope = data?.request ? contextOf(data.request) : contextOfScope({});
  const context = range ? { ...scope, range: { from: range.from.valueOf(), to: range.to.valueOf() } } : scope;
  try {
    const { sql, source } = compileForPanel(query, context).compiled;
    return { sql, source, portable: compileForLater(query, context).sql };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The SQL of a query that has metrics, or what is wrong with it. */
export function Preview(props: Props): React.JSX.Element | null {
  if (!props.query.metrics?.length) {
    return null;
  }
  const found = compiled(props);
  if ('sql' in found) {
    return <SqlPreview {...found} onEdit={props.onEdit} />;
  }
  // Where the query was run, Grafana shows the same message below.
  return props.data?.errors?.length ? null : (
    <Alert severity="error" title="This query can’t be answered">
      {found.problem}
    </Alert>
  );
}
