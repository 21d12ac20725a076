import type { Pool, PoolClient } from 'pg';
import { deleteEvents, updateEvents } from '../../../backend/storage/changes';
import { compressRollups, refreshRollups } from '../../../backend/storage/rollups';
import { inTransaction } from '../../../backend/storage/transaction';
import { storeEvents, unlimitDecompression, writeEvents } from '../../../backend/storage/writer';
import { ROLLUPS } from '../../../src/query/rollups';
import {
  DAY,
  differences,
  dirtyHours,
  expectExact,
  HOUR,
  now,
  openStorage,
  randomCosts,
  randomEvents,
  type Storage,
} from './support';

// Every test sums all rollups several times over, on an engine that does one thing at a time.
jest.setTimeout(600_000);

let storage: Storage;
let pool: Pool;
beforeAll(async () => {
  storage = await openStorage();
  pool = storage.pool;
});
afterAll(() => storage.close());

beforeEach(async () => {
  await inTransaction(pool, async (client) => {
    await unlimitDecompression(client);
    await client.query(`WITH gone AS (DELETE FROM public.usage_events RETURNING time)
      INSERT INTO public.rollup_dirty (hour) SELECT DISTINCT date_trunc('hour', time, 'UTC') FROM gone ON CONFLICT DO NOTHING`);
  });
  await refresh();
});

const refresh = (on: Pool = pool) => refreshRollups(on, { quietMs: 0 });
/** Compresses the events of before, and the rollups whatever their age: their chunks hold ten days. */
async function compressOld(): Promise<void> {
  await pool.query(
    `SELECT compress_chunk(c, true) FROM show_chunks('public.usage_events', older_than => interval '2 days') c`
  );
  for (const { name } of ROLLUPS) {
    const { rowCount } = await pool.query(`SELECT compress_chunk(c, true) FROM show_chunks('public.${name}_rollup') c`);
    expect(rowCount).toBeGreaterThan(0);
  }
}
let seed = 0;
/** Events of the last days up to this moment. */
const lastDays = (count: number, days = 4) => randomEvents(count, now() - days * DAY, now(), ++seed);

test('every rollup equals the raw rows through the whole life of the data', async () => {
  const first = lastDays(400);
  await storeEvents(pool, first);
  await expectExact(pool);
  expect(await refresh()).toEqual({ ran: true, hours: expect.any(Number) as number });
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);

  // Late rows in hours that the rollups have.
  await storeEvents(pool, lastDays(300));
  expect(await dirtyHours(pool)).toBeGreaterThan(0);
  await expectExact(pool);
  await refresh();
  await expectExact(pool);

  await inTransaction(pool, (client) => deleteEvents(client, first.slice(0, 100)));
  await expectExact(pool);
  await inTransaction(pool, (client) => updateEvents(client, first.slice(100, 200).map(repriced)));
  await expectExact(pool);
  await refresh();
  await expectExact(pool);

  await compressOld();
  await expectExact(pool);
  await storeEvents(pool, lastDays(600));
  await inTransaction(pool, (client) => deleteEvents(client, first.slice(200, 250)));
  await inTransaction(pool, (client) => updateEvents(client, first.slice(250, 300).map(repriced)));
  await expectExact(pool);
  await refresh();
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
}, 900_000);

const repriced = ({ time, event_id }: { time: number; event_id: string }) => ({
  time,
  event_id,
  changes: { pricing: randomCosts((limit) => Math.floor(Math.random() * limit)), agent: 'another' },
});

test('a rollup that came later gets what the others have; until then its view is read', async () => {
  const later = ROLLUPS.filter(({ isFilledLater }) => isFilledLater).map(({ name }) => name);
  const filled = async () =>
    (await pool.query<{ rollup: string }>('SELECT rollup FROM public.rollups_filled')).rows.map(({ rollup }) => rollup);
  const events = randomEvents(300, now() - 25 * DAY, now(), ++seed);
  await storeEvents(pool, events);
  await refresh();
  expect((await filled()).sort()).toEqual([...later].sort());
  // As after the migration of a database with calls: the tables are there, and empty.
  await pool.query('DELETE FROM public.rollups_filled');
  for (const name of later) {
    const { rows } = await pool.query<{ table: string }>(
      `SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name) AS table
       FROM timescaledb_information.continuous_aggregates WHERE view_name = $1`,
      [`${name}_rollup`]
    );
    await pool.query(`DELETE FROM ${rows[0]!.table}`);
  }
  await expectExact(pool);
  await storeEvents(pool, randomEvents(50, now() - 20 * DAY, now(), ++seed));
  await expectExact(pool);
  await refresh();
  expect((await filled()).sort()).toEqual([...later].sort());
  await expectExact(pool);
  await inTransaction(pool, (client) => deleteEvents(client, events.slice(0, 100)));
  await refresh();
  await expectExact(pool);
});

test('who does not know all rollups says in vain what was taken in', async () => {
  await storeEvents(pool, lastDays(50));
  await refresh();
  await storeEvents(pool, randomEvents(3, now() - 30 * HOUR, now() - 29 * HOUR, ++seed));
  const marks = await dirtyHours(pool);
  expect(marks).toBeGreaterThan(0);
  // As a collector of an earlier version does that still runs beside this one.
  expect((await pool.query('DELETE FROM public.rollup_dirty')).rowCount).toBe(0);
  expect((await pool.query('UPDATE public.rollup_progress SET hours_until = now(), days_until = now()')).rowCount).toBe(
    0
  );
  expect(await dirtyHours(pool)).toBe(marks);
  await expectExact(pool);
  await refresh();
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
});

test('the hours of the day that is not over are summed as they are taken in, and again when they change', async () => {
  // At the begin of a day there is nothing to sum.
  const hoursOf = async () =>
    (
      await pool.query<{ day: Date; until: Date; empty: boolean }>(
        `SELECT date_trunc('day', hours_until, 'UTC') AS day, hours_until AS until,
           hours_until = date_trunc('day', hours_until, 'UTC') AS empty FROM public.rollup_progress`
      )
    ).rows[0]!;
  const compare = async () => {
    const { day, until, empty } = await hoursOf();
    const sums = 'sum(calls) AS calls, sum(total_cost) AS cost, count(DISTINCT feature) AS features';
    const { rows } = await pool.query<{ settled: boolean; same: boolean }>(
      `SELECT public.today_settled($1, $2) AS settled, (SELECT (today.*) IS NOT DISTINCT FROM (hours.*) FROM
         (SELECT ${sums} FROM public.usage_1d_today WHERE bucket = $1) AS today,
         (SELECT ${sums} FROM public.usage_1h WHERE bucket >= $1 AND bucket < $2) AS hours) AS same`,
      [day, until]
    );
    return empty ? { settled: true, same: true } : rows[0]!;
  };
  const first = lastDays(300, 1);
  await storeEvents(pool, first);
  await refresh();
  expect(await compare()).toEqual({ settled: true, same: true });
  await inTransaction(pool, (client) => deleteEvents(client, first.slice(0, 150)));
  await refresh();
  expect(await compare()).toEqual({ settled: true, same: true });
  await storeEvents(pool, lastDays(300, 1));
  await refresh();
  expect(await compare()).toEqual({ settled: true, same: true });
});

test('an hour whose last row is deleted disappears from the rollups', async () => {
  const events = lastDays(30);
  await storeEvents(pool, events);
  await refresh();
  const hour = Math.floor(events[0]!.time / HOUR);
  await inTransaction(pool, (client) =>
    deleteEvents(
      client,
      events.filter(({ time }) => Math.floor(time / HOUR) === hour)
    )
  );
  await expectExact(pool);
  await refresh();
  await expectExact(pool);
});

test('the newest two hours are not taken in, and changes to them need no mark', async () => {
  await storeEvents(pool, randomEvents(50, now() - 3 * HOUR, now(), ++seed));
  await refresh();
  const { rows } = await pool.query<{ fresh: boolean }>(
    `SELECT coalesce(max(bucket) < date_trunc('hour', now(), 'UTC') - interval '1 hour', true) AS fresh
     FROM public.usage_1h_rollup WHERE bucket < _timescaledb_functions.to_timestamp(_timescaledb_functions.cagg_watermark(
       (SELECT mat_hypertable_id FROM _timescaledb_catalog.continuous_agg WHERE user_view_name = 'usage_1h_rollup')))`
  );
  expect(rows).toEqual([{ fresh: true }]);
  await storeEvents(pool, randomEvents(20, now() - HOUR / 4, now(), ++seed));
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
});

test('a change between the refresh and the removal of its mark keeps the mark', async () => {
  await storeEvents(pool, lastDays(100));
  await refresh();
  const late = randomEvents(2, now() - 30 * HOUR, now() - 30 * HOUR + 1, ++seed);
  await storeEvents(pool, late.slice(0, 1));
  const before = interrupted(
    pool,
    /DELETE FROM public.rollup_dirty/,
    async () => void (await storeEvents(pool, late.slice(1)))
  );
  expect(await refresh(before)).toEqual({ ran: true, hours: 0 });
  expect(await dirtyHours(pool)).toBe(1);
  await expectExact(pool);
  expect(await refresh()).toEqual({ ran: true, hours: 1 });
  await expectExact(pool);
});

test('a transaction that is open during a refresh has its rows counted as soon as it commits', async () => {
  await storeEvents(pool, lastDays(100));
  await refresh();
  const late = randomEvents(2, now() - 30 * HOUR, now() - 30 * HOUR + 1, ++seed);
  await storeEvents(pool, late.slice(0, 1));
  // The embedded engine runs one transaction at a time; there the refresh simply comes after the commit.
  let refreshed: Promise<unknown> = Promise.resolve();
  await inTransaction(pool, async (client) => {
    await writeEvents(client, late.slice(1));
    refreshed = refresh();
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  await expectExact(pool);
  await refreshed;
  await expectExact(pool);
  await refresh();
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
});

/** The pool, with something done right before its first statement that looks so. */
function interrupted(on: Pool, statement: RegExp, action: () => Promise<void>): Pool {
  let done = false;
  const client = (inner: PoolClient): PoolClient =>
    new Proxy(inner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'query') {
          return async (text: string, values?: unknown[]) => {
            if (!done && statement.test(text)) {
              done = true;
              await action();
            }
            return target.query(text, values);
          };
        }
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return new Proxy(on, {
    get: (target, name) =>
      name === 'connect' ? () => target.connect().then(client) : (Reflect.get(target, name) as unknown),
  });
}

test('no snapshot ever shows a difference while writers and the refresher are at work', async () => {
  await storeEvents(pool, lastDays(200, 2));
  await refresh();
  const end = Date.now() + 6_000;
  const seen = { reads: 0, missing: 0, surplus: 0 };
  const repeat = async (work: () => Promise<unknown>) => {
    while (Date.now() < end || seen.reads <= 3) {
      await work();
    }
  };
  const removable: Array<{ time: number; event_id: string }> = [];
  await Promise.all([
    repeat(async () => {
      const events = lastDays(30, 2);
      await storeEvents(pool, events);
      removable.push(...events.slice(0, 10));
    }),
    repeat(() => inTransaction(pool, (client) => deleteEvents(client, removable.splice(0, 10)))),
    repeat(() => refresh()),
    repeat(async () => {
      const { missing, surplus } = await differences(pool, ROLLUPS[seen.reads % ROLLUPS.length]!);
      seen.reads++;
      seen.missing += missing;
      seen.surplus += surplus;
    }),
  ]);
  expect(seen).toEqual({ reads: seen.reads, missing: 0, surplus: 0 });
  expect(seen.reads).toBeGreaterThan(3);
  await refresh();
  await refresh();
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
}, 600_000);

test('with nothing dirty a view costs no more than its rollup', async () => {
  await storeEvents(pool, lastDays(100));
  await refresh();
  for (const { name } of ROLLUPS) {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT sum(calls) FROM public.${name} WHERE bucket < now() - interval '2 days'`
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Function Scan on \w*usage_of_\w+ fresh \(never executed\)/);
    // Of the raw rows only those are looked at that no rollup has taken in yet: today's, and yesterday's after midnight.
    expect(new Set(plan.match(/_hyper_1_\d+_chunk\b/g)).size).toBeLessThanOrEqual(2);
  }
});

test('an hour is left alone until it is quiet, but not for ever', async () => {
  await storeEvents(pool, lastDays(50));
  expect((await refreshRollups(pool, { quietMs: 60_000, maxWaitMs: 60_000 })).hours).toBe(0);
  expect((await refreshRollups(pool, { quietMs: 60_000, maxWaitMs: 0 })).hours).toBeGreaterThan(0);
});

test('an hour in which something changes all the time is not refreshed all the time', async () => {
  await storeEvents(pool, lastDays(20));
  await refresh();
  const late = randomEvents(2, now() - 30 * HOUR, now() - 30 * HOUR + 1, ++seed);
  await storeEvents(pool, late.slice(0, 1));
  await pool.query(`UPDATE public.rollup_dirty SET first_marked_at = now() - interval '1 hour'`);
  await refresh(
    interrupted(pool, /DELETE FROM public.rollup_dirty/, async () => void (await storeEvents(pool, late.slice(1))))
  );
  expect((await refreshRollups(pool, { quietMs: 60_000, maxWaitMs: 60_000 })).hours).toBe(0);
  expect(await dirtyHours(pool)).toBe(1);
});

test('one refresher at a time', async () => {
  await storeEvents(pool, lastDays(50));
  const results = await Promise.all([refresh(), refresh(), refresh()]);
  expect(results.map(({ ran }) => ran).sort()).toEqual([false, false, true]);
});

test('a sum beyond int64 stops at the largest value and fails nothing', async () => {
  const huge = (index: number) => {
    const [event] = randomEvents(1, now() - 2 * DAY, now() - 2 * DAY + 1, 4_711);
    return {
      ...event!,
      event_id: `00000000-0000-4000-8000-00000000000${index}`,
      reported_cost: 2n ** 62n,
      input_tokens: 1,
    };
  };
  await storeEvents(pool, [huge(1), huge(2), huge(3)]);
  const read = async () =>
    (
      await pool.query<{ reported_cost: bigint; input_tokens: bigint }>(
        'SELECT reported_cost, input_tokens FROM public.usage_1d'
      )
    ).rows;
  const expected = [{ reported_cost: 2n ** 63n - 1n, input_tokens: 3n }];
  expect(await read()).toEqual(expected);
  await refresh();
  expect(await read()).toEqual(expected);
});

test('what is old is compressed, and again after a late event; the sums stay right', async () => {
  const old = randomEvents(200, now() - 40 * DAY, now() - 20 * DAY, ++seed);
  await storeEvents(pool, old);
  await refresh();
  expect(await compressRollups(pool)).toBeGreaterThanOrEqual(ROLLUPS.length);
  expect(await compressRollups(pool)).toBe(0);
  await expectExact(pool);
  await storeEvents(pool, randomEvents(3, now() - 30 * DAY, now() - 29 * DAY, ++seed));
  await refresh();
  await expectExact(pool);
  expect(await compressRollups(pool)).toBeGreaterThan(0);
  expect(await compressRollups(pool)).toBe(0);
  await expectExact(pool);
});

test('days are compressed as soon as they are over, and late events find their way in', async () => {
  await storeEvents(pool, randomEvents(300, now() - 5 * DAY, now(), ++seed));
  await refresh();
  const compressed = async (rollup: string) =>
    (
      await pool.query<{ compressed: boolean }>(
        `SELECT bool_and(is_compressed) AS compressed FROM timescaledb_information.chunks
         WHERE hypertable_name = (SELECT materialization_hypertable_name
           FROM timescaledb_information.continuous_aggregates WHERE view_name = $1) AND range_end > now() - interval '2 days'`,
        [rollup]
      )
    ).rows[0]!.compressed;
  await compressRollups(pool);
  expect(await compressed('usage_user_1d_rollup')).toBe(true);
  const late = randomEvents(20, now() - 3 * DAY, now() - 3 * HOUR, ++seed);
  await storeEvents(pool, late);
  await expectExact(pool);
  await refresh();
  await expectExact(pool);
  expect(await compressRollups(pool)).toBeGreaterThan(0);
  await inTransaction(pool, (client) => deleteEvents(client, late));
  await expectExact(pool);
  await refresh();
  expect(await dirtyHours(pool)).toBe(0);
  await expectExact(pool);
});
