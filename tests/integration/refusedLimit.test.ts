import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import pino from 'pino';
import { usageEvent } from '../../backend/events/usageEvent';
import { eventId } from '../../backend/normalize/eventId';
import { createMetrics } from '../../backend/observe';
import { Ingest, type Report } from '../../backend/pipeline/ingest';
import { PriceBook } from '../../backend/pricing/book';
import { parsePriceRow } from '../../backend/pricing/priceRow';
import { Spool } from '../../backend/spool/spool';
import { createPool } from '../../backend/storage/pool';
import { MAX_REFUSED } from '../../backend/storage/refusedEvents';
import { openStorage, type Storage } from './storage/support';
import { until } from './until';

/** A price at which a call of many tokens is beyond what an amount can be. */
function dearBook(): PriceBook {
  const parsed = parsePriceRow({ provider: 'p', model: 'm', input: '1000000' });
  if (!parsed.ok) {
    throw new Error('the row is not right');
  }
  return PriceBook.from([{ ...parsed.row, price_id: 'dear', version: 1, origin: 'override' }]);
}

function report(name: string, input_tokens: number): Report {
  const event = usageEvent({ event_id: eventId(name), time: Date.now() * 1000, source: 'test', tenant: 'acme' });
  return {
    kind: 'call',
    undated: false,
    candidate: {
      event: { ...event, provider: 'p', model: 'm', input_tokens },
      signal: 'event',
      instrumentation: 'test',
      start: event.time,
      parentSpanId: '',
      explicit: true,
      callIds: [],
      weak: [],
    },
  };
}
const bad = (name: string) => report(name, Number.MAX_SAFE_INTEGER);

let storage: Storage;
let pool: Pool;
let folder: string;
let spool: Spool<readonly Report[]>;
let ingest: Ingest;
const log: string[] = [];
beforeAll(async () => {
  storage = await openStorage();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-refused-limit-'));
  spool = await Spool.open({ dir: folder, maxBytes: 1 << 20 });
  const book = dearBook();
  pool = createPool({ url: storage.url, name: 'ingest', pipeline: true });
  ingest = new Ingest({
    pool,
    log: pino({ level: 'error' }, { write: (line: string) => void log.push(line) }),
    spool,
    metrics: createMetrics(),
    book: () => Promise.resolve(book),
  });
});
afterAll(async () => {
  await ingest.close();
  await pool.end();
  await storage.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => storage.pool.query('TRUNCATE public.refused_events'));

const count = async (table: string) =>
  (await storage.pool.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM public.${table}`)).rows[0]!.rows;

it('what comes from nobody who could be told is kept when it is refused', async () => {
  await ingest.submitUntold([bad('untold'), report('told', 1)]);
  expect([await count('refused_events'), await count('usage_events')]).toEqual([1, 1]);
});

it('with no room left the spool waits, says so once, and goes on when there is room', async () => {
  await storage.pool.query(
    `INSERT INTO public.refused_events (refused_id, reason, report)
     SELECT gen_random_uuid(), 'filled by the test', '' FROM generate_series(1, $1)`,
    [MAX_REFUSED]
  );
  log.length = 0;
  await spool.append([bad('one too many'), report('its neighbour', 1)]);
  await until(() => log.some((line) => line.includes('10000 refused events are kept and no more fit')));
  expect([spool.empty, await count('refused_events')]).toEqual([false, MAX_REFUSED]);

  await ingest.refused.discard({ tenant: null, ids: null });
  await until(() => spool.empty);
  expect([await count('refused_events'), await count('usage_events')]).toEqual([1, 2]);
  expect(log.filter((line) => line.includes('no more fit'))).toHaveLength(1);
});
