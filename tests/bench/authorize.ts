import type { Pool } from 'pg';
import { rebuildBudgets } from '../../backend/budgets/manage';
import { createPool } from '../../backend/storage/pool';
import { type CollectorProcess, startCollector } from '../integration/collectorProcess';
import { testDatabase } from '../integration/database';
import { makeBareRows, soon } from './authorize/bare';
import type { Asked } from './authorize/callers';
import { type Callers, startCallers } from './authorize/callersProcess';
import { bareUpdates } from './authorize/updates';
import { watchLimits } from './authorize/watch';
import { median, percentile } from './statistics';

/** Concurrent callers, and decisions of one burst. */
const CALLERS = 64;
const BURST = 15_000;
const ROUNDS = Number(process.env.LLMCOST_BENCH_ROUNDS ?? 3);
const PER_SECOND = 1_000;
/** Ours and bare UPDATEs in turns, so many times so long: the disk's speed changes within minutes. */
const PACE_TURNS = 5;
const PACED_SECONDS = 10;
const RACE = Number(process.env.LLMCOST_BENCH_DECISIONS ?? 100_000);
/** Longest that leases of forgotten calls may take to end after a race. */
const LEASES_MS = 180_000;

/** All hard: the organization's, some agents', each run's. The race's don't suffice for what is asked. */
const budgets = (share: number) => [
  { name: 'organization', period: 'month', amount: String(1_500 * share) },
  { name: 'agents', period: 'day', amount: String(500 * share), scope: { agent: ['agent-1', 'agent-2', 'agent-3'] } },
  { name: 'runs', period: 'run', amount: String(4 * share) },
];

interface Setup {
  readonly collectors: readonly CollectorProcess[];
  readonly pool: Pool;
  readonly callers: Callers;
}

const urlsOf = ({ collectors }: Setup): string[] => collectors.map(({ base }) => base);
const rate = ({ allowed, denied, seconds }: Asked): number => (allowed + denied) / seconds;

async function post({ call }: CollectorProcess, path: string, body: object): Promise<string> {
  const { status, text } = await call('POST', path, body);
  if (status > 299) {
    throw new Error(`${path} answered ${status}: ${text}`);
  }
  return text;
}

/** Seconds of processor time that a collector has used. */
async function processorTime({ call }: CollectorProcess): Promise<number> {
  const { text } = await call('GET', '/metrics');
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

/**
 * Deciding about calls before they are made, from HTTP request to HTTP answer: how many a second, how long one takes at an
 * even rate, and that nothing is given away twice when many ask at once.
 */
export async function run(): Promise<string> {
  const native = process.env.LLMCOST_BENCH_DATABASE_URL;
  const database = await testDatabase(native);
  const env = { DATABASE_URL: database.url, LLMCOST_CATALOGUE: '' };
  const collectors = [await startCollector({ env }), await startCollector({ env })];
  const pool = createPool({ url: database.url, name: 'bench', statementTimeoutMs: 0 });
  const callers = startCallers();
  const setup = { collectors, pool, callers };
  try {
    const speed = await speedOf(
      { ...setup, collectors: [collectors[0]!] },
      database.url,
      native ? 'native' : 'embedded'
    );
    const raced = await race(setup);
    return `${speed}\n\n${raced}`;
  } finally {
    callers.stop();
    await Promise.all(collectors.map((collector) => collector.stop()));
    await pool.end();
    await database.close();
  }
}

/** ms of answers at an even rate: of decisions, and of the least that is as durable, or waits for the disk. */
async function paces(setup: Setup, database: string) {
  await makeBareRows(setup.pool);
  const { tell } = setup.callers;
  const even = { perSecond: PER_SECOND, seconds: PACED_SECONDS };
  const turns: Array<Record<'ours' | 'bare' | 'synced', readonly number[]>> = [];
  for (let turn = 0; turn < PACE_TURNS; turn++) {
    turns.push({
      ours: (await tell({ kind: 'pace', urls: urlsOf(setup), ...even })).latencies,
      bare: (await tell({ kind: 'bare', database: soon(database), ...even })).latencies,
      synced: (await tell({ kind: 'bare', database, ...even })).latencies,
    });
  }
  return turns;
}

async function speedOf(setup: Setup, database: string, engine: string): Promise<string> {
  const [collector] = setup.collectors as [CollectorProcess];
  const ids: string[] = [];
  for (const budget of budgets(500)) {
    const text = await post(collector, '/v1/budgets', { ...budget, tenant: 'acme', hard: true });
    ids.push((JSON.parse(text) as { id: string }).id);
  }
  const burst = () => setup.callers.tell({ kind: 'burst', urls: urlsOf(setup), callers: CALLERS, decisions: BURST });
  await burst();
  const updating = createPool({ url: soon(database), name: 'bench-updates' });
  const rounds: Array<{ asked: Asked; micros: number; updates: number }> = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await processorTime(collector);
    const asked = await burst();
    const micros = ((await processorTime(collector)) - before) * (1e6 / BURST);
    rounds.push({ asked, micros, updates: await bareUpdates(updating, ids[0]!, CALLERS) });
    process.stderr.write(`${Math.round(rate(asked))} decisions/s, ${Math.round(micros)} µs each of the collector\n`);
  }
  await updating.end();
  const paced = await paces(setup, database);
  const of = (value: (round: (typeof rounds)[number]) => number) => median(rounds.map(value));
  const cells = [
    engine,
    Math.round(of(({ asked }) => rate(asked))),
    Math.round(of(({ micros }) => micros)),
    `${of(({ asked }) => percentile(asked.latencies, 0.5)).toFixed(0)}, ${of(({ asked }) => percentile(asked.latencies, 0.99)).toFixed(0)} ms`,
    Math.round(of(({ updates }) => updates)),
    of(({ asked, updates }) => rate(asked) / updates).toFixed(1),
  ];
  const row = (name: string, which: keyof (typeof paced)[number]) => {
    const middle = (share: number) => median(paced.map((turn) => percentile(turn[which], share))).toFixed(1);
    return `| ${[name, ...[0.5, 0.9, 0.99, 0.999].map(middle)].join(' | ')} |`;
  };
  return [
    '| Database | decisions/s | collector, µs of CPU each | p50, p99 at that rate | bare UPDATEs/s | ratio |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    `| ${cells.join(' | ')} |`,
    '',
    '| ms at an even 1,000/s, median of the turns | p50 | p90 | p99 | p99.9 |',
    '| --- | ---: | ---: | ---: | ---: |',
    row('a decision, over HTTP', 'ours'),
    row('a bare UPDATE by key, of a row of its own', 'bare'),
    row('the same, where the commit waits for the disk', 'synced'),
  ].join('\n');
}

/** 64 callers on two collectors ask for more than there is. @throws Error when a budget is exceeded or money stays reserved. */
async function race(setup: Setup): Promise<string> {
  const { collectors, pool, callers } = setup;
  await pool.query('TRUNCATE public.reservations');
  await pool.query('TRUNCATE public.budgets CASCADE');
  for (const budget of budgets(RACE / 100_000)) {
    await post(collectors[0]!, '/v1/budgets', { ...budget, tenant: 'acme', hard: true, on_unavailable: 'deny' });
  }
  const watch = await watchLimits(pool);
  const asked = await callers.tell({ kind: 'race', urls: urlsOf(setup), callers: CALLERS, decisions: RACE });
  const held = await leased(pool);
  const { highest, exceeded } = await watch.result();
  const corrections = (await rebuildBudgets(pool, null)).flatMap(({ corrections: list }) => list).length;
  const counts = [
    ['decisions by 64 callers on two collectors', RACE],
    ['decisions/s, with settlements and events beside', Math.round(rate(asked))],
    ['allowed', asked.allowed],
    ['denied', asked.denied],
    ['asked again because no answer came in time', asked.unavailable],
    ['settled by call', asked.settled],
    ['settled by their event', asked.reported],
    ['same request again, with another answer', asked.differing],
    ['changes of a counter that exceeded its budget', exceeded],
    ['highest share of a budget that was spent and reserved', `${(highest * 100).toFixed(2)} %`],
    ['reserved, USD, after the last lease', held],
    ['windows of which a sum over the calls is another', corrections],
  ];
  if (exceeded > 0 || Number(held) !== 0 || asked.differing > 0 || corrections > 0) {
    throw new Error(`the race was lost: ${JSON.stringify(counts)}`);
  }
  return ['| Race | |', '| --- | ---: |', ...counts.map(([what, count]) => `| ${what} | ${count} |`)].join('\n');
}

/** Waits for the leases of forgotten calls. @returns what is reserved then, USD. */
async function leased(pool: Pool): Promise<string> {
  const until = Date.now() + LEASES_MS;
  for (;;) {
    const { rows } = await pool.query<{ held: string; open: number }>(
      `SELECT public.usd_text((SELECT coalesce(sum(committed), 0) FROM public.budget_counters)) AS held,
         (SELECT count(*)::int FROM public.reservations WHERE state = 'open') AS open`
    );
    if (rows[0]!.open === 0 || Date.now() > until) {
      return rows[0]!.held;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
