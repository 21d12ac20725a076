import type { DecodedMetric, DecodedMetrics, DecodedPoint } from './decoded';
import { parseEnvelope } from './jsonEnvelope';
import { attributes, double, integer, isObject, micros, object, readEach, text, type JsonObject } from './jsonValue';
import type { Unread } from './unreadable';

/**
 * An ExportMetricsServiceRequest in OTLP/JSON.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the text is not one.
 */
export function decodeMetricsJson(body: string, unread: Unread = null): DecodedMetrics {
  const signal = { resources: 'resourceMetrics', scopes: 'scopeMetrics', records: 'metrics', read: metric(unread) };
  return parseEnvelope(body, signal, unread).map(({ origin, records }) => ({ ...origin, metrics: records }));
}

const DATA = { gauge: 'gauge', sum: 'sum', histogram: 'histogram', exponentialHistogram: 'histogram' } as const;

const metric =
  (unread: Unread) =>
  (record: JsonObject, where: string): DecodedMetric => {
    const key = (Object.keys(DATA) as Array<keyof typeof DATA>).find((name) => isObject(record[name]));
    const data = key === undefined ? {} : object(record, key, where);
    return {
      name: text(record.name),
      unit: text(record.unit),
      kind: key === undefined ? 'gauge' : DATA[key],
      temporality: temporality(data.aggregationTemporality),
      monotonic: data.isMonotonic === true,
      points: readEach(data, 'dataPoints', where, unread, dataPoint),
    };
  };

const NAMES = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`);

const temporality = (value: unknown): number =>
  typeof value === 'string' && NAMES.includes(value) ? NAMES.indexOf(value) : integer(value);

const dataPoint = (point: JsonObject, where: string): DecodedPoint => ({
  start: micros(point.startTimeUnixNano),
  time: micros(point.timeUnixNano),
  value: double(point.asInt ?? point.asDouble ?? point.sum),
  count: integer(point.count),
  attributes: attributes(point, where),
});
