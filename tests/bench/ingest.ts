import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { createPool } from '../../backend/storage/pool';
import { type CollectorProcess, startCollector } from '../integration/collectorProcess';
import { testDatabase } from '../integration/database';
import { tracesBody } from './ingest/spans';
import { type Sender, startSender } from './ingest/senderProcess';
import { TwinTable } from './ingest/twin';
import { median, percentile } from './statistics';

/** Spans in one request, and requests at a time: a few busy SDKs or one OpenTelemetry Collector. */
const SPANS = 500;
const CONCURRENCY = 8;
const ROUNDS = Number(process.env.LLMCOST_BENCH_ROUNDS ?? 5);
const REQUESTS = { native: 120, embedded: 60 } as const;
const PACED_SECONDS = 15;

type Engine = keyof typeof REQUESTS;

interface Setup {
  readonly engine: Engine;
  readonly collector: CollectorProcess;
  readonly pool: Pool;
  readonly sender: Sender;
  readonly twin: TwinTable;
}

/** Rows per second. */
interface Round {
  readonly ours: number;
  readonly psql: number;
}

/**
 * The whole way from an OTLP/HTTP protobuf request of another process to priced, deduplicated, committed rows, against
 * psql's `\copy` of the rows that came of it into a table alike in the same database, in turns. The engine is the server of
 * LLMCOST_BENCH_DATABASE_URL (a superuser; a database of its own is made and removed), else the embedded one.
 */
export async function run(): Promise<string> {
  const native = process.env.LLMCOST_BENCH_DATABASE_URL;
  const engine: Engine = native ? 'native' : 'embedded';
  const database = await testDatabase(native);
  const collector = await startCollector({ env: { DATABASE_URL: database.url, LLMCOST_CATALOGUE: '' } });
  const pool = createPool({ url: database.url, name: 'bench', statementTimeoutMs: 0 });
  const sender = startSender();
  const lines = [
    '| Database | Body | rows/s | psql COPY rows/s | ratio | p50, p99 answer at half rate | collector memory |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  ];
  try {
    const twin = await TwinTable.make(pool, database.url);
    for (const gzip of [false, true]) {
      lines.push(await measure({ engine, collector, pool, sender, twin }, gzip));
    }
    twin.close();
  } finally {
    sender.stop();
    await collector.stop();
    await pool.end();
    await database.close();
  }
  return lines.join('\n');
}

/** One line of the table. */
async function measure(setup: Setup, gzip: boolean): Promise<string> {
  const rounds: Round[] = [];
  await burst(setup, gzip);
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push(await burst(setup, gzip));
  }
  const ours = median(rounds.map((round) => round.ours));
  const psql = median(rounds.map((round) => round.psql));
  const ratio = median(rounds.map((round) => round.ours / round.psql));
  const paced = await pace(setup, gzip, ours / 2);
  return `| ${[
    setup.engine,
    gzip ? 'gzip' : 'plain',
    Math.round(ours),
    Math.round(psql),
    ratio.toFixed(2),
    `${percentile(paced.latencies, 0.5).toFixed(0)}, ${percentile(paced.latencies, 0.99).toFixed(0)} ms`,
    paced.memory.map((mib) => `${mib} MiB`).join(' → '),
  ].join(' | ')} |`;
}

async function burst(setup: Setup, gzip: boolean): Promise<Round> {
  const { engine, collector, pool, sender, twin } = setup;
  await pool.query('TRUNCATE public.usage_events');
  await sender.prepare(REQUESTS[engine], SPANS, gzip);
  const sent = await sender.burst(`${collector.base}/v1/traces`, CONCURRENCY);
  await expectRows(pool, sent.calls);
  const round = { ours: sent.calls / sent.seconds, psql: sent.calls / (await twin.copy(sent.calls)) };
  process.stderr.write(
    `${engine}: ${Math.round(round.ours)} rows/s of ${sent.spans} spans, psql ${Math.round(round.psql)} rows/s, ` +
      `p99 ${percentile(sent.latencies, 0.99).toFixed(0)} ms, ${memory(collector.pid)} MiB\n`
  );
  return round;
}

/** Requests at an even rate that doesn't wait for answers. */
async function pace(setup: Setup, gzip: boolean, rowsPerSecond: number) {
  const { engine, collector, pool, sender } = setup;
  await pool.query('TRUNCATE public.usage_events');
  const used: number[] = [memory(collector.pid)];
  const latencies: number[] = [];
  const { calls } = tracesBody(SPANS);
  const everyMs = (calls * 1000) / rowsPerSecond;
  for (let ms = 0; ms < PACED_SECONDS * 1000; ms += REQUESTS[engine] * everyMs) {
    await sender.prepare(REQUESTS[engine], SPANS, gzip);
    latencies.push(...(await sender.pace(`${collector.base}/v1/traces`, everyMs)).latencies);
    used.push(memory(collector.pid));
  }
  return { latencies, memory: used };
}

async function expectRows(pool: Pool, calls: number): Promise<void> {
  const { rows } = await pool.query<{ stored: number; priced: number }>(
    'SELECT count(*)::int AS stored, count(total_cost)::int AS priced FROM public.usage_events'
  );
  const { stored, priced } = rows[0]!;
  if (stored !== calls || priced !== calls) {
    throw new Error(`${calls} calls were sent, ${stored} stored and ${priced} priced`);
  }
}

/** MiB that a process holds in memory. */
function memory(pid: number): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(pages) / 1024);
}
