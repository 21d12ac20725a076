import { createPool } from '../../backend/storage/pool';
import { filledDatabase } from './query/databases';
import { reports } from './query/liteLlm';
import { panelQueries } from './query/panelQueries';
import { Stopwatch } from './query/stopwatch';
import { takenInUntil } from '../../src/query/segments';
import { GRAIN_MS } from '../../src/query/rollups';
import { sizes } from './query/sizes';
import { median } from './statistics';

const SIZES = (process.env.LLMCOST_BENCH_EVENTS ?? '2000000,20000000').split(',').map(Number);
const DAYS = 30;
const RUNS = Number(process.env.LLMCOST_BENCH_ROUNDS ?? 5);

const tell = (text: string) => void process.stderr.write(`${text}\n`);
const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/**
 * Every query of every panel of the shipped dashboards, each over the range that it opens with, in databases with few and many events of 90 days; and
 * the same reports in LiteLLM's spend tables with the same rows. Needs a native TimescaleDB with a superuser in
 * LLMCOST_BENCH_DATABASE_URL, LLMCOST_BENCH_KEEP=1 leaves its databases there for the next run.
 */
export async function run(): Promise<string> {
  const server = process.env.LLMCOST_BENCH_DATABASE_URL;
  if (!server) {
    throw new Error(
      'the query bench needs LLMCOST_BENCH_DATABASE_URL: a superuser of a TimescaleDB with some 30 GB of room'
    );
  }
  const databases = [];
  for (const events of SIZES) {
    databases.push(await filledDatabase(server, events, tell));
  }
  const watches = await Promise.all(databases.map(({ url }) => Stopwatch.connect(url)));
  try {
    const panels = await panelTable(watches);
    const peers = [];
    for (const [i, watch] of watches.entries()) {
      peers.push(await peerTable(watch, SIZES[i]!));
    }
    return [panels, ...peers, await sizeTable(databases.map(({ url }) => url))].join('\n\n');
  } finally {
    await Promise.all(watches.map((watch) => watch.close()));
    if (process.env.LLMCOST_BENCH_KEEP !== '1') {
      await Promise.all(databases.map((database) => database.drop()));
    }
  }
}

/** How many times slower; nothing to compare with is a dash. */
const factor = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2));
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const millions = (events: number): string => `${events / 1e6} M`;

/**
 * The moment of the last call, ms since 1970, with the databases as the collector has them then: today's hours are there, and the
 * newest calls, whenever a kept database was filled.
 */
async function lastCall(watches: readonly Stopwatch[]): Promise<number> {
  const times = await Promise.all(
    watches.map((watch) => watch.value('SELECT extract(epoch FROM max(time)) * 1000 FROM public.usage_events'))
  );
  const at = Math.floor(Math.min(...times.map(Number)));
  const hours = takenInUntil(at, GRAIN_MS.hour);
  const [day, until] = [Math.floor(hours / GRAIN_MS.day) * GRAIN_MS.day, hours].map((ms) => new Date(ms).toISOString());
  for (const watch of day === until ? [] : watches) {
    await watch.value(`SELECT public.sum_today('${day}', '${until}')`);
  }
  return at;
}

async function panelTable(watches: readonly Stopwatch[]): Promise<string> {
  const lines = [
    row(['Panel', 'answered from', ...SIZES.map((events) => `${millions(events)}: ms (ms of CPU)`), 'growth']),
    row(['---', '---', ...SIZES.map(() => '---:'), '---:']),
  ];
  const growths: number[] = [];
  const walls: number[][] = SIZES.map(() => []);
  const cpus: number[][] = SIZES.map(() => []);
  const run = await watches[0]!.value(
    "SELECT run_id FROM public.usage_events WHERE run_id IS NOT NULL AND time > now() - interval '2 days' LIMIT 1"
  );
  const at = await lastCall(watches);
  for (const { dashboard, panel, refId, sql, source } of await panelQueries(run, at)) {
    const times = [];
    for (const watch of watches) {
      times.push(await watch.time(sql, RUNS));
    }
    const growth = SIZES.length > 1 ? times.at(-1)!.wall / times[0]!.wall : NaN;
    growths.push(growth);
    times.forEach(({ wall, cpu }, i) => {
      walls[i]!.push(wall);
      cpus[i]!.push(cpu);
    });
    const shown = times.map(({ wall, cpu }) => `${ms(wall)} (${ms(cpu)})`);
    lines.push(row([`${dashboard}: ${panel} ${refId}`, source, ...shown, factor(growth)]));
    tell(lines.at(-1)!);
  }
  lines.push(
    row([
      '**median**',
      '',
      ...walls.map((list, i) => `${ms(median(list))} (${ms(median(cpus[i]!))})`),
      factor(median(growths)),
    ])
  );
  lines.push(
    row([
      '**slowest**',
      '',
      ...walls.map((list, i) => `${ms(Math.max(...list))} (${ms(Math.max(...cpus[i]!))})`),
      factor(Math.max(...growths)),
    ])
  );
  return [`Ranges end at ${new Date(at).toISOString().slice(11, 16)} UTC.`, '', ...lines].join('\n');
}

async function peerTable(watch: Stopwatch, events: number): Promise<string> {
  const lines = [
    row([`Report, ${millions(events)} events`, 'ours, ms', 'SpendLogs, ms', 'times', 'DailyUserSpend, ms', 'times']),
    row(['---', '---:', '---:', '---:', '---:', '---:']),
  ];
  for (const { name, ours, logs, daily } of reports(DAYS)) {
    const our = await watch.time(ours, RUNS);
    const their = await watch.time(logs, 2);
    const rolled = daily === null ? null : await watch.time(daily, RUNS);
    const times = (other: number) => (other / our.wall).toFixed(0);
    lines.push(
      row([
        name,
        ms(our.wall),
        ms(their.wall),
        times(their.wall),
        ...(rolled ? [ms(rolled.wall), times(rolled.wall)] : ['', '']),
      ])
    );
    tell(lines.at(-1)!);
  }
  return lines.join('\n');
}

async function sizeTable(urls: readonly string[]): Promise<string> {
  const lines = [
    row(['Events', 'event, compressed', 'rollups', 'whole database, per event']),
    row(['---:', '---:', '---:', '---:']),
  ];
  for (const [i, url] of urls.entries()) {
    const pool = createPool({ url, name: 'bench', statementTimeoutMs: 0, max: 1 });
    const { compressed, rollups, whole } = await sizes(pool);
    await pool.end();
    const perEvent = (bytes: number) => `${(bytes / SIZES[i]!).toFixed(0)} B`;
    lines.push(row([millions(SIZES[i]!), `${compressed.toFixed(0)} B`, perEvent(rollups), perEvent(whole)]));
  }
  return lines.join('\n');
}
