import { type DataFrame, type DataLink, type Field, type FieldConfig } from '@grafana/data';
import { isGroupName, isMetricName, metric } from '../../query';
import { dimensionConfig, metricConfig } from './decorate';
import { seriesName } from './names';

/** Names and units of an answer to SQL of the user's own; columns that are called otherwise stay as they are. */
export function decorateSql(frame: DataFrame, traces?: DataLink): DataFrame {
  const several = new Set(frame.fields.filter(({ name }) => isMetricName(name)).map(({ name }) => name)).size > 1;
  const configOf = (field: Field): FieldConfig => {
    const { name, labels = {} } = field;
    if (isMetricName(name)) {
      const displayNameFromDS = seriesName(labels, Object.keys(labels), metric(name).label, several);
      return { ...metricConfig(field, name, { leavesOut: false }), displayNameFromDS };
    }
    return isGroupName(name) ? dimensionConfig(field, traces) : field.config;
  };
  return { ...frame, fields: frame.fields.map((field) => ({ ...field, config: configOf(field) })) };
}
