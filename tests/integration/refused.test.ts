import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Embedded, startEmbedded } from '../../backend/embedded';
import { type CollectorProcess, freePort, startCollector } from './collectorProcess';

/** Events that were acknowledged into the spool and that the database then refuses: none of them may vanish. */
const ROOT = path.join(__dirname, '..', '..');
const DAY = 86_400_000;
let dir: string;
let port: number;
let database: Embedded;
let collector: CollectorProcess;

const inDir = (name: string) => path.join(dir, name);
const openDatabase = () =>
  startEmbedded({
    dataDir: inDir('database'),
    host: '127.0.0.1',
    port,
    ownerPassword: 'o',
    readerPassword: 'r',
  });
/** @param days how long events are kept: older ones are refused by the database itself; null: for ever */
function openCollector(days: number | null): Promise<CollectorProcess> {
  const config = inDir('config.yaml');
  fs.writeFileSync(config, days === null ? '{}' : `retention: { events_days: ${days} }`);
  return startCollector({
    dataDir: inDir('collector'),
    env: { DATABASE_URL: database.ownerUrl, LLMCOST_CONFIG: config },
  });
}

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-refused-'));
  port = await freePort();
  database = await openDatabase();
  collector = await openCollector(30);
  const price = { provider: 'p', effective_from: '2020-01-01T00:00:00Z' };
  for (const row of [
    { ...price, model: 'm', input: '1', output: '1' },
    { ...price, model: 'dear', input: '1000000', output: '1' },
  ]) {
    expect((await collector.call('POST', '/v1/prices', row)).status).toBe(201);
  }
});
afterAll(async () => {
  await collector.stop();
  await database.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const event = (id: string, more: object = {}) => ({
  id,
  time: new Date(Date.now() - 60_000).toISOString(),
  tenant: 't',
  provider: 'p',
  model: 'm',
  usage: { input_tokens: 1_000_000, output_tokens: 0 },
  ...more,
});

async function calls(): Promise<unknown> {
  const query = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', metrics: ['calls', 'total_cost'] };
  return ((await collector.call('POST', '/v1/query', query)).json.rows as unknown[][] | undefined)?.[0];
}

async function metric(name: string): Promise<number> {
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec((await collector.call('GET', '/metrics')).text)![1]);
}

interface Refused {
  readonly total: number;
  readonly refused: ReadonlyArray<{ readonly event_id: string; readonly reason: string; readonly tries: number }>;
}
const refused = async () => (await collector.call('GET', '/v1/refused')).json as unknown as Refused;

async function untilDrained(): Promise<void> {
  const until = Date.now() + 60_000;
  while ((await metric('llmcost_spool_bytes')) > 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await metric('llmcost_spool_bytes')).toBe(0);
}

function llmcost(...args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'backend', 'cli', 'llmcost.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, LLMCOST_COLLECTOR_URL: collector.base },
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (out += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

const OLD = /events before .* are no longer kept/;
const TOO_MUCH = /for one call is over the limit/;

it('keeps them with their reasons over kill -9 and redelivery, counts them, and their neighbours are stored', async () => {
  await database.close();
  const batch = [
    event('good-1'),
    event('old', { time: new Date(Date.now() - 60 * DAY).toISOString() }),
    event('good-2'),
    event('dear', { model: 'dear', usage: { input_tokens: 9_007_199_254_740_991 } }),
  ];
  const reply = await collector.call('POST', '/v1/events', batch);
  expect([reply.status, reply.json.accepted]).toEqual([200, 4]);
  await collector.kill();
  fs.cpSync(inDir('collector/spool'), inDir('spool-of-then'), { recursive: true });

  database = await openDatabase();
  collector = await openCollector(30);
  await untilDrained();
  expect(await calls()).toEqual([2, '2']);
  const first = await refused();
  expect(first.total).toBe(2);
  expect(first.refused.map(({ reason }) => reason).sort()).toEqual([
    expect.stringMatching(TOO_MUCH),
    expect.stringMatching(OLD),
  ]);
  expect(await metric('llmcost_refused_events')).toBe(2);
  expect(await metric('llmcost_refused_events_total')).toBe(2);
  for (const { event_id } of first.refused) {
    expect(collector.log()).toContain(event_id);
  }

  // As after a kill -9 between keeping them and forgetting the spool.
  await collector.kill();
  fs.rmSync(inDir('collector/spool'), { recursive: true });
  fs.cpSync(inDir('spool-of-then'), inDir('collector/spool'), { recursive: true });
  collector = await openCollector(30);
  await untilDrained();
  expect(await calls()).toEqual([2, '2']);
  const again = await refused();
  expect(again.total).toBe(2);
  expect(again.refused.map(({ tries }) => tries)).toEqual([2, 2]);
});

it('shows them to Grafana without their content', async () => {
  const { Client } = await import('pg');
  const reader = new Client({ connectionString: database.readerUrl });
  await reader.connect();
  try {
    const { rows } = await reader.query('SELECT tenant, model, tries FROM public.refused_events ORDER BY model');
    expect(rows).toEqual([
      { tenant: 't', model: 'dear', tries: 2 },
      { tenant: 't', model: 'm', tries: 2 },
    ]);
    await expect(reader.query('SELECT report FROM public.refused_events')).rejects.toThrow(/permission denied/);
  } finally {
    await reader.end();
  }
});

it('stores them by the command once the reason is gone, and lets go what is given up', async () => {
  expect(await llmcost('refused', 'replay')).toEqual({
    code: 1,
    out: '0 stored, 0 were there already, 2 refused again\n',
  });
  expect((await llmcost('refused', 'list')).out).toMatch(/\t3 tries\tt\tp\tm\t.*events before/);
  await collector.stop();
  collector = await openCollector(null);
  expect(await llmcost('refused', 'replay')).toEqual({
    code: 1,
    out: '1 stored, 0 were there already, 1 refused again\n',
  });
  expect(await calls()).toEqual([3, '3']);
  expect(await llmcost('refused', 'discard')).toEqual({
    code: 2,
    out: 'llmcost: name the ids to discard, or --all\n',
  });
  expect((await refused()).total).toBe(1);
  expect(await llmcost('refused', 'discard', '--all')).toEqual({ code: 0, out: '1 discarded\n' });
  expect([(await refused()).total, await metric('llmcost_refused_events')]).toEqual([0, 0]);
  expect(await calls()).toEqual([3, '3']);
});
