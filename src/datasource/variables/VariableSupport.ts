import {
  CustomVariableSupport,
  type DataQueryRequest,
  type DataQueryResponse,
  FieldType,
  toDataFrame,
} from '@grafana/data';
import { defer, from, map, type Observable } from 'rxjs';
import { dimensionLabel } from '../../query';
import type { LlmCostDataSource } from '../DataSource';
import { valueLabel } from '../frames/names';
import type { LlmCostVariableQuery, QueryFilter } from '../types';
import { listsOfDashboard } from './lists';
import { VariableEditor } from './VariableEditor';

/** Template variables that list the values of a dimension, narrowed by filters that may use other variables. */
export class LlmCostVariableSupport extends CustomVariableSupport<LlmCostDataSource, LlmCostVariableQuery> {
  override editor = VariableEditor;

  constructor(private readonly source: LlmCostDataSource) {
    super();
  }

  override query({
    targets,
    range,
    scopedVars,
  }: DataQueryRequest<LlmCostVariableQuery>): Observable<DataQueryResponse> {
    const { dimension = '', filters = [] } = targets[0] ?? {};
    const ask = (list: string, by: readonly QueryFilter[]) => this.source.values(list, by, range, scopedVars);
    return defer(() => {
      const asked = ask(dimension, filters);
      // Grafana waits for each list before it asks for those that it narrows; what they will ask is known already, so that
      // one request answers a whole filter bar. A list that is answered from memory was among them.
      for (const list of this.source.suggestions.isGathering ? listsOfDashboard(this.source.uid) : []) {
        ask(list.dimension, list.filters).catch(() => undefined);
      }
      return from(asked);
    }).pipe(
      map((values) => ({
        data: [
          toDataFrame({
            name: dimensionLabel(dimension),
            fields: [
              { name: 'text', type: FieldType.string, values: values.map((value) => valueLabel(dimension, value)) },
              { name: 'value', type: FieldType.string, values },
            ],
          }),
        ],
      }))
    );
  }
}
