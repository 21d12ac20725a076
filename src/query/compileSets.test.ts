import { compileSets, type SetsQuery } from './compileSets';
import { parseQuery } from './parseQuery';

const WEEKS = [
  { from: '2026-01-01T00:00:00Z', to: '2026-01-08T00:00:00Z' },
  { from: '2026-01-08T00:00:00Z', to: '2026-01-15T00:00:00Z' },
];
const { filters } = parseQuery({
  ...WEEKS[0],
  metrics: ['calls'],
  filters: [{ dimension: 'team', operator: '=', values: ["o'x"] }],
});
const build = (more: Partial<SetsQuery> = {}) =>
  compileSets(
    {
      ranges: WEEKS,
      filters,
      metrics: ['total_cost', 'calls'],
      sets: [['tenant', 'model'], ['model'], ['team']],
      ...more,
    },
    { dialect: 'api', tenants: ['acme'] }
  );

it('reads each range once, by all dimensions together, and sums those rows by each set', () => {
  const { sql, columns, dimensions } = build();
  const range = (from: string, to: string) =>
    `bucket >= '2026-01-${from}T00:00:00.000Z'::timestamptz AND bucket < '2026-01-${to}T00:00:00.000Z'::timestamptz`;
  const sums = (table: string, when: string) =>
    `SELECT tenant AS k1, model AS k2, team AS k3, sum(calls) AS calls, sum(total_cost) AS total_cost FROM public.${table} WHERE ${when} AND (tenant IN ('acme')) AND (team IN ('o''x')) GROUP BY 1, 2, 3`;
  const part = (number: number, [from, to]: [string, string]) => {
    const days = `public.days_settled('2026-01-${from}T00:00:00.000Z'::timestamptz, '2026-01-${to}T00:00:00.000Z'::timestamptz)`;
    return [
      `  SELECT ${number} AS range, part.* FROM (SELECT * FROM (${sums('usage_core_1d_rollup', range(from, to))}) AS settled WHERE ${days}) AS part`,
      '  UNION ALL',
      `  SELECT ${number} AS range, part.* FROM (SELECT * FROM (${sums('usage_core_1d', range(from, to))}) AS open WHERE NOT ${days}) AS part`,
    ];
  };
  expect(sql).toBe(
    [
      'WITH calls AS (',
      ...part(0, ['01', '08']),
      '  UNION ALL',
      ...part(1, ['08', '15']),
      ')',
      'SELECT range, CASE grouping(k1, k2, k3) WHEN 1 THEN 0 WHEN 5 THEN 1 WHEN 6 THEN 2 END AS set, k1, k2, k3, round((sum(total_cost))::numeric, 6)::text AS total_cost, (coalesce(sum(calls), 0))::text AS calls FROM calls',
      'GROUP BY GROUPING SETS ((range, k1, k2), (range, k2), (range, k3))',
    ].join('\n')
  );
  expect(dimensions).toEqual(['tenant', 'model', 'team']);
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['total_cost', 'money'],
    ['calls', 'integer'],
  ]);
});

it('takes the largest rows where there may be many', () => {
  expect(build({ sets: [['user_id']], limit: 7 }).sql).toMatch(/ORDER BY sum\(total_cost\) DESC NULLS LAST LIMIT 7$/);
});

it('refuses what can’t be added up over sets', () => {
  expect(() => build({ metrics: ['users'] })).toThrow('users is no plain sum');
  expect(() => build({ ranges: [] })).toThrow('a query needs a range of time');
});
