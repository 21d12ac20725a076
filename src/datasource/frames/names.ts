import { COST_TYPES, type CostQuery, metric, type MetricName, OTHER } from '../../query';
import { scale, type ScaleName } from '../query/scale';

const COST_TYPE_LABELS = new Map<string, string>(COST_TYPES.map(({ name, label }) => [name, label]));

/** A dimension's value as people read it. */
export const valueLabel = (dimension: string, value: string): string =>
  dimension === 'cost_type' ? (COST_TYPE_LABELS.get(value) ?? value) : value;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A length of time in its largest whole unit that is filled at least once, e.g. "30 days". */
export function lengthText(ms: number): string {
  const [unit, width] = UNITS.find(([, size]) => ms >= size * 0.99) ?? UNITS[2];
  const count = Math.max(1, Math.round(ms / width));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A metric's name, with what it is scaled to and over how long: "Cost per day, over 30 days". */
export function metricLabel(
  name: MetricName,
  { from, to }: Pick<CostQuery, 'from' | 'to'>,
  scaled?: ScaleName
): string {
  const { label, formula } = metric(name);
  if (!scaled || formula.kind !== 'sum' || scaled === 'total') {
    return label;
  }
  const over = scaled === 'projected' ? '' : `, over ${lengthText(Date.parse(to) - Date.parse(from))}`;
  return `${label}${scale(scaled).suffix}${over}`;
}

/** The name of a series: its dimensions' values, and the metric where there are several or no dimension. */
export function seriesName(
  labels: Readonly<Record<string, string>>,
  groups: readonly string[],
  label: string,
  several: boolean
): string {
  const values = groups.filter((name) => name in labels).map((name) => valueLabel(name, labels[name]));
  if (values.length === 0) {
    return label;
  }
  const group = values.every((value) => value === OTHER) ? OTHER : values.join(' · ');
  return several ? `${group} · ${label}` : group;
}
