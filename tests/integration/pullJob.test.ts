import http from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { Client } from 'pg';
import { daysBefore, startPullJob } from '../../backend/reports/reconcile/pullJob';
import { openStorage, type Storage } from './storage/support';
import { until } from './until';

/** A stub of Anthropic's admin API on loopback: 1 USD for the first day that is asked for. */
let requests: string[] = [];
let status = 200;
const stub = http.createServer((request, response) => {
  const url = new URL(request.url!, 'http://stub');
  requests.push(url.pathname);
  const starting_at = url.searchParams.get('starting_at')!;
  const results = url.pathname.endsWith('cost_report')
    ? [{ amount: '100', currency: 'USD', description: 'a line' }]
    : [];
  response.writeHead(status, { 'content-type': 'application/json', 'x-stub': 'not a provider', 'retry-after': '3600' });
  response.end(JSON.stringify({ data: [{ starting_at, results }], has_more: false, next_page: null }));
});

let storage: Storage;
let baseUrl: string;
beforeAll(async () => {
  await new Promise<void>((done) => stub.listen(0, '127.0.0.1', done));
  baseUrl = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  storage = await openStorage();
});
afterAll(async () => {
  stub.close();
  stub.closeAllConnections();
  await storage.close();
});
beforeEach(async () => {
  requests = [];
  status = 200;
  await storage.pool.query('TRUNCATE public.provider_pulls, public.provider_costs, public.provider_report_days');
});

const start = (intervalMs = 86_400_000) =>
  startPullJob({
    pool: storage.pool,
    log: pino({ level: 'silent' }),
    access: { openai: undefined, anthropic: { baseUrl, key: 'sk-ant-admin-of-the-tests' } },
    intervalMs,
    roundMs: 10,
  });

interface Pull {
  readonly error: string | null;
  readonly read: boolean;
  readonly due_in_minutes: number;
}
async function pull(): Promise<Pull | undefined> {
  const { rows } = await storage.pool.query<Pull>(
    `SELECT error, read_at IS NOT NULL AS read, round(extract(epoch FROM due_at - now()) / 60)::int AS due_in_minutes
     FROM public.provider_pulls WHERE provider = 'anthropic'`
  );
  return rows[0];
}

it('reads a bill once in an interval, however many collectors there are, and Grafana may see it', async () => {
  const jobs = [start(), start(), start()];
  await until(async () => (await pull())?.read === true);
  // Many rounds more: nobody reads it again.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await Promise.all(jobs.map((job) => job.stop()));
  expect(requests.sort()).toEqual(['/v1/organizations/cost_report', '/v1/organizations/usage_report/messages']);
  expect(await pull()).toMatchObject({ error: null, read: true, due_in_minutes: 24 * 60 });
  const reader = new Client({ connectionString: storage.readerUrl });
  await reader.connect();
  try {
    const { rows } = await reader.query<{ day: string; amount: string }>(
      'SELECT day::text, amount::text FROM public.provider_costs'
    );
    expect(rows).toEqual([{ day: daysBefore(Date.now()).from, amount: '1000000000000' }]);
  } finally {
    await reader.end();
  }
});

it('reads it again when it is due', async () => {
  const job = start(1);
  await until(() => requests.length >= 4);
  await job.stop();
});

it('says why it could not be read, and tries again within the hour', async () => {
  status = 401;
  const job = start();
  await until(async () => (await pull())?.error != null);
  await job.stop();
  expect(requests).toHaveLength(1);
  expect(await pull()).toEqual({
    error: 'anthropic answered 401: it takes an admin key',
    read: false,
    due_in_minutes: 60,
  });
});

it('can be stopped in the middle of a wait, and leaves the bill to the next one', async () => {
  status = 503;
  const job = start();
  await until(() => requests.length === 1);
  await job.stop();
  expect(await pull()).toMatchObject({ read: false, due_in_minutes: 0, error: expect.stringContaining('stopped') });
});
