import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type CollectorProcess, startCollector } from './collectorProcess';

/** OpenTelemetry's own exporters over OTLP/gRPC, each in a program of its own, set up by environment variables as users do. */
let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollector({ env: { LLMCOST_ADMIN_KEY: 'test-admin-key-0123456789' } });
  const price = { provider: 'openai', model: 'gpt-4o-mini', effective_from: '2020-01-01T00:00:00Z' };
  const reply = await collector.call('POST', '/v1/prices', { ...price, input: '1', output: '2' }, key());
  expect(reply.status).toBe(201);
});
afterAll(async () => {
  await collector.stop();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

const key = (value = 'test-admin-key-0123456789') => ({ authorization: `Bearer ${value}` });

const CALL = `{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o-mini' }`;

/** Counts tokens as the conventions' metric does, with no span beside it. */
const METRICS = `
  const tokens = api.metrics.getMeter('test').createHistogram('gen_ai.client.token.usage', { unit: '{token}' });
  for (let i = 0; i < 3; i++) {
    tokens.record(1000, { ...${CALL}, 'gen_ai.token.type': 'input' });
    tokens.record(300, { ...${CALL}, 'gen_ai.token.type': 'output' });
  }
`;
const SPAN = `
  api.trace.getTracer('test').startSpan('chat gpt-4o-mini', {
    kind: api.SpanKind.CLIENT,
    attributes: { ...${CALL}, 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 300 },
  }).end();
`;

/** Runs a program with OpenTelemetry's SDK; resolves with what it printed once everything was exported. */
function run(
  service: string,
  program: string,
  compression: string,
  apiKey = 'test-admin-key-0123456789'
): Promise<string> {
  const source = `
    const { api, NodeSDK } = require('@opentelemetry/sdk-node');
    api.diag.setLogger(new api.DiagConsoleLogger(), api.DiagLogLevel.WARN);
    const sdk = new NodeSDK();
    sdk.start();
    ${program}
    sdk.shutdown().then(() => console.log('exported'), (error) => console.log('failed', error.message));
  `;
  const child = spawn(process.execPath, ['-e', source], {
    cwd: path.join(__dirname, '..', '..'),
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: service,
      OTEL_RESOURCE_ATTRIBUTES: `llmcost.tenant=${service}`,
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.grpcPort}`,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${apiKey}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

async function stored(tenant: string): Promise<unknown[]> {
  const query = {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics: ['input_tokens', 'output_tokens', 'total_cost'],
    filters: [{ dimension: 'tenant', operator: '=', values: [tenant] }],
  };
  const reply = await collector.call('POST', '/v1/query', query, key());
  expect(reply.status).toBe(200);
  return (reply.json.rows as unknown[][])[0]!;
}

describe("OTLP/gRPC from OpenTelemetry's exporters", () => {
  it.each(['none', 'gzip'])('takes metrics, compression %s', async (compression) => {
    const service = `metrics-${compression}`;
    expect(await run(service, METRICS, compression)).toBe('exported\n');
    expect(await stored(service)).toEqual([3000, 900, '0.0048']);
  });

  it('takes spans, and counts the metrics of the same service no second time', async () => {
    expect(await run('both', SPAN, 'gzip')).toBe('exported\n');
    expect(await run('both', METRICS, 'gzip')).toBe('exported\n');
    expect(await stored('both')).toEqual([1000, 300, '0.0016']);
  });

  it('tells an exporter that its key is unknown', async () => {
    expect(await run('stranger', METRICS, 'none', 'wrong')).toMatch(/UNAUTHENTICATED/);
    expect(await stored('stranger')).toEqual([0, 0, '0']);
  });
});
