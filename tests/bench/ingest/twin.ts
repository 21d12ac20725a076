import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { EVENT_COLUMNS } from '../../../backend/storage/eventColumns';

const COLUMNS = EVENT_COLUMNS.map(({ name }) => name).join(', ');

/** Runs psql on a script and gives what it printed. */
function psql(url: string, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let problem = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (problem += data.toString()));
    child.once('error', (error) => reject(new Error(`psql is needed for the comparison: ${error.message}`)));
    child.once('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`psql: ${problem}`))));
    child.stdin.end(script);
  });
}

/** A table like `usage_events`, with the same columns, check, index and chunks, that psql fills with the same rows. */
export class TwinTable {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'llmcost-bench-'));

  private constructor(
    private readonly pool: Pool,
    private readonly url: string
  ) {}

  static async make(pool: Pool, url: string): Promise<TwinTable> {
    await pool.query('CREATE TABLE public.usage_events_twin (LIKE public.usage_events INCLUDING ALL)');
    await pool.query(
      `SELECT create_hypertable('public.usage_events_twin', 'time', chunk_time_interval => interval '1 day', create_default_indexes => false)`
    );
    return new TwinTable(pool, url);
  }

  /** Empties it, copies the rows of `usage_events` into it by psql's `\copy`, and says how long that took, in seconds. */
  async copy(rows: number): Promise<number> {
    const file = path.join(this.folder, 'rows.txt');
    await psql(this.url, `\\copy (SELECT ${COLUMNS} FROM public.usage_events ORDER BY time, event_id) TO '${file}'\n`);
    await this.pool.query('TRUNCATE public.usage_events_twin');
    const output = await psql(this.url, `\\timing on\n\\copy public.usage_events_twin (${COLUMNS}) FROM '${file}'\n`);
    const { rows: found } = await this.pool.query<{ stored: number }>(
      'SELECT count(*)::int AS stored FROM public.usage_events_twin'
    );
    const time = /Time: ([\d.]+) ms/.exec(output)?.[1];
    if (found[0]?.stored !== rows || time === undefined) {
      throw new Error(`psql copied ${found[0]?.stored} of ${rows} rows: ${output}`);
    }
    return Number(time) / 1000;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
