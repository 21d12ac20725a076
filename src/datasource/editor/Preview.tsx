import type { QueryEditorProps } from '@grafana/data';
import { Alert } from '@grafana/ui';
import React from 'react';
import type { CompiledQuery } from '../../query';
import type { LlmCostDataSource } from '../DataSource';
import { messageOf } from '../errors';
import { contextOf, contextOfScope } from '../query/context';
import { compileForPanel } from '../query/toPostgres';
import type { LlmCostJsonData, LlmCostQuery } from '../types';
import { SqlPreview } from './SqlPreview';

type Props = Pick<QueryEditorProps<LlmCostDataSource, LlmCostQuery, LlmCostJsonData>, 'query' | 'data' | 'range'>;

/** What the query becomes where it is edited, or why it can't be answered. */
function compiled({ query, data, range }: Props): CompiledQuery | { problem: string } {
  const scope = data?.request ? contextOf(data.request) : contextOfScope({});
  const context = range ? { ...scope, range: { from: range.from.valueOf(), to: range.to.valueOf() } } : scope;
  try {
    return compileForPanel(query, context).compiled;
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
    return <SqlPreview {...found} />;
  }
  // Where the query was run, Grafana shows the same message below.
  return props.data?.errors?.length ? null : (
    <Alert severity="error" title="This query can’t be answered">
      {found.problem}
    </Alert>
  );
}
