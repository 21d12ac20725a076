import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Embedded, startEmbedded } from '../../backend/embedded';
import { type CollectorProcess, freePort, startCollector } from './collectorProcess';

const START = Date.now() - 600_000;
let dir: string;
let port: number;
let database: Embedded;
let collector: CollectorProcess;

const openDatabase = () =>
  startEmbedded({
    dataDir: path.join(dir, 'database'),
    host: '127.0.0.1',
    port,
    ownerPassword: 'o',
    readerPassword: 'r',
  });
const openCollector = () =>
  startCollector({
    dataDir: path.join(dir, 'collector'),
    env: { DATABASE_URL: database.ownerUrl, LLMCOST_SPOOL_MB: '1' },
  });

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-away-'));
  port = await freePort();
  database = await openDatabase();
  collector = await openCollector();
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01T00:00:00Z', input: '1', output: '1' };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(async () => {
  await collector.stop();
  await database.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

/** Events `from` … `to` - 1, always the same ones. */
const batch = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: `e${from + i}`,
    time: new Date(START + from + i).toISOString(),
    tenant: 't',
    provider: 'p',
    model: 'm',
    usage: { input_tokens: 1_000_000, output_tokens: 0 },
  }));
const send = (from: number, to: number) => collector.call('POST', '/v1/events', batch(from, to));
const spooled = async () =>
  Number(/^llmcost_spool_bytes (\d+)/m.exec((await collector.call('GET', '/metrics')).text)![1]);

async function total(): Promise<unknown[] | undefined> {
  const query = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', metrics: ['calls', 'total_cost'] };
  return ((await collector.call('POST', '/v1/query', query)).json.rows as unknown[][] | undefined)?.[0];
}

async function eventually(expected: unknown[]): Promise<void> {
  const until = Date.now() + 120_000;
  let last = await total();
  while (JSON.stringify(last) !== JSON.stringify(expected) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    last = await total();
  }
  expect(last).toEqual(expected);
}

it('takes events while the database is away and stores them, once, when it is back, without a restart', async () => {
  expect((await send(0, 100)).json.accepted).toBe(100);
  await database.close();

  for (let i = 0; i < 3; i++) {
    // Half of them came before: that they are duplicates turns out later.
    const reply = await send(50 + i * 50, 150 + i * 50);
    expect([reply.status, reply.json.accepted]).toEqual([200, 100]);
  }
  expect(await spooled()).toBeGreaterThan(0);
  expect((await collector.call('GET', '/readyz')).status).toBe(503);
  const query = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', metrics: ['calls'] };
  const away = await collector.call('POST', '/v1/query', query);
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);

  database = await openDatabase();
  await eventually([250, '250']);
  expect(await spooled()).toBe(0);
});

it('pushes back once the spool is full, and loses nothing that it acknowledged, not even by kill -9', async () => {
  await database.close();
  let acknowledged = 250;
  let refused: Awaited<ReturnType<typeof send>> | undefined;
  while (!refused && acknowledged < 50_000) {
    const reply = await send(acknowledged, acknowledged + 500);
    if (reply.status === 200) {
      acknowledged += 500;
    } else {
      refused = reply;
    }
  }
  expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect(acknowledged).toBeGreaterThan(250);

  await collector.kill();
  database = await openDatabase();
  collector = await openCollector();
  await eventually([acknowledged, String(acknowledged)]);
});
