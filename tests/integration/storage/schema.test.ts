import { EVENT_COLUMNS } from '../../../backend/storage/eventColumns';
import { type Migration, migrate, migrations } from '../../../backend/storage/migrate';
import { DIMENSIONS } from '../../../src/query/dimensions';
import { MEASURES } from '../../../src/query/measures';
import { ROLLUPS } from '../../../src/query/rollups';
import { isStep } from '../../../src/query/steps';
import { openStorage, type Storage } from './support';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());

/** Name → type of a table's or view's columns. */
async function columns(relation: string): Promise<Record<string, string>> {
  const { rows } = await storage.pool.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [`public.${relation}`]
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

const TYPE_NAMES: Record<string, string> = { timestamptz: 'timestamp with time zone' };

test('the event table has exactly the columns that the writer fills, and the time of pricing', async () => {
  const expected = EVENT_COLUMNS.map(({ name, type }) => [name, TYPE_NAMES[type] ?? type]);
  expect(await columns('usage_events')).toEqual({
    ...Object.fromEntries(expected),
    priced_at: 'timestamp with time zone',
  });
});

test('every dimension is a column or an expression over the event table', async () => {
  const list = DIMENSIONS.map((dimension) => ('sql' in dimension ? dimension.sql : dimension.name)).join(', ');
  await expect(storage.pool.query(`SELECT ${list} FROM public.usage_events`)).resolves.toBeDefined();
});

test.each(ROLLUPS)(
  '$name has a bucket, its dimensions and its measures, and nothing else',
  async ({ name, dimensions, measures }) => {
    expect(await columns(name)).toEqual({
      bucket: 'timestamp with time zone',
      ...Object.fromEntries([...dimensions].map((name) => [name, isStep(name) ? 'integer' : 'text'])),
      ...Object.fromEntries([...(measures ?? Object.keys(MEASURES))].map((measure) => [measure, 'bigint'])),
    });
  }
);

test('there is one index on the event table', async () => {
  const { rows } = await storage.pool.query(`SELECT indexdef FROM pg_indexes WHERE tablename = 'usage_events'`);
  expect(rows).toEqual([
    { indexdef: 'CREATE UNIQUE INDEX usage_events_key ON public.usage_events USING btree ("time", event_id)' },
  ]);
});

describe('migrations', () => {
  const extra: Migration = {
    name: '9998_extra',
    sql: 'CREATE TABLE public.extra (a int);\nINSERT INTO public.extra VALUES (1);',
  };
  const remove = () =>
    storage.pool.query(`DROP TABLE IF EXISTS public.extra; DELETE FROM public.schema_migrations WHERE name >= '9998'`);
  afterEach(remove);

  test('are numbered without a gap, each number once', () => {
    const numbers = migrations().map(({ name }) => Number(name.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  test('are applied once, however often they are asked for', async () => {
    expect(await migrate(storage.pool)).toEqual([]);
  });

  test('are applied once by processes that start at the same time', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(storage.pool, [...migrations(), extra])));
    expect(applied.flat()).toEqual([extra.name]);
    expect((await storage.pool.query('SELECT a FROM public.extra')).rows).toEqual([{ a: 1 }]);
  });

  test('leave nothing of one that fails, and name it and the statement', async () => {
    const bad = { name: '9998_bad', sql: 'CREATE TABLE public.extra (a int);\nSELECT no_such_column;' };
    await expect(migrate(storage.pool, [...migrations(), bad])).rejects.toThrow(/9998_bad[\s\S]*SELECT no_such_column/);
    await expect(storage.pool.query('SELECT FROM public.extra')).rejects.toThrow(/does not exist/);
    expect(await migrate(storage.pool, [...migrations(), extra])).toEqual([extra.name]);
  });

  test('may run outside of a transaction', async () => {
    const outside = {
      name: '9998_outside',
      sql: '-- no transaction\nCREATE TABLE public.extra (a int);\nVACUUM public.extra;',
    };
    expect(await migrate(storage.pool, [...migrations(), outside])).toEqual([outside.name]);
  });

  test('tell what they could not do', async () => {
    const warning = {
      name: '9998_warning',
      sql: `DO $$ BEGIN RAISE WARNING 'too little' USING HINT = 'Do more'; RAISE NOTICE 'chatter'; END $$`,
    };
    const told: string[] = [];
    await migrate(storage.pool, [...migrations(), warning], (text) => told.push(text));
    expect(told).toEqual(['too little. Do more']);
  });

  test('refuse an applied one that has changed, but not other line ends', async () => {
    await migrate(storage.pool, [...migrations(), extra]);
    const windows = { ...extra, sql: extra.sql.replace(/\n/g, '\r\n') };
    expect(await migrate(storage.pool, [...migrations(), windows])).toEqual([]);
    const changed = { ...extra, sql: `${extra.sql} -- more` };
    await expect(migrate(storage.pool, [...migrations(), changed])).rejects.toThrow(/9998_extra has changed/);
  });

  test('refuse a database of a newer version', async () => {
    await migrate(storage.pool, [...migrations(), extra]);
    await expect(migrate(storage.pool)).rejects.toThrow(/newer version \(9998_extra\)/);
  });
});
