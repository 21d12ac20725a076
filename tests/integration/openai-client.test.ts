import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type CollectorProcess, startCollector } from './collectorProcess';
import { startStubProvider, type StubProvider } from './stubProvider';

/** A real OpenAI client with OpenTelemetry's instrumentation (examples/openai-node) against a stub provider. */
const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'openai-node');
const REFUSED = `
  const OpenAI = require('openai');
  const { shutdown } = require('./telemetry.cjs');
  const openai = new OpenAI({ maxRetries: 0 });
  openai.chat.completions.create({ model: 'rate-limited', messages: [{ role: 'user', content: 'hello' }] })
    .catch((error) => console.log('status', error.status))
    .finally(shutdown);
`;
/** pico-USD per token: 0.40 and 1.60 USD per 1M tokens, embeddings 0.02. */
const RATES = { input: 400_000n, output: 1_600_000n, embedding: 20_000n };

let collector: CollectorProcess;
let provider: StubProvider;
beforeAll(async () => {
  [collector, provider] = [await startCollector(), await startStubProvider()];
  const since = { provider: 'openai', effective_from: '2025-01-01T00:00:00Z' };
  for (const price of [
    { ...since, model: 'gpt-4.1-mini', input: '0.40', output: '1.60' },
    { ...since, model: 'text-embedding-3-small', input: '0.02' },
  ]) {
    expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
  }
  expect(await run('main.cjs')).toMatch(/chat: +Hello\nstream: +Hello\nembedding: +2 numbers/);
  expect(await run('-e', REFUSED)).toContain('status 429');
});
afterAll(async () => {
  await provider.close();
  await collector.stop();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

/** Runs a script of the example as its README says, and gives what it printed. */
function run(...script: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--require', './telemetry.cjs', ...script], {
    cwd: EXAMPLE,
    env: {
      PATH: process.env.PATH,
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: provider.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.base,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

async function ask(metrics: readonly string[], groupBy: readonly string[], filters: readonly object[] = []) {
  const reply = await collector.call('POST', '/v1/query', {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics,
    group_by: groupBy,
    filters,
  });
  expect(reply.status).toBe(200);
  return reply.json.rows as Array<Array<string | number | null>>;
}

const is = (dimension: string, value: string) => ({ dimension, operator: '=', values: [value] });
const usd = (pico: bigint) => {
  const digits = String(pico).padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
};

it('gives the tokens and the cost that the provider charged, for chat, stream and embedding', async () => {
  const [chat, stream, embedding] = provider.charged;
  expect(provider.charged.map(({ kind }) => kind)).toEqual(['chat', 'stream', 'embeddings']);
  if (!chat || !stream || !embedding) {
    throw new Error('the stub was not asked three times');
  }
  const chatCost = BigInt(chat.input + stream.input) * RATES.input + BigInt(chat.output + stream.output) * RATES.output;
  const embeddingCost = BigInt(embedding.input) * RATES.embedding;

  const rows = await ask(['calls', 'input_tokens', 'output_tokens', 'total_cost'], ['operation'], [is('status', 'ok')]);
  expect(new Map(rows.map(([operation, ...numbers]) => [operation, numbers]))).toEqual(
    new Map<string, unknown>([
      ['chat', [2, chat.input + stream.input, chat.output + stream.output, usd(chatCost)]],
      ['embeddings', [1, embedding.input, 0, usd(embeddingCost)]],
    ])
  );
  expect(await ask(['total_cost', 'unpriced_calls'], [], [is('status', 'ok')])).toEqual([
    [usd(chatCost + embeddingCost), 0],
  ]);
});

it('shows a refused call as rate limited, with nothing charged', async () => {
  expect(provider.refusals()).toBe(1);
  const rows = await ask(
    ['calls', 'errors', 'total_cost', 'unpriced_calls'],
    ['request_model', 'status'],
    [is('request_model', 'rate-limited')]
  );
  expect(rows).toEqual([['rate-limited', 'rate_limited', 1, 1, '0', 0]]);
});

it('knows who pays from the resource, and whom it was for from the span around the calls', async () => {
  const rows = await ask(
    ['calls'],
    ['tenant', 'project', 'team', 'service', 'feature', 'user_id', 'session_id'],
    [is('status', 'ok')]
  );
  expect(rows).toEqual([
    ['acme', 'examples', 'platform', 'openai-example', 'greeting', 'example-user', 'example-session', 3],
  ]);
});

it('names the dated model that served the call and the one that was asked for', async () => {
  expect(
    await ask(['calls'], ['provider', 'request_model', 'model'], [is('operation', 'chat'), is('status', 'ok')])
  ).toEqual([['openai', 'gpt-4.1-mini', 'gpt-4.1-mini-2025-04-14', 2]]);
});
