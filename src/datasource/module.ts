import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './config/ConfigEditor';
import { LlmCostDataSource } from './DataSource';
import { QueryEditor } from './editor/QueryEditor';
import type { LlmCostJsonData, LlmCostQuery } from './types';

export const plugin = new DataSourcePlugin<LlmCostDataSource, LlmCostQuery, LlmCostJsonData>(LlmCostDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
