import { getTemplateSrv } from '@grafana/runtime';
import type { ComboboxOption } from '@grafana/ui';
import { DIMENSIONS, isTagDimension, METRICS, type Unit } from '../../query';

export const FORMATS = [
  { label: 'Time series', value: 'time_series' as const },
  { label: 'Table', value: 'table' as const },
];

const METRIC_GROUPS: Readonly<Record<Unit, string>> = {
  usd: 'USD',
  tokens_per_usd: 'USD',
  tokens: 'Tokens',
  calls: 'Counts',
  count: 'Counts',
  ratio: 'Ratios',
  number: 'Ratios',
  ms: 'Latency',
  time: 'Times and names',
  text: 'Times and names',
};

/** Metrics by what they are measured in. */
export const METRIC_OPTIONS: ComboboxOption[] = [...new Set(Object.values(METRIC_GROUPS))].flatMap((group) =>
  METRICS.filter(({ unit }) => METRIC_GROUPS[unit] === group).map(({ name, label, description }) => ({
    value: name,
    label,
    description,
    group,
  }))
);

/** Everything that can be grouped and filtered by, tags aside. */
export const DIMENSION_OPTIONS: ComboboxOption[] = [
  ...DIMENSIONS.map(({ name, label, description, group }) => ({ value: name, label, description, group })),
  {
    value: 'cost_type',
    label: 'Cost type',
    description: 'Input, cache read, cache write, output, other',
    group: 'What ran',
  },
];

/** The dashboard's variables, as they are written in a query. */
export const variableOptions = (): ComboboxOption[] =>
  getTemplateSrv()
    .getVariables()
    .filter(({ type }) => type !== 'datasource' && type !== 'adhoc' && type !== 'system')
    .map(({ name, label }) => ({
      value: `$${name}`,
      label: `$${name}`,
      description: label ?? undefined,
      group: 'Variables',
    }));

/** The options whose value, label or description holds the text. */
export function matching(options: readonly ComboboxOption[], text: string): ComboboxOption[] {
  const wanted = text.trim().toLowerCase();
  return options.filter(({ value, label = '', description = '' }) =>
    [value, label, description].some((part) => part.toLowerCase().includes(wanted))
  );
}

/** What was typed as a tag or a variable, unless it is among the known options. */
export function customOptions(text: string, known: readonly ComboboxOption[]): ComboboxOption[] {
  const typed = text.trim();
  const value = typed.startsWith('$') || typed.startsWith('tags.') ? typed : `tags.${typed}`;
  const usable = typed !== '' && (value.startsWith('$') ? value.length > 1 : isTagDimension(value));
  return usable && !known.some((option) => option.value === value)
    ? [
        {
          value,
          label: value,
          description: value.startsWith('$') ? 'Use as a variable' : 'Use as a tag',
          group: 'Other',
        },
      ]
    : [];
}

/** The chosen values with the labels they have among the options; tags and variables stand for themselves. */
export const chosen = (options: readonly ComboboxOption[], values: readonly string[]): ComboboxOption[] =>
  values.map((value) => options.find((option) => option.value === value) ?? { value, label: value });
