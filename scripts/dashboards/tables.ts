import type { FieldOverride, Panel } from './model';
import { type Basics, field, panel } from './panels';

/** A table of a view that is no cost query, which brings no units; `units` are Grafana's, by column. */
export function viewTable(
  basics: Basics,
  units: Readonly<Record<string, string>>,
  more: readonly FieldOverride[] = []
): Panel {
  const overrides = [...Object.entries(units).map(([name, unit]) => field(name, { unit })), ...more];
  return panel(
    { ...basics, overrides: [...(basics.overrides ?? []), ...overrides] },
    { type: 'table', options: { showHeader: true, cellHeight: 'sm' } },
    { unit: 'short', custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: false } }
  );
}

/** Where a row has nothing, in a table that has rows: the panel's own text speaks of no row at all. */
export const blank = (...names: readonly string[]): FieldOverride[] =>
  names.map((name) => field(name, { noValue: '–' }));

/** Colours of a share: red beyond the limit. */
export const beyond = (name: string, limit: number) =>
  field(name, {
    unit: 'percentunit',
    thresholds: {
      mode: 'absolute',
      steps: [
        { color: 'text', value: null },
        { color: 'red', value: limit },
      ],
    },
    'custom.cellOptions': { type: 'color-text' },
  });
