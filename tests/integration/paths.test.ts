import fc from 'fast-check';
import { runQuery } from '../../backend/query/runQuery';
import { storeEvents } from '../../backend/storage/writer';
import { compile, type CostQuery, METRICS, parseQuery, tagKeysSql } from '../../src/query';
import { replyFrame } from '../../src/datasource/paths/replyFrame';
import { DAY, HOUR, now, openStorage, randomEvents, type Storage } from './storage/support';

/** The data source's two ways to the numbers: SQL by Grafana's PostgreSQL source, and the collector's cost query. */
let storage: Storage;
const end = Math.floor(now() / HOUR) * HOUR;
beforeAll(async () => {
  storage = await openStorage();
  await storeEvents(storage.pool, randomEvents(1_000, end - 4 * DAY, end, 2));
});
afterAll(() => storage.close());

const iso = (us: number) => new Date(us / 1000).toISOString();
const instants = fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minutes) => end - 4 * DAY + minutes * 60_000_000);
const DIVISIBLE = ['total_cost', 'total_tokens', 'cost_per_1m_tokens'] as const;

const shape = fc.record({
  ends: fc.tuple(instants, instants).filter(([a, b]) => a !== b),
  group_by: fc.uniqueArray(
    fc.constantFrom('tenant', 'model', 'team', 'user_id', 'status', 'feature', 'tags.queue', 'session_id'),
    { maxLength: 2 }
  ),
  filters: fc.array(
    fc.record({
      dimension: fc.constantFrom('tenant', 'project', 'provider', 'team'),
      operator: fc.constantFrom('=', '!=', '=~', '!~'),
      values: fc.uniqueArray(fc.constantFrom('tenant-0', 'provider-1', 'team-0', ''), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 2 }
  ),
  interval: fc.constantFrom(undefined, '1h', '6h', '1d'),
  time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  limit: fc.constantFrom(undefined, 2),
  with_other: fc.boolean(),
  direction: fc.constantFrom('asc', 'desc'),
});
const metrics = fc.uniqueArray(fc.constantFrom(...METRICS.map(({ name }) => name)), { minLength: 1, maxLength: 4 });

const queries = fc.oneof(
  fc.record({ shape, metrics }).map((one) => ({ ...one, byCostType: false })),
  fc
    .record({ shape, metrics: fc.uniqueArray(fc.constantFrom(...DIVISIBLE), { minLength: 1 }) })
    .map((one) => ({ ...one, byCostType: true }))
);

function asked({
  shape: { ends, group_by, interval, direction, ...rest },
  metrics: names,
  byCostType,
}: {
  shape: { ends: [number, number]; group_by: string[]; interval?: string; direction: string };
  metrics: readonly string[];
  byCostType: boolean;
}): CostQuery {
  return parseQuery({
    ...rest,
    from: iso(Math.min(...ends)),
    to: iso(Math.max(...ends)),
    metrics: names
      .filter((name) => interval !== undefined || name !== 'cumulative_cost')
      .concat('calls')
      .slice(0, 4)
      .filter((name) => !byCostType || name !== 'calls'),
    group_by: byCostType ? [...group_by, 'cost_type'] : group_by,
    interval,
    order_by: names.find((name) => name !== 'cumulative_cost'),
    direction: names.some((name) => name !== 'cumulative_cost') ? direction : undefined,
  });
}

type Rows = unknown[][];

/** The collector's money ends at 10⁻¹⁸ USD, and the last bits of a float depend on how it was divided. */
const nearly = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(1e-18, 1e-12 * Math.abs(a));

/** The first rows that differ, for a message that can be read. */
function difference(a: Rows, b: Rows): unknown {
  const same = (left: unknown, right: unknown) =>
    typeof left === 'number' && typeof right === 'number' ? nearly(left, right) : left === right;
  const index = a.findIndex((row, i) => !row.every((value, j) => same(value, b[i]?.[j])));
  return a.length === b.length && index < 0 ? null : { a: a[index] ?? a.length, b: b[index] ?? b.length };
}

const plain = (rows: Rows): Rows =>
  rows.map((row) => row.map((value) => (value instanceof Date ? value.getTime() : value)));

async function bothWays(query: CostQuery): Promise<{ sql: Rows; collector: Rows }> {
  const compiled = compile(query, { dialect: 'grafana' });
  const { rows: sql } = await storage.pool.query<unknown[]>({ text: compiled.sql, rowMode: 'array' });
  const { fields, length } = replyFrame(await runQuery(storage.pool, query, null), {
    refId: 'A',
    format: 'table',
    query,
  });
  expect(fields.map(({ name }) => name)).toEqual(compiled.columns.map(({ name }) => name));
  const collector = Array.from({ length }, (_, row) => fields.map(({ values }) => values[row] as unknown));
  return { sql: plain(sql), collector };
}

it('both ways give the same rows, whatever is asked', async () => {
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(queries, async (query) => {
      const { sql, collector } = await bothWays(asked(query));
      expect(difference(sql, collector)).toBeNull();
      rows += sql.length;
    }),
    { numRuns: 60 }
  );
  expect(rows).toBeGreaterThan(100);
});

it.each(METRICS.map(({ name }) => name))('%s is the same on both ways', async (name) => {
  const range = { from: iso(end - 3 * DAY), to: iso(end) };
  const query = parseQuery({ ...range, metrics: [name], group_by: ['model'], interval: '1d' });
  const { sql, collector } = await bothWays(query);
  expect(difference(sql, collector)).toBeNull();
  expect(sql.length).toBeGreaterThan(3);
});

it('tags are those of the tenants that may be seen', async () => {
  const keys = async (tenants: string[] | null) =>
    (await storage.pool.query<{ key: string }>(tagKeysSql((end - 4 * DAY) / 1000, end / 1000, tenants))).rows;
  expect((await keys(null)).length).toBeGreaterThan(0);
  expect(await keys(['nobody'])).toEqual([]);
  expect(await keys([])).toEqual([]);
});
