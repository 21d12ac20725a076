import {
  createTheme,
  type DataFrame,
  FieldType,
  formattedValueToString,
  getDisplayProcessor,
  toDataFrame,
} from '@grafana/data';
import { type MetricName, parseQuery } from '../../query';
import type { PanelQuery } from '../query/toPostgres';
import type { LlmCostQuery } from '../types';
import { givenDataSources } from '../../testing/sources';
import { decorate } from './decorate';
import { traceLink } from './traces';
import { lengthText } from './names';
import { usdConfig } from './units';
import { usdText } from './usdText';

const theme = createTheme();

/** What a person reads. */
const shown = (values: number[]): string[] => {
  const config = usdConfig(values);
  const display = getDisplayProcessor({ field: { type: FieldType.number, config }, theme });
  return values.map((value) => formattedValueToString(display(value)));
};

describe('amounts of USD', () => {
  it.each([
    [[0.16], ['$0.16']],
    [[0.000153], ['$0.000153']],
    [[0.0238], ['$0.0238']],
    [[0.0000001], ['$1e-7']],
    [[876.43], ['$876.43']],
    [[0], ['$0.00']],
    [
      [260.73, 0.0238],
      ['$260.73', '$0.0238'],
    ],
    [
      [260.73, 0.0004],
      ['$260.73', '$0.000400'],
    ],
    [
      [4.2, 0.000002],
      ['$4.20', '$0.00000200'],
    ],
    [[1_234_567.89], ['$1.23M']],
  ])('%j read %j', (values, texts) => {
    expect(shown(values)).toEqual(texts);
  });

  it('never read as nothing, in a table or on a line', () => {
    for (let digits = 1; digits <= 9; digits += 1) {
      const amount = 1.53 * 10 ** -digits;
      expect(shown([amount])[0]).toMatch(/[1-9]/);
      expect(shown([812.4, amount])[1]).toMatch(/[1-9]/);
    }
  });

  it('have no exponent in sentences', () => {
    expect([0.0000001, -0.00000000015, 0.000153, 0, 12.345].map(usdText)).toEqual([
      '$0.000000100',
      '-$0.000000000150',
      '$0.000153',
      '$0.00',
      '$12.35',
    ]);
  });

  it('have cents in a legend that adds a series with dollars up, however small some of it is', () => {
    const display = getDisplayProcessor({
      field: { type: FieldType.number, config: usdConfig([21.3, 1.2, 0.02]) },
      theme,
    });
    expect(formattedValueToString(display(22.52))).toBe('$22.52');
    expect(shown([0.5, 0.4, 0.3, 0.0021])).toEqual(['$0.50', '$0.40', '$0.30', '$0.00210']);
  });
});

it('lengths of time have their largest whole unit', () => {
  expect([30 * 86_400_000, 86_399_999, 5_400_000, 1_000].map(lengthText)).toEqual([
    '30 days',
    '1 day',
    '2 hours',
    '1 minute',
  ]);
});

describe('an answer', () => {
  const asked: LlmCostQuery = { refId: 'A', metrics: ['total_cost'] };
  const plan = (metrics: MetricName[], group_by: string[], interval?: string, unpriced?: MetricName): PanelQuery => ({
    query: parseQuery({ from: '2026-11-01T00:00:00Z', to: '2026-11-11T00:00:00Z', metrics, group_by, interval }),
    compiled: { sql: '', columns: [], source: '' },
    unpriced,
  });
  const names = ({ fields }: DataFrame) => fields.map((field) => field.config.displayNameFromDS);

  const times = { name: 'time', type: FieldType.time, values: [1, 2, 3] };
  const column = (name: string, model: string, values: Array<number | null>) => ({
    name,
    type: FieldType.number,
    labels: { model },
    values,
  });

  it('names series by their values, and by the metric only where it needs to', () => {
    const frame = toDataFrame({ fields: [times, column('total_cost', 'gpt-4.1', [1, 2, 3])] });
    expect(names(decorate(frame, plan(['total_cost'], ['model'], '1d'), asked))).toEqual(['Time', 'gpt-4.1']);
    expect(names(decorate(frame, plan(['total_cost', 'calls'], ['model'], '1d'), asked))).toEqual([
      'Time',
      'gpt-4.1 · Cost',
    ]);
  });

  it('names a total by its metric, its window and its scale', () => {
    const frame = toDataFrame({ fields: [{ name: 'total_cost', type: FieldType.number, values: [5] }] });
    const label = (more: Partial<LlmCostQuery>) =>
      names(decorate(frame, plan(['total_cost'], []), { ...asked, ...more }))[0];
    expect([
      label({}),
      label({ scale: 'per_day' }),
      label({ window: 'today' }),
      label({ window: 'month_to_date', scale: 'projected' }),
    ]).toEqual(['Cost', 'Cost per day, over 10 days', 'Cost today', 'Cost this month, projected']);
  });

  it('calls the rest of several dimensions Other once', () => {
    const fields = [times, { ...column('total_cost', '', [1, 2, 3]), labels: { model: 'Other', tenant: 'Other' } }];
    expect(names(decorate(toDataFrame({ fields }), plan(['total_cost'], ['tenant', 'model'], '1d'), asked))[1]).toBe(
      'Other'
    );
  });

  it('has units, filters on its dimensions, and readable cost types', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'cost_type', type: FieldType.string, values: ['cache_read'] },
        { name: 'cost_per_1k_tokens', type: FieldType.number, values: [0.002] },
        { name: 'cost_share', type: FieldType.number, values: [0.5] },
      ],
    });
    const { fields } = decorate(frame, plan(['cost_per_1k_tokens', 'cost_share'], ['cost_type']), asked);
    expect(fields.map(({ config }) => config.unit)).toEqual(['string', 'currencyUSD', 'percentunit']);
    expect(fields[0].config.filterable).toBe(true);
    const text = getDisplayProcessor({ field: fields[0], theme })('cache_read').text;
    expect(text).toBe('Cache read');
  });

  it('turns the count of what has no price into a notice', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'model', type: FieldType.string, values: ['a', 'b'] },
        { name: 'total_cost', type: FieldType.number, values: [4, null] },
        { name: 'unpriced_calls', type: FieldType.number, values: [0, 1200] },
      ],
    });
    const { fields, meta } = decorate(frame, plan(['total_cost'], ['model'], undefined, 'unpriced_calls'), asked);
    expect(fields.map(({ name }) => name)).toEqual(['model', 'total_cost']);
    expect(meta?.notices).toEqual([{ severity: 'info', text: expect.stringMatching(/^1,200 calls have no price\./) }]);
    expect(formattedValueToString(getDisplayProcessor({ field: fields[1], theme })(null))).toBe('No price');
  });

  it('says nothing where everything has a price', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'total_cost', type: FieldType.number, values: [4] },
        { name: 'unpriced_calls', type: FieldType.number, values: [0] },
      ],
    });
    expect(decorate(frame, plan(['total_cost'], [], undefined, 'unpriced_calls'), asked).meta?.notices).toEqual([]);
  });

  it('has zeros where there were no calls, gaps where there was no price, and no series without any', () => {
    const frame = toDataFrame({
      fields: [
        times,
        column('total_cost', 'priced', [1, null, 3]),
        column('unpriced_calls', 'priced', [0, null, 0]),
        column('total_cost', 'sometimes', [1, null, null]),
        column('unpriced_calls', 'sometimes', [0, 7, null]),
        column('total_cost', 'never', [null, null, null]),
        column('unpriced_calls', 'never', [5, null, 5]),
      ],
    });
    const { fields, meta } = decorate(frame, plan(['total_cost'], ['model'], '1d', 'unpriced_calls'), asked);
    expect(fields.slice(1).map(({ labels, values }) => [labels?.model, values])).toEqual([
      ['priced', [1, 0, 3]],
      ['sometimes', [1, null, 0]],
    ]);
    expect(meta?.notices?.[0].text).toMatch(/^17 calls/);
  });

  it('leads from a trace id to the trace, where the source of traces is known and there is one', () => {
    givenDataSources([
      { uid: 'my-tempo', type: 'tempo' },
      { uid: 'my-jaeger', type: 'jaeger' },
      { uid: 'my-logs', type: 'loki' },
    ]);
    const linksOf = (uid: string | undefined, ids: string[]) => {
      const frame = toDataFrame({ fields: [{ name: 'trace_id', type: FieldType.string, values: ids }] });
      return decorate(frame, plan(['total_cost'], ['trace_id']), asked, traceLink(uid)).fields[0].config.links;
    };
    const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    expect(linksOf('my-tempo', ['(not set)', id])).toEqual([
      {
        title: 'Trace in my-tempo',
        url: '',
        internal: {
          datasourceUid: 'my-tempo',
          datasourceName: 'my-tempo',
          query: { refId: 'A', queryType: 'traceql', query: '${__value.raw}' },
        },
      },
    ]);
    expect(linksOf('my-jaeger', [id])?.[0].internal?.query).toEqual({ refId: 'A', query: '${__value.raw}' });
    for (const uid of ['my-logs', 'gone', undefined]) {
      expect(linksOf(uid, [id])).toBeUndefined();
    }
    expect(linksOf('my-tempo', ['(not set)'])).toBeUndefined();
  });

  it('is drawn as a graph or a table in Explore', () => {
    const frame = toDataFrame({ fields: [times, column('total_cost', 'a', [1, 2, 3])] });
    expect(decorate(frame, plan(['total_cost'], ['model'], '1d'), asked).meta?.preferredVisualisationType).toBe(
      'graph'
    );
    expect(decorate(frame, plan(['total_cost'], ['model']), asked).meta?.preferredVisualisationType).toBe('table');
  });
});
