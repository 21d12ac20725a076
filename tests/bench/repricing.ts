import type { Pool } from 'pg';
import { PriceBook } from '../../backend/pricing/book';
import { loadCatalogue } from '../../backend/pricing/catalogue';
import { reprice } from '../../backend/repricing/reprice';
import { migrate } from '../../backend/storage/migrate';
import { createPool } from '../../backend/storage/pool';
import { refreshRollups } from '../../backend/storage/rollups';
import { storeEvents } from '../../backend/storage/writer';
import { testDatabase } from '../integration/database';
import { events } from './events';

/** Events that all get another price, over two days that are not compressed yet. */
const EVENTS = 100_000;
const BATCH = 5_000;
const DAY_US = 86_400_000_000;

/**
 * Repricing with its audit (old amounts kept, touched hours marked), against the least that the database can do: one
 * UPDATE that writes the same columns of the same rows. The engine is the server of LLMCOST_BENCH_DATABASE_URL, else the
 * embedded one.
 */
export async function run(): Promise<string> {
  const native = process.env.LLMCOST_BENCH_DATABASE_URL;
  const database = await testDatabase(native);
  const pool = createPool({ url: database.url, name: 'bench', statementTimeoutMs: 0 });
  try {
    await migrate(pool);
    const to = Math.floor(Date.now() / 3_600_000) * 3_600_000_000;
    await fill(pool, to);
    const range = { from: (to - 2 * DAY_US) / 1000, to: to / 1000, filters: [] };
    const order = { ...range, by: 'bench', why: 'bench' };
    const book = PriceBook.from(loadCatalogue());
    const dry = await seconds(() => reprice(pool, book, { ...order, dryRun: true }));
    let changed = 0;
    const wet = await seconds(async () => {
      changed = (await reprice(pool, book, { ...order, dryRun: false })).changed;
    });
    const update = await seconds(() => pool.query(UPDATE));
    const rollups = await seconds(() => refreshRollups(pool));
    const perMinute = (time: number) => `${((EVENTS * 60) / time / 1e6).toFixed(2)} M`;
    return [
      `| ${native ? 'Native' : 'Embedded'}, ${EVENTS.toLocaleString('en')} events | events/min | of the bare UPDATE |`,
      '| --- | ---: | ---: |',
      `| one UPDATE of the same columns | ${perMinute(update)} | 1 |`,
      `| dry run | ${perMinute(dry)} | ${(update / dry).toFixed(2)} |`,
      `| repricing, ${changed.toLocaleString('en')} changed | ${perMinute(wet)} | ${(update / wet).toFixed(2)} |`,
      '',
      `Rollups right again after ${rollups.toFixed(1)} s.`,
    ].join('\n');
  } finally {
    await pool.end();
    await database.close();
  }
}

async function fill(pool: Pool, to: number): Promise<void> {
  const rows = [...events(EVENTS, to - 2 * DAY_US, to)];
  for (let at = 0; at < rows.length; at += BATCH) {
    await storeEvents(pool, rows.slice(at, at + BATCH));
  }
  await refreshRollups(pool);
}

const UPDATE = `UPDATE public.usage_events SET price_id = price_id || '.', price_version = price_version + 1,
  unpriced_reason = NULL, input_cost = input_cost + 0, cache_read_cost = cache_read_cost + 0,
  cache_write_cost = cache_write_cost + 0, output_cost = output_cost + 0, reasoning_cost = reasoning_cost + 0,
  other_cost = other_cost + 0, total_cost = total_cost + 0, cache_savings = cache_savings + 0, priced_at = now()
  WHERE total_cost IS NOT NULL`;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
