import type { QueryError } from './model';
import { parseQuery } from './parseQuery';

const good = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00+01:00', metrics: ['total_cost'] };

function problems(query: unknown): string[] {
  try {
    parseQuery(query);
  } catch (error) {
    return (error as QueryError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

it('fills in the defaults', () => {
  expect(parseQuery(good)).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-31T23:00:00.000Z',
    metrics: ['total_cost'],
    group_by: [],
    filters: [],
    time_zone: 'UTC',
    direction: 'desc',
    with_other: false,
  });
});

it.each([
  [{ metrics: ['total_cosst'] }, 'metrics[0]: unknown metric "total_cosst"; the nearest known one is "total_cost"'],
  [{ group_by: ['tennant'] }, 'group_by[0]: unknown dimension "tennant"; the nearest known one is "tenant"'],
  [{ groupby: [] }, 'groupby: unknown field "groupby"; the nearest known one is "group_by"'],
  [{ metrics: [] }, 'metrics: at least one of total_cost, input_cost, cache_read_cost …'],
  [{ from: 'yesterday' }, 'from: must be an RFC 3339 time such as 2026-01-01T00:00:00Z'],
  [{ to: '2025-01-01T00:00:00Z' }, 'to: must be after from'],
  [{ interval: '1s', to: '2027-01-01T00:00:00Z' }, 'interval: more than 20000 buckets in the range; take a wider one'],
  [{ time_zone: 'Mars/Olympus' }, 'time_zone: must be an IANA name such as Europe/Berlin'],
  [{ limit: 0 }, 'limit: must be a whole number from 1 to 10000'],
  [{ order_by: 'calls' }, 'order_by: must be one of the query\'s metrics or dimensions, or "time" with an interval'],
  [{ metrics: ['cumulative_cost'] }, 'metrics: cumulative_cost needs an interval'],
  [
    { filters: [{ dimension: 'model', operator: 'like', values: ['x'] }] },
    'filters[0].operator: must be one of = != =~ !~',
  ],
  [
    { filters: [{ dimension: 'cost_type', operator: '=', values: ['ouput'] }] },
    'filters[0].values: unknown cost type "ouput"; the nearest known one is "output"',
  ],
  [
    { filters: [{ dimension: 'model', operator: '=', values: ['a\0'] }] },
    'filters[0].values: must not contain a NUL character',
  ],
])('%j', (change, message) => expect(problems({ ...good, ...change })).toEqual([message]));

it('tells everything that is wrong at once', () => {
  expect(problems({ from: 1, to: 2, metrics: ['x'], group_by: 'model', filters: [7] })).toHaveLength(4);
});

it.each([null, [], 'text', 7])('%j is no query', (input) =>
  expect(problems(input)).toEqual([': a cost query is a JSON object'])
);

it('takes tags and the cost type as dimensions', () => {
  expect(parseQuery({ ...good, group_by: ['tags.queue', 'cost_type'] }).group_by).toEqual(['tags.queue', 'cost_type']);
});
