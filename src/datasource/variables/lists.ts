import { getTemplateSrv } from '@grafana/runtime';
import type { LlmCostVariableQuery, QueryFilter } from '../types';

/** What a variable lists. */
export interface List {
  readonly dimension: string;
  readonly filters: readonly QueryFilter[];
}

/** A variable as far as it is needed here; Grafana's types know queries of many sources. */
interface QueryVariable {
  readonly type: string;
  readonly datasource?: { readonly uid?: string } | null;
  readonly query?: Partial<LlmCostVariableQuery> | string;
}

/** The lists of the open dashboard that the data source with this uid answers. */
export function listsOfDashboard(uid: string): List[] {
  const templates = getTemplateSrv();
  return (templates.getVariables() as readonly QueryVariable[]).flatMap(({ type, datasource, query }) => {
    if (type !== 'query' || typeof query !== 'object' || !query.dimension || !datasource?.uid) {
      return [];
    }
    return templates.replace(datasource.uid) === uid
      ? [{ dimension: query.dimension, filters: query.filters ?? [] }]
      : [];
  });
}
