/** What PostgreSQL's background processes do is done here too. */
import { Client } from 'pg';
import type { Embedded } from '../index';
import { freshDataDir, removeDataDir, startTestServer } from '../../../tests/integration/embeddedServer';

let dataDir: string;
let embedded: Embedded;
let client: Client;
const logged: string[] = [];

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir, {
    maintenance: { checkpointMs: 50, jobsMs: 100 },
    log: ({ msg }) => logged.push(msg),
  });
  client = new Client({ connectionString: embedded.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await embedded.close();
  removeDataDir(dataDir);
});

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = await look();
    if (found !== null) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen');
}

test('policies that are due are run: old chunks are compressed, older ones dropped', async () => {
  await client.query('CREATE TABLE metered (time timestamptz NOT NULL, tenant text, v int)');
  await client.query("SELECT create_hypertable('metered', 'time', chunk_time_interval => interval '1 day')");
  await client.query("ALTER TABLE metered SET (timescaledb.compress, timescaledb.compress_segmentby = 'tenant')");
  await client.query("INSERT INTO metered SELECT now() - i * interval '1 hour', 't', i FROM generate_series(0, 239) i");
  await client.query("SELECT add_retention_policy('metered', interval '7 days')");
  await client.query("SELECT add_compression_policy('metered', interval '3 days')");

  const stats = `SELECT j.proc_name AS policy, s.last_run_status AS status, s.total_runs::int AS runs,
                        s.next_start > now() + j.schedule_interval / 2 AS later
                   FROM timescaledb_information.jobs j JOIN timescaledb_information.job_stats s USING (job_id)
                  WHERE j.hypertable_name = 'metered' AND s.total_runs IS NOT NULL ORDER BY 1`;
  const rows = await until(async () => {
    const result = await client.query(stats);
    return result.rowCount === 2 ? result.rows : null;
  });
  expect(rows).toEqual([
    { policy: 'policy_compression', status: 'Success', runs: 1, later: true },
    { policy: 'policy_retention', status: 'Success', runs: 1, later: true },
  ]);
  const chunks = await client.query(
    `SELECT bool_and(is_compressed = (range_end < now() - interval '3 days')) AS right_ones,
            min(range_end) >= now() - interval '7 days' AS dropped, count(*) FILTER (WHERE is_compressed) >= 3 AS some
       FROM timescaledb_information.chunks WHERE hypertable_name = 'metered'`
  );
  expect(chunks.rows).toEqual([{ right_ones: true, dropped: true, some: true }]);
});

test('a policy that fails is named in the log and tried again later', async () => {
  await client.query(
    "SELECT alter_job(job_id, next_start => now()) FROM timescaledb_information.jobs WHERE hypertable_name = 'metered'"
  );
  await client.query(
    `UPDATE _timescaledb_config.bgw_job SET config = '{"hypertable_id": -1, "drop_after": "7 days"}'
      WHERE proc_name = 'policy_retention' AND hypertable_id IS NOT NULL`
  );
  const line = await until(() => Promise.resolve(logged.find((msg) => msg.includes('policy_retention')) ?? null));
  expect(line).toMatch(/^the policy policy_retention \(job \d+\) failed: .*hypertable -1/);
});

test('tables that have grown are analysed, chunks too', async () => {
  await client.query('CREATE TABLE grown AS SELECT i FROM generate_series(1, 20000) i');
  const estimate = (table: string): Promise<number> =>
    until(async () => {
      const { rows } = await client.query<{ n: number }>('SELECT reltuples AS n FROM pg_class WHERE relname = $1', [
        table,
      ]);
      return rows[0] && rows[0].n >= 0 ? rows[0].n : null;
    });
  expect(await estimate('grown')).toBe(20_000);
  const { rows } = await client.query<{ name: string }>(
    "SELECT chunk_name AS name FROM timescaledb_information.chunks WHERE hypertable_name = 'metered' AND NOT is_compressed LIMIT 1"
  );
  expect(await estimate(rows[0]?.name ?? '')).toBeGreaterThan(0);
});

test('checkpoints keep the WAL short', async () => {
  await client.query('CREATE TABLE filler (a text)');
  for (let i = 0; i < 10; i++) {
    await client.query('INSERT INTO filler SELECT repeat(md5(i::text), 8) FROM generate_series(1, 20000) i');
  }
  const wal = 'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), (pg_control_checkpoint()).redo_lsn)::int AS n';
  const length = await until(async () => {
    const { rows } = await client.query<{ n: number }>(wal);
    return rows[0] && rows[0].n < 32 * 1024 * 1024 ? rows[0].n : null;
  });
  const { rows } = await client.query<{ written: boolean }>(
    "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') > 60 * 1024 * 1024 AS written"
  );
  expect(rows).toEqual([{ written: true }]);
  expect(length).toBeLessThan(32 * 1024 * 1024);
});
