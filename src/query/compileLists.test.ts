import { compileLists } from './compileLists';

const MONTH = { from: '2026-11-01T00:00:00Z', to: '2026-11-08T00:00:00Z' };

it('reads the calls once for all lists, each with its most used values first', () => {
  const filters = [{ dimension: 'feature', operator: '=', values: ["o'x"] }] as const;
  const sql = compileLists({ ...MONTH, filters, dimensions: ['model', 'team'], limit: 7 });
  expect(sql).toContain('SELECT model AS k1, team AS k2, sum(calls) AS calls FROM public.usage_1d_rollup');
  expect(sql).toContain("feature IN ('o''x')");
  expect(sql).toContain('GROUP BY GROUPING SETS ((range, k1), (range, k2))');
  expect(sql).toContain('CASE set WHEN 0 THEN k1 WHEN 1 THEN k2 END AS value');
  expect(sql).toMatch(
    /SELECT list, coalesce\(value, '\(not set\)'\) AS value FROM placed WHERE place <= 7 ORDER BY list, place$/
  );
});

it('shows a viewer the values of their tenants alone, and reads what rollups can’t have yet from the calls', () => {
  const now = Date.parse('2026-11-07T12:30:00Z');
  const sql = compileLists(
    { ...MONTH, filters: [], dimensions: ['team', 'model'], limit: 7 },
    { now, tenants: ['acme'] }
  );
  for (const table of ['usage_core_1d', 'usage_core_1h', 'usage_events']) {
    expect(sql).toMatch(new RegExp(`FROM public\\.${table} WHERE [^()]* AND \\(tenant IN \\('acme'\\)\\)`));
  }
});
