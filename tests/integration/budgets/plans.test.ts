import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { inTransaction } from '../../../backend/storage/transaction';
import { openStorage, type Storage } from '../storage/support';
import { make } from './support';

let storage: Storage;

beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());

/** How often this transaction's session has read the tables of decisions from end to end. */
async function wholeReads(client: PoolClient): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT relname, seq_scan FROM pg_stat_xact_user_tables
     WHERE relname IN ('reservations', 'budget_counters', 'approvals') ORDER BY relname`
  );
  return rows;
}

async function decideAndSpend(client: PoolClient, version: bigint, budgetId: string, run: string): Promise<void> {
  const [reservation, request] = [randomUUID(), randomUUID()];
  const { rows } = await client.query<{ state: { counters: Array<{ counter_id: string }> } }>(
    'SELECT public.begin_decisions($1::bigint, $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[]) AS state',
    [String(version), [budgetId], ['-infinity'], [run], ['acme'], [request]]
  );
  const held = `{${rows[0]!.state.counters[0]!.counter_id}}`;
  const expires = new Date(Date.now() + 60_000).toISOString();
  await client.query(
    `SELECT public.reserve_calls($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::numeric[],
       $7::timestamptz[])`,
    [[reservation], ['acme'], [request], ['{}'], [held], ['1'], [expires]]
  );
  await client.query(
    `SELECT public.apply_spend($1::uuid[], $2::timestamptz[], $3::text[], $4::numeric[], $5::bigint[], $6::bigint[],
       $7::uuid[])`,
    [[budgetId], ['-infinity'], [run], ['1'], ['1'], ['0'], [reservation]]
  );
}

async function reserveAtOnce(client: PoolClient, version: bigint, budgetId: string, run: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT * FROM public.reserve_within($1::bigint,
       (SELECT array_agg(counter_id) FROM public.budget_counters WHERE budget_id = $2
         AND window_start = '-infinity' AND run_id = $3),
       '{1}', '{100}', '{100}', ARRAY[$4::uuid], '{acme}', ARRAY[$5], ARRAY['{}'::jsonb], ARRAY['{}'], '{1}', ARRAY[now()])`,
    [String(version), budgetId, run, randomUUID(), randomUUID()]
  );
  expect(rows).toHaveLength(1);
}

test('decisions and spending find their rows by key, also with plans from when the tables were empty', async () => {
  const { budget_id: id } = await make(storage.pool, { period: 'run', hard: true });
  await inTransaction(storage.pool, async (client) => {
    const { rows } = await client.query<{ version: bigint }>('SELECT version FROM public.budget_book');
    const before = await wholeReads(client);
    for (let run = 0; run < 12; run++) {
      await decideAndSpend(client, rows[0]!.version, id, `run-${run}`);
      await reserveAtOnce(client, rows[0]!.version, id, `run-${run}`);
    }
    expect(await wholeReads(client)).toEqual(before);
  });
});
