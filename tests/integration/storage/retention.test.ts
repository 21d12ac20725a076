import { oldestAcceptedTime, setRetention } from '../../../backend/storage/maintenance';
import { refreshRollups } from '../../../backend/storage/rollups';
import { storeEvents } from '../../../backend/storage/writer';
import { ROLLUPS } from '../../../src/query/rollups';
import { DAY, now, openStorage, randomEvents, type Storage } from './support';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());

test('rollups stay when rows are dropped, and rows for dropped days are refused', async () => {
  const { pool } = storage;
  await storeEvents(pool, randomEvents(300, now() - 20 * DAY, now(), 1));
  await refreshRollups(pool, { quietMs: 0 });
  const total = async (relation: string, sum: string) =>
    (await pool.query<{ calls: number }>(`SELECT ${sum}::int AS calls FROM public.${relation}`)).rows[0]!.calls;
  await setRetention(pool, 7);
  await setRetention(pool, 7);
  const { rows } = await pool.query<{ job_id: number }>(
    `SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention' AND hypertable_name = 'usage_events'`
  );
  await pool.query(`CALL run_job(${rows[0]!.job_id})`);
  expect(await total('usage_events', 'count(*)')).toBeLessThan(300);

  for (const { name } of ROLLUPS) {
    expect([name, await total(name, 'sum(calls)')]).toEqual([name, 300]);
  }
  const oldest = (await oldestAcceptedTime(pool))!;
  expect(Math.abs(oldest - (Date.now() - 7 * 86_400_000))).toBeLessThan(60_000);
  const old = randomEvents(1, now() - 9 * DAY, now() - 8 * DAY, 2);
  await expect(storeEvents(pool, old)).rejects.toThrow(/no longer kept/);

  await storeEvents(pool, randomEvents(40, now() - 6 * DAY, now(), 3));
  await refreshRollups(pool, { quietMs: 0 });
  for (const { name } of ROLLUPS) {
    expect([name, await total(name, 'sum(calls)')]).toEqual([name, 340]);
  }
});

test('can be changed and switched off', async () => {
  const { pool } = storage;
  await setRetention(pool, 7);
  await setRetention(pool, 90);
  const oldest = (await oldestAcceptedTime(pool))!;
  expect(Math.round((Date.now() - oldest) / 86_400_000)).toBe(90);
  await setRetention(pool, null);
  expect(await oldestAcceptedTime(pool)).toBeNull();
  await expect(setRetention(pool, 0.5)).rejects.toThrow(RangeError);
});
