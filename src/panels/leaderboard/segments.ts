import type { DataFrame, Field, GrafanaTheme2 } from '@grafana/data';
import { numberAt, shown } from '../shared/fields';
import { shareText } from '../shared/share';

/** One component of an amount. */
export interface Segment {
  readonly label: string;
  readonly text: string;
  /** Part of the amount, 0 to 1. */
  readonly share: number;
  readonly color: string;
}

/** What an amount is made of: the names of the fields, how they are called, and the colours cost types have everywhere. */
const COMPONENTS = [
  { name: 'input_cost', label: 'Input', side: 'in', color: 'blue' },
  { name: 'cache_read_cost', label: 'Cache read', side: 'in', color: 'light-blue' },
  { name: 'cache_write_cost', label: 'Cache write', side: 'in', color: 'purple' },
  { name: 'output_cost', label: 'Output', side: 'out', color: 'orange' },
  { name: 'other_cost', label: 'Other', side: 'other', color: 'semi-dark-yellow' },
] as const;

/** The fields that are components; none, when there is nothing to tell apart. */
export function componentFields(frame: DataFrame): Field[] {
  const found = frame.fields.filter((field) => COMPONENTS.some(({ name }) => name === field.name));
  return found.length > 1 ? found : [];
}

/** The components of a row that are not zero. */
export function segmentsOf(fields: readonly Field[], row: number, theme: GrafanaTheme2): Segment[] {
  const amounts = fields.map((field) => Math.max(0, numberAt(field, row) ?? 0));
  const total = amounts.reduce((sum, one) => sum + one, 0);
  return COMPONENTS.flatMap(({ name, label, color }) => {
    const at = fields.findIndex((field) => field.name === name);
    return amounts[at] > 0
      ? [
          {
            label,
            text: shown(fields[at], amounts[at], theme),
            share: amounts[at] / total,
            color: theme.visualization.getColorByName(color),
          },
        ]
      : [];
  });
}

/** The split in a few letters: "in 35% · out 65%". Input counts what was read from or written to a cache. */
export function splitText(segments: readonly Segment[]): string {
  const sides = ['in', 'out', 'other'].map((side) => {
    const labels: string[] = COMPONENTS.filter((one) => one.side === side).map(({ label }) => label);
    const share = segments.filter(({ label }) => labels.includes(label)).reduce((sum, one) => sum + one.share, 0);
    return share > 0 ? `${side} ${shareText(share)}` : '';
  });
  return sides.filter(Boolean).join(' · ');
}

/** The split in full: "Input $0.06, Output $0.10". */
export const splitInFull = (segments: readonly Segment[]): string =>
  segments.map(({ label, text }) => `${label} ${text}`).join(', ');
