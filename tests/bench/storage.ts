import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PricedEvent } from '../../backend/events/usageEvent';
import { EventBatcher } from '../../backend/storage/batcher';
import { EVENT_COLUMNS } from '../../backend/storage/eventColumns';
import { migrate } from '../../backend/storage/migrate';
import { createPool } from '../../backend/storage/pool';
import { writeEvents } from '../../backend/storage/writer';
import { copyText } from './copyText';
import { testDatabase } from '../integration/database';
import { events } from './events';

/** What storage takes in, against PostgreSQL's own COPY of the same rows in the same run. */
export interface IngestFigures {
  readonly database: 'native' | 'embedded';
  readonly events: number;
  /** Events per second, the best of the rounds. */
  readonly copy: number;
  readonly batcher: number;
  /** batcher / copy */
  readonly ratio: number;
}

const ROUNDS = 3;
/** Events in one request, and requests at a time. */
const REQUEST = 200;
const CONCURRENCY = 64;
const PIECE = 500;

/**
 * Writes the same events through one COPY (already encoded, sorted, nothing checked: the ceiling) and through batcher and
 * writer (from objects, in small concurrent requests, each acknowledged after its commit), in turns. Uses the server of
 * LLMCOST_BENCH_DATABASE_URL (a superuser; a database of its own is made and removed), else the embedded engine.
 */
export async function run(): Promise<IngestFigures> {
  const native = process.env.LLMCOST_BENCH_DATABASE_URL;
  const database = await testDatabase(native);
  const pool = createPool({ url: database.url, name: 'bench' });
  try {
    await migrate(pool);
    const figures = await measure(pool, native ? 'native' : 'embedded');
    process.stdout.write(
      `storage (${figures.database}): COPY ${figures.copy} events/s, batcher and writer ${figures.batcher} events/s, ` +
        `ratio ${figures.ratio}\n`
    );
    return figures;
  } finally {
    await pool.end();
    await database.close();
  }
}

async function measure(pool: Pool, database: IngestFigures['database']): Promise<IngestFigures> {
  const now = Date.now() * 1000;
  const rows = [...events(database === 'native' ? 100_000 : 40_000, now - 3_600_000_000, now)];
  const text = pieces(rows).map((piece) => copyText(piece));
  const best = { copy: 0, batcher: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    best.copy = Math.max(best.copy, await rate(pool, rows.length, () => copy(pool, text)));
    best.batcher = Math.max(best.batcher, await rate(pool, rows.length, () => submit(pool, rows, database)));
  }
  return {
    database,
    events: rows.length,
    copy: Math.round(best.copy),
    batcher: Math.round(best.batcher),
    ratio: Math.round((best.batcher / best.copy) * 1000) / 1000,
  };
}

/** Events per second of `work`, on an empty table. */
async function rate(pool: Pool, count: number, work: () => Promise<void>): Promise<number> {
  await pool.query('TRUNCATE public.usage_events');
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { rows } = await pool.query<{ stored: number }>('SELECT count(*)::int AS stored FROM public.usage_events');
  if (rows[0]?.stored !== count) {
    throw new Error(`${count} events were sent and ${rows[0]?.stored} stored`);
  }
  return count / seconds;
}

const pieces = (rows: readonly PricedEvent[]): PricedEvent[][] =>
  Array.from({ length: Math.ceil(rows.length / PIECE) }, (_, index) => rows.slice(index * PIECE, (index + 1) * PIECE));

async function copy(pool: Pool, text: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    const columns = EVENT_COLUMNS.map(({ name }) => name).join(', ');
    await pipeline(Readable.from(text), client.query(copyFrom(`COPY public.usage_events (${columns}) FROM STDIN`)));
  } finally {
    client.release();
  }
}

async function submit(pool: Pool, rows: readonly PricedEvent[], database: IngestFigures['database']): Promise<void> {
  const batcher = new EventBatcher<PricedEvent, boolean>({
    pool,
    writers: database === 'native' ? 2 : 1,
    process: async (client, items) => (await writeEvents(client, items)).inserted,
  });
  let next = 0;
  const sender = async () => {
    while (next < rows.length) {
      const request = rows.slice(next, (next += REQUEST));
      const results = await batcher.submit(request);
      if (results.some((result) => result.status === 'rejected' || !result.value)) {
        throw new Error('an event was not stored');
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  await batcher.close();
}
