import { compile, compileLists, type DimensionName, type MetricName, parseQuery } from '../../src/query';
import { queryRows, queryRowsBySets, type SetRow } from '../../backend/query/runQuery';
import { storeEvents } from '../../backend/storage/writer';
import { call } from './budgets/support';
import { openStorage, type Storage } from './storage/support';

const HOUR = 3_600_000;
const METRICS: readonly MetricName[] = ['total_cost', 'calls', 'unpriced_calls'];
const SETS: ReadonlyArray<readonly DimensionName[]> = [
  ['tenant', 'model', 'unpriced_reason'],
  ['tenant'],
  ['feature'],
  ['user_id'],
];
const now = Date.now();
const iso = (ms: number) => new Date(ms).toISOString();
/** Ends within hours, and the second one in the future: both from rollups and from single calls. */
const RANGES = [
  { from: iso(now - 80.3 * HOUR), to: iso(now - 40.1 * HOUR) },
  { from: iso(now - 40.1 * HOUR), to: iso(now + HOUR) },
];
let storage: Storage;

beforeAll(async () => {
  storage = await openStorage();
  const of = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
  const events = Array.from({ length: 160 }, (_, i) =>
    call(of([0.25, 1.5, null, 0.000_001], i), {
      time: (now - i * 0.5 * HOUR) * 1000,
      tenant: of(['acme', 'globex', 'initech'], i),
      model: of(['small', 'large'], i >> 1),
      feature: of([null, 'chat', 'search'], i >> 2),
      user_id: of([null, 'ann', 'bob', 'cy', 'dan'], i),
    })
  );
  await storeEvents(storage.pool, events);
});
afterAll(() => storage.close());

/** As text, in an order of their own. */
const sorted = (rows: readonly SetRow[]) => rows.map(({ values, metrics }) => JSON.stringify([values, metrics])).sort();

it.each([null, ['acme', 'initech']])(
  'one statement says what a query for each range and set says; tenants: %s',
  async (tenants) => {
    const filters = [{ dimension: 'model', operator: '=', values: ['small'] }];
    for (const chosen of [[], filters]) {
      const parsed = parseQuery({ ...RANGES[0], metrics: METRICS, filters: chosen });
      const answer = await queryRowsBySets(
        storage.pool,
        { ranges: RANGES, filters: parsed.filters, metrics: METRICS, sets: SETS },
        tenants
      );
      for (const [r, range] of RANGES.entries()) {
        for (const [s, set] of SETS.entries()) {
          const query = parseQuery({ ...range, metrics: METRICS, filters: chosen, group_by: set });
          const alone = (await queryRows(storage.pool, query, tenants)).map((row) => ({
            values: row.slice(0, set.length),
            metrics: row.slice(set.length),
          }));
          expect(alone.length).toBeGreaterThan(1);
          expect(sorted(answer[r]![s]!)).toEqual(sorted(alone));
        }
      }
    }
  }
);

it.each([undefined, ['acme', 'initech']])(
  'one statement lists what a query of each list lists, in its order; tenants: %s',
  async (tenants) => {
    const dimensions: readonly DimensionName[] = ['tenant', 'model', 'provider', 'feature', 'user_id'];
    const options = { now, ...(tenants ? { tenants } : {}) };
    for (const range of RANGES) {
      for (const limit of [2, 1_000]) {
        const ask = {
          ...range,
          metrics: ['calls'],
          filters: [{ dimension: 'feature', operator: '!=', values: ['chat'] }],
        };
        const { filters } = parseQuery(ask);
        const sql = compileLists({ ...range, filters, dimensions, limit }, options);
        const { rows } = await storage.pool.query<{ list: number; value: string }>(sql);
        for (const [list, name] of dimensions.entries()) {
          const query = parseQuery({ ...ask, group_by: [name], limit });
          const alone = await storage.pool.query(compile(query, { ...options, dialect: 'grafana' }).sql);
          const expected = alone.rows.map((row: Record<string, unknown>) => row[name]);
          expect(expected.length).toBeGreaterThan(0);
          expect(rows.filter((row) => row.list === list).map(({ value }) => value)).toEqual(expected);
        }
      }
    }
  }
);
