import {
  applyFieldOverrides,
  createTheme,
  type DataFrame,
  type FieldConfigSource,
  FieldType,
  MappingType,
  toDataFrame,
} from '@grafana/data';
import { DEFAULT_OPTIONS, type SplitOptions } from './options';
import { shareText } from '../shared/share';
import { describe as inWords, type Part, splitOf } from './parts';

const theme = createTheme();
const NO_CONFIG: FieldConfigSource = { defaults: {}, overrides: [] };

/** Frames as a panel gets them: with the display of each field worked out. */
const prepared = (frames: DataFrame[]): DataFrame[] =>
  applyFieldOverrides({ data: frames, fieldConfig: NO_CONFIG, replaceVariables: (text) => text, theme });

const byType = (cost: Array<number | null>, perThousand: Array<number | null> = cost): DataFrame =>
  toDataFrame({
    fields: [
      {
        name: 'cost_type',
        type: FieldType.string,
        values: ['input', 'output'],
        config: {
          mappings: [
            {
              type: MappingType.ValueToText,
              options: { input: { text: 'Input', color: 'blue' }, output: { text: 'Output' } },
            },
          ],
        },
      },
      {
        name: 'total_cost',
        type: FieldType.number,
        values: cost,
        config: { unit: 'currencyUSD', decimals: 2, displayNameFromDS: 'Cost' },
      },
      {
        name: 'per_thousand',
        type: FieldType.number,
        values: perThousand,
        config: { unit: 'currencyUSD', displayNameFromDS: 'Cost per 1K tokens' },
      },
    ],
  });

const parts = (frames: DataFrame[], options: Partial<SplitOptions> = {}): readonly Part[] => {
  const split = splitOf(frames, { ...DEFAULT_OPTIONS, ...options }, theme);
  if (split.state !== 'parts') {
    throw new Error(split.state);
  }
  return split.parts;
};
const state = (...frames: DataFrame[]) => splitOf(frames, DEFAULT_OPTIONS, theme).state;

describe('a table', () => {
  it('has a part for each row, with the other numbers as details: the seed’s own figures', () => {
    const found = parts(prepared([byType([0.06, 0.1], [0.002, 0.004])]));
    expect(found.map(({ label, text, share, details }) => ({ label, text, share: shareText(share), details }))).toEqual(
      [
        { label: 'Input', text: '$0.06', share: '38%', details: ['$0.00200 cost per 1K tokens'] },
        { label: 'Output', text: '$0.10', share: '63%', details: ['$0.00400 cost per 1K tokens'] },
      ]
    );
  });

  it('takes the colour of a value mapping, and one of the palette without', () => {
    const [input, output] = parts(prepared([byType([1, 2])]));
    expect(input.color).toBe(theme.visualization.getColorByName('blue'));
    expect(output.color).toBe(theme.visualization.getColorByName(theme.visualization.palette[1]));
  });

  it('leaves zeros out, unless it is told not to', () => {
    const frames = prepared([byType([0, 2])]);
    expect(parts(frames).map(({ label }) => label)).toEqual(['Output']);
    expect(parts(frames, { hideZero: false })).toHaveLength(2);
  });

  it('divides the number that is chosen', () => {
    const [input] = parts(prepared([byType([1, 3], [5, 5])]), { valueField: 'Cost per 1K tokens' });
    expect(input).toMatchObject({ share: 0.5, details: ['$1.00 cost'] });
  });

  it('does not take an unknown cost for zero', () => {
    const [input, output] = parts(prepared([byType([4, null])]));
    expect([input.share, output.share]).toEqual([1, null]);
    expect([output.text, output.details]).toEqual(['No price', ['– cost per 1K tokens']]);
  });
});

describe('numbers without a text', () => {
  it('are parts themselves, rows added up', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'time', type: FieldType.time, values: [1, 2] },
        { name: 'input_cost', type: FieldType.number, values: [1, 2] },
        { name: 'output_cost', type: FieldType.number, values: [4, null] },
      ],
    });
    expect(parts(prepared([frame])).map(({ label, value }) => [label, value])).toEqual([
      ['input_cost', 3],
      ['output_cost', 4],
    ]);
  });
});

describe('what there is nothing to divide of', () => {
  it('is told apart', () => {
    expect(state()).toBe('empty');
    expect(state(byType([0, 0]))).toBe('empty');
    expect(state(byType([null, null]))).toBe('unknown');
    expect(state(toDataFrame({ fields: [{ name: 'model', type: FieldType.string, values: ['a'] }] }))).toBe('unfit');
  });
});

it('shares are short, and what is there is never 0%', () => {
  expect([0.52, 0.0345, 0.0004, 0, 0.9972, 0.9979, 0.9999, 1, null].map(shareText)).toEqual([
    '52%',
    '3.5%',
    '<0.1%',
    '0%',
    '99.7%',
    '99.8%',
    '99.9%',
    '100%',
    '',
  ]);
});

it('the bar can be told in words', () => {
  expect(inWords('Cost distribution', parts(prepared([byType([1, 3])])))).toBe(
    'Cost distribution: Input 25% ($1.00), Output 75% ($3.00)'
  );
});
