import {
  type DataFrame,
  type DataLink,
  type Field,
  type FieldConfig,
  FieldType,
  MappingType,
  type QueryResultMetaNotice,
  type ValueMapping,
} from '@grafana/data';
import {
  COST_TYPES,
  dimension,
  dimensionLabel,
  isDimensionName,
  isMetricName,
  metric,
  type MetricName,
  NOT_SET,
} from '../../query';
import type { PanelQuery } from '../query/toPostgres';
import type { LlmCostQuery } from '../types';
import { withZeros } from './fill';
import { metricLabel, seriesName } from './names';
import { decimalsFor, GRAFANA_UNITS, usdConfig } from './units';

/** Cost types keep one colour in every panel. */
const COST_TYPE_COLORS: Readonly<Record<string, string>> = {
  input: 'blue',
  cache_read: 'light-blue',
  cache_write: 'purple',
  output: 'orange',
  other: 'semi-dark-yellow',
};

const costTypeMappings: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      COST_TYPES.map(({ name, label }, index) => [name, { text: label, color: COST_TYPE_COLORS[name], index }])
    ),
  },
];

interface Circumstances {
  /** Whether some calls have no price; then a cost that is not there is unknown. */
  readonly leavesOut: boolean;
}

export function metricConfig(field: Field, name: MetricName, { leavesOut }: Circumstances): FieldConfig {
  const { unit, description, formula } = metric(name);
  const decimals = decimalsFor(unit, field.values);
  return {
    ...field.config,
    unit: GRAFANA_UNITS[unit],
    description,
    ...(unit === 'usd' ? usdConfig(field.values) : decimals === undefined ? {} : { decimals }),
    // Without a user or a run there is nothing to divide by: that is no missing price.
    noValue: unit === 'usd' && leavesOut && formula.kind !== 'perDistinct' ? 'No price' : '–',
  };
}

/** Names that are numbers stay as they are, whatever unit the panel has for its other columns. */
export const AS_IT_IS = { unit: 'string' } as const;

export function dimensionConfig(field: Field, traces: DataLink | undefined): FieldConfig {
  const linked = field.name === 'trace_id' && (field.values as unknown[]).some((value) => value !== NOT_SET);

  return {
    ...field.config,
    displayNameFromDS: dimensionLabel(field.name),
    description: isDimensionName(field.name) ? dimension(field.name).description : undefined,
    ...AS_IT_IS,
    filterable: true,
    ...(field.name === 'cost_type' ? { mappings: costTypeMappings } : {}),
    ...(linked && traces ? { links: [traces] } : {}),
  };
}

/** A series of calls without any price: a legend would add it up to $0.00, which it is not. */
const isUnknownSeries = (field: Field, interval: string | undefined): boolean =>
  interval !== undefined &&
  field.type === FieldType.number &&
  field.labels !== undefined &&
  field.values.every((value) => value === null);

const sum = (fields: readonly Field[]): number =>
  fields
    .flatMap((field) => field.values as unknown[])
    .reduce<number>((total, value) => total + (Number(value) || 0), 0);

function unpricedNotice(name: MetricName, left: number): QueryResultMetaNotice {
  const what = name === 'unpriced_calls' ? (left === 1 ? 'call has' : 'calls have') : 'tokens have';
  return {
    severity: 'info',
    text: `${Math.round(left).toLocaleString('en-US')} ${what} no price. What they cost is unknown and not part of these numbers.`,
  };
}

/**
 * Gives the fields of an answer their units, names and descriptions, and turns the column that counts what has no price
 * into a notice. Trace ids lead to `traces`.
 */
export function decorate(
  frame: DataFrame,
  { query, unpriced }: PanelQuery,
  asked: LlmCostQuery,
  traces?: DataLink
): DataFrame {
  const hidden = frame.fields.filter((field) => field.name === unpriced);
  const left = sum(hidden);
  const circumstances = { leavesOut: left > 0 };
  const configOf = (field: Field): FieldConfig => {
    if (field.type === FieldType.time) {
      return { ...field.config, displayNameFromDS: 'Time' };
    }
    if (!isMetricName(field.name)) {
      return dimensionConfig(field, traces);
    }
    const label = metricLabel(field.name, query, asked);
    const displayNameFromDS = seriesName(field.labels ?? {}, query.group_by, label, query.metrics.length > 1);
    return { ...metricConfig(field, field.name, circumstances), displayNameFromDS };
  };
  const shown = frame.fields.filter((field) => !hidden.includes(field) && !isUnknownSeries(field, query.interval));
  const fields = (query.interval ? withZeros(shown, hidden) : shown).map((field) => ({
    ...field,
    config: configOf(field),
  }));
  const notices = [...(frame.meta?.notices ?? []), ...(unpriced && left > 0 ? [unpricedNotice(unpriced, left)] : [])];
  return {
    ...frame,
    fields,
    meta: { ...frame.meta, notices, preferredVisualisationType: query.interval ? 'graph' : 'table' },
  };
}
