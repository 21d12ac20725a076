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
import type { LlmCostVariableQuery } from '../types';
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
    return defer(() => from(this.source.values(dimension, filters, range, scopedVars))).pipe(
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
