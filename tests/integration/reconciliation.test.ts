import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type CollectorProcess, startCollector } from './collectorProcess';

const ROOT = path.join(__dirname, '..', '..');
const KEYS = { OPENAI_ADMIN_KEY: 'sk-admin-of-the-tests', ANTHROPIC_ADMIN_KEY: 'sk-ant-admin-of-the-tests' };
const DAY1 = '2026-01-01';
const DAY2 = '2026-01-02';
const start = (day: string) => Date.parse(day) / 1000;

/** Of OpenAI's first day; the tests change it. */
let firstAmount = '0.30000000000000004';
const requests: string[] = [];
let limited = 0;

/**
 * A stub on loopback of both admin APIs, with the shapes of design/ingest.md §4: one day a page, a rate limit at first.
 * It says what it is in a header.
 */
const stub = http.createServer((request, response) => {
  const url = new URL(request.url!, 'http://stub');
  const send = (status: number, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-stub': 'not a provider', ...headers });
    response.end(body);
  };
  const allowed =
    request.headers.authorization === `Bearer ${KEYS.OPENAI_ADMIN_KEY}` ||
    (request.headers['x-api-key'] === KEYS.ANTHROPIC_ADMIN_KEY &&
      request.headers['anthropic-version'] === '2023-06-01');
  if (!allowed) {
    send(401, '{}');
  } else if (limited < 1) {
    limited++;
    send(429, '{}', { 'retry-after': '1' });
  } else {
    requests.push(
      `${url.pathname} ${url.searchParams.getAll('group_by[]').join(',')} ${url.searchParams.get('page') ?? ''}`
    );
    const answer = PAGES[url.pathname]?.(url.searchParams.get('page') === '2');
    send(answer === undefined ? 404 : 200, answer ?? '{}');
  }
});

const openAiPage = (second: boolean, results: string) =>
  `{"object":"page","data":[{"object":"bucket","start_time":${start(second ? DAY2 : DAY1)},"end_time":0,"results":[${results}]}],
    "has_more":${!second},"next_page":${second ? 'null' : '"2"'}}`;
const PAGES: Record<string, (second: boolean) => string> = {
  '/v1/organization/costs': (second) =>
    openAiPage(
      second,
      second
        ? '{"amount":{"value":"1.50","currency":"usd"},"line_item":"web search tool calls"}'
        : `{"amount":{"value":${firstAmount},"currency":"usd"},"line_item":"gpt-4o-2024-08-06, input"},
           {"amount":{"value":1e-1,"currency":"usd"},"line_item":"gpt-4o-2024-08-06, output"}`
    ),
  '/v1/organization/usage/completions': (second) =>
    openAiPage(
      second,
      second
        ? ''
        : `{"input_tokens":300000,"input_cached_tokens":0,"output_tokens":10000,"num_model_requests":3,
           "model":"gpt-4o-2024-08-06","batch":false,"service_tier":"default"}`
    ),
  '/v1/organization/usage/embeddings': (second) => openAiPage(second, ''),
  '/v1/organizations/cost_report': () =>
    `{"data":[{"starting_at":"${DAY1}T00:00:00Z","ending_at":"${DAY2}T00:00:00Z","results":[
      {"amount":"123.45","currency":"USD","description":"Claude Sonnet 4.5 Usage - Input Tokens","cost_type":"tokens",
       "model":"claude-sonnet-4-5-20250929","service_tier":"standard","token_type":"uncached_input_tokens"}]}],
      "has_more":false,"next_page":null}`,
  '/v1/organizations/usage_report/messages': () =>
    `{"data":[{"starting_at":"${DAY1}T00:00:00Z","ending_at":"${DAY2}T00:00:00Z","results":[
      {"uncached_input_tokens":100,"cache_creation":{"ephemeral_1h_input_tokens":10,"ephemeral_5m_input_tokens":20},
       "cache_read_input_tokens":30,"output_tokens":40,"model":"claude-sonnet-4-5-20250929","service_tier":"standard"}]}],
      "has_more":false,"next_page":null}`,
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-reconcile-'));
let collector: CollectorProcess;
beforeAll(async () => {
  await new Promise<void>((done) => stub.listen(0, '127.0.0.1', done));
  const base_url = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  const config = path.join(folder, 'config.yaml');
  const prices = [{ provider: 'openai', model: 'gpt-4o', match: 'prefix-date', input: '1', output: '10' }];
  fs.writeFileSync(
    config,
    JSON.stringify({ prices, reconciliation: { openai: { base_url }, anthropic: { base_url } } })
  );
  collector = await startCollector({ env: { LLMCOST_CONFIG: config, LOG_LEVEL: 'debug', ...KEYS } });
  const call = { time: `${DAY1}T12:00:00Z`, provider: 'openai', model: 'gpt-4o' };
  const events = [
    { ...call, id: 'a', usage: { input_tokens: 300_000, output_tokens: 10_000 } },
    { ...call, id: 'b', model: 'no-price', usage: { input_tokens: 7 } },
  ];
  expect((await collector.call('POST', '/v1/events', events)).json).toMatchObject({ accepted: 2 });
}, 120_000);
afterAll(async () => {
  await collector.stop();
  stub.close();
  stub.closeAllConnections();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
  fs.rmSync(folder, { recursive: true, force: true });
});

const ROUTE = '/v1/reports/reconciliation';
const RANGE = { from: DAY1, to: '2026-01-03' };

interface Line {
  readonly ours: string;
  readonly theirs: string | null;
  readonly difference: string | null;
  readonly explanations: ReadonlyArray<{ readonly reason: string }>;
  readonly models: ReadonlyArray<{ readonly model: string }>;
}
const daysOf = (json: Record<string, unknown>, provider = 0): Line[] =>
  (json.providers as Array<{ days: Line[] }>)[provider]!.days;
const reasons = (line: Line) => line.explanations.map(({ reason }) => reason);

it('knows nothing of days that were not read', async () => {
  const { status, json } = await collector.call('GET', `${ROUTE}?from=${DAY1}&to=${DAY2}&provider=openai`);
  expect(status).toBe(200);
  const [line] = daysOf(json);
  expect(line).toMatchObject({ ours: '0.4', theirs: null, difference: null });
  expect(reasons(line!)).toEqual(['not_pulled']);
});

it('reads both bills over pages and a rate limit, exactly, and compares them per day and model', async () => {
  const { status, json } = await collector.call('POST', ROUTE, RANGE);
  expect([status, json.time_zone]).toEqual([200, 'UTC']);
  const [first, second] = daysOf(json);
  expect(first).toMatchObject({ ours: '0.4', theirs: '0.4', difference: '0', difference_percent: '0.00' });
  expect(reasons(first!)).toEqual(['unpriced_calls', 'models_only_ours']);
  expect(first!.models[0]).toMatchObject({ model: 'gpt-4o', ours: '0.4', theirs: '0.4', explanations: [] });
  expect(second).toMatchObject({ ours: '0', theirs: '1.5', difference: '-1.5', difference_percent: '-100.00' });
  expect(reasons(second!)).toEqual(['not_of_a_model']);
  const [claude, free] = daysOf(json, 1);
  expect(claude).toMatchObject({ ours: '0', theirs: '1.2345' });
  expect(reasons(claude!)).toContain('models_only_theirs');
  expect(free).toMatchObject({ theirs: '0', explanations: [] });
  expect(requests).toContain('/v1/organization/costs line_item ');
  expect(requests).toContain('/v1/organization/costs line_item 2');
  expect(requests).toContain('/v1/organizations/usage_report/messages model,service_tier ');
  expect(limited).toBe(1);
});

it('puts a later reading in the place of the earlier one', async () => {
  firstAmount = '0.7';
  const { json } = await collector.call('POST', ROUTE, { ...RANGE, provider: 'openai' });
  expect(daysOf(json).map(({ theirs }) => theirs)).toEqual(['0.8', '1.5']);
  const again = await collector.call('POST', ROUTE, { ...RANGE, provider: 'openai' });
  expect(daysOf(again.json)).toMatchObject(daysOf(json).map(({ theirs, models }) => ({ theirs, models })));
});

it('is printed by llmcost reconcile', async () => {
  const args = ['reconcile', '--from', DAY1, '--to', '2026-01-03', '--provider', 'openai', '--no-pull'];
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'backend', 'cli', 'llmcost.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, LLMCOST_COLLECTOR_URL: collector.base, LLMCOST_ADMIN_KEY: '' },
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  expect(out).toContain(`${DAY1}\t0.4\t0.8\t-0.4\t-50.00\n`);
  expect(out).toContain('total of the days that were read\t0.4\t2.3\t-1.9\t-82.61\n');
});

it.each([
  ['?from=2026-01-02&to=2026-01-02', 'to must be after from'],
  ['?from=yesterday&to=2026-01-02', 'from: must be a day such as 2026-01-31'],
  ['?from=2026-01-01&to=2026-01-02&provider=google', 'provider: must be one of openai, anthropic'],
  ['?from=2020-01-01&to=2026-01-02', 'at most 366 days'],
])('refuses %s', async (query, detail) => {
  const { status, json } = await collector.call('GET', ROUTE + query);
  expect([status, json.detail]).toEqual([400, expect.stringContaining(detail)]);
});

it('never logs a key', () => {
  expect(collector.log()).toContain("the provider's report is read");
  expect(collector.log()).not.toMatch(/sk-(ant-)?admin/);
});
