import { COST_TYPES, type CostQuery, metric, type MetricName, OTHER } from '../../query';
import { scale } from '../query/scale';
import { timeWindow } from '../query/windows';
import type { LlmCostQuery } from '../types';

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

/** A metric's name with the stretch it is about and what it is scaled to: "Cost today", "Cost per day, over 30 days". */
export function metricLabel(name: MetricName, { from, to, interval }: CostQuery, asked: LlmCostQuery): string {
  const { label, formula } = metric(name);
  const about = `${label}${timeWindow(asked.window ?? 'panel').suffix}`;
  const scaled = asked.scale ?? 'total';
  if (interval || formula.kind !== 'sum' || scaled === 'total') {
    return about;
  }
  const over = scaled === 'projected' ? '' : `, over ${lengthText(Date.parse(to) - Date.parse(from))}`;
  return `${about}${scale(scaled).suffix}${over}`;
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
