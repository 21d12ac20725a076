import type { Pool } from 'pg';
import { Recent } from './recent';
import type { Ask } from './request';
import { columnsOf } from './statements';

const reserving = (id: string) =>
  columnsOf([
    {
      id,
      ask: { tenant: 'acme', requestId: id, input: {}, estimate: 1n } as unknown as Ask,
      counters: ['1'],
      expires: new Date(0),
    },
  ]);

/** A database that takes what is restored, or fails. */
function database() {
  const restored: string[] = [];
  let failures = 0;
  const query = (text: string, [ids]: string[] = []): Promise<object> => {
    if (text.includes('restore_reservations')) {
      if (failures-- > 0) {
        return Promise.reject(new Error('Connection terminated unexpectedly'));
      }
      restored.push(ids!);
    }
    return Promise.resolve({ rows: [] });
  };
  const pool = { connect: () => Promise.resolve({ query, release: () => undefined }) } as unknown as Pool;
  return { pool, restored, fail: (times: number) => (failures = times) };
}

test('what was reserved within two seconds is restored when a connection was lost, once', async () => {
  const { pool, restored } = database();
  let now = 0;
  const recent = new Recent(pool, () => now);
  for (const [id, at] of [
    ['a', 0],
    ['b', 1_000],
    ['c', 2_500],
  ] as const) {
    now = at;
    recent.add(reserving(id));
  }
  await recent.settled();
  expect(restored).toEqual([]);
  // However long ago: from then on the database may have been away.
  now = 60_000;
  recent.doubt();
  await Promise.all([recent.settled(), recent.settled()]);
  await recent.settled();
  expect(restored).toEqual(['{b,c}']);
});

test('a database that is still away is asked again', async () => {
  const { pool, restored, fail } = database();
  const recent = new Recent(pool);
  recent.add(reserving('a'));
  recent.doubt();
  fail(1);
  await expect(recent.settled()).rejects.toThrow('Connection terminated');
  await recent.settled();
  expect(restored).toEqual(['{a}']);
});

test('nothing is in doubt before anything was reserved, and what is done with is given up', async () => {
  const { pool, restored } = database();
  let now = 0;
  const recent = new Recent(pool, () => now);
  recent.doubt();
  await recent.settled();
  for (; now <= 5_000; now++) {
    recent.add(reserving(String(now)));
  }
  recent.doubt();
  await recent.settled();
  expect(restored.map((ids) => ids.split(',').length)).toEqual([2_001]);
});
