import type { FieldOverride, Panel } from './model';
import { field } from './panels';

type Transformations = NonNullable<Panel['transformations']>;

const calculated = (alias: string, left: string, operator: '+' | '-' | '*' | '/', right: string): Transformations[number] => {
  const named = (name: string) => ({ matcher: { id: 'byName', options: name } });
  const side = (text: string) => (/^\d+$/.test(text) ? { fixed: text } : named(text));
  return {
    id: 'calculateField',
    options: { mode: 'binary', alias, reduce: { reducer: 'sum' }, binary: { left: side(left), operator, right: side(right) } },
  };
};

/**
 * How much the number of query A differs from another, each the only one of its query, as the field `name`. Grafana's own percentage says
 * ∞ where the other is 0; this is no number there, for numerator and denominator are multiplied with it.
 */
export const changeSteps = (name: string, value: string, base: string): Transformations => [
  // What is unknown isn't 100% less.
  { id: 'filterByValue', filter: { id: 'byRefId', options: 'A' }, options: { type: 'exclude', match: 'any', filters: [{ fieldName: value, config: { id: 'isNull', options: {} } }] } },
  { id: 'concatenate', options: { frameNameMode: 'drop' } },
  calculated('times base', value, '*', base),
  calculated('base squared', base, '*', base),
  calculated('of base', 'times base', '/', 'base squared'),
  calculated(name, 'of base', '-', '1'),
];

/** The field of {@link changeSteps}: red where it is more, green where it is less, a dash where there is nothing to compare with. */
export const changeField = (name: string): FieldOverride =>
  field(name, {
    unit: 'percentunit',
    decimals: 0,
    color: { mode: 'thresholds' },
    thresholds: {
      mode: 'absolute',
      steps: [
        { color: 'green', value: null },
        { color: 'text', value: -0.005 },
        { color: 'red', value: 0.005 },
      ],
    },
    mappings: [{ type: 'special', options: { match: 'null+nan', result: { text: '–', color: 'text', index: 0 } } }],
  });
