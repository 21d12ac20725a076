import { type Field, FieldType } from '@grafana/data';
import { isMetricName, metric, type MetricName } from '../../query';

const sameLabels = (a: Field, b: Field): boolean => JSON.stringify(a.labels ?? {}) === JSON.stringify(b.labels ?? {});

/** Whether a missing value can only mean that there were no calls: counts are never unknown. */
const isCount = (name: MetricName): boolean => ['tokens', 'calls'].includes(metric(name).unit);

/**
 * Zeros where a series had no calls, so that its line goes down to zero instead of breaking off. A bucket with calls and no
 * price stays empty: `counted`, the column that counts the unpriced, has a value there.
 */
export function withZeros(fields: readonly Field[], counted: readonly Field[]): Field[] {
  return fields.map((field) => {
    const { name, type, values } = field;
    if (type !== FieldType.number || !isMetricName(name) || metric(name).formula.kind !== 'sum') {
      return field;
    }
    const companion = counted.find((one) => sameLabels(one, field));
    const noCalls = (row: number) => (companion ? companion.values[row] === null : isCount(name));
    return { ...field, values: values.map((value: unknown, row) => (value === null && noCalls(row) ? 0 : value)) };
  });
}
