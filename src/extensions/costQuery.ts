import type { PluginExtensionPanelContext } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { DATASOURCE_TYPE, type LlmCostJsonData, type LlmCostQuery } from '../datasource/types';

export type Context = Readonly<PluginExtensionPanelContext>;

/** The panel's first cost query and the PostgreSQL data source behind it, if its source has one. */
export function costQuery({
  targets = [],
  data,
  scopedVars,
}: Context): { query: LlmCostQuery; postgresUid?: string } | undefined {
  // Where only the panel names its data source, the targets that were run have it.
  const all: DataQuery[] = [...targets, ...(data?.request?.targets ?? [])];
  for (const query of all.filter(({ datasource }) => datasource)) {
    const settings = getDataSourceSrv().getInstanceSettings(query.datasource, scopedVars);
    if (settings?.type === DATASOURCE_TYPE) {
      return { query, postgresUid: (settings.jsonData as LlmCostJsonData).postgresUid };
    }
  }
  return undefined;
}
