import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type CollectorProcess, startCollector } from './collectorProcess';

/** A stub of vLLM's metrics page on loopback: its counters are what the test says. */
const counters = { epoch: 1_700_000_000, prompt: 1_000, cached: 200, generation: 100, requests: 10 };
const scrapes = { count: 0 };
const exporter = http.createServer((_, response) => {
  scrapes.count++;
  const labels = '{engine="0",model_name="qwen"}';
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`# A stub for tests, not a vLLM.
vllm:prompt_tokens_total${labels} ${counters.prompt}.0
vllm:prompt_tokens_created${labels} ${counters.epoch}
vllm:prompt_tokens_cached_total${labels} ${counters.cached}.0
vllm:generation_tokens_total${labels} ${counters.generation}.0
vllm:request_success_total{engine="0",finished_reason="stop",model_name="qwen"} ${counters.requests}.0
`);
});
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-vllm-'));
let env: NodeJS.ProcessEnv;
let collector: CollectorProcess;

beforeAll(async () => {
  await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(exporter.address() as AddressInfo).port}/metrics`;
  const config = path.join(folder, 'config.yaml');
  const target = { url, interval_seconds: 1, tenant: 'acme', project: 'search', deployment: 'qwen-gpu' };
  const price = { provider: 'vllm', model: '*', deployment: 'qwen-gpu', input: '2', cache_read: '1', output: '4' };
  fs.writeFileSync(config, JSON.stringify({ vllm: [target], prices: [price] }));
  env = { LLMCOST_CONFIG: config };
  collector = await startCollector({ env });
}, 120_000);
afterAll(async () => {
  await collector.stop();
  exporter.close();
  exporter.closeAllConnections();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Waits until a scrape that began from now on has ended. */
async function scraped(): Promise<void> {
  const enough = scrapes.count + 2;
  while (scrapes.count < enough) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function counted(): Promise<unknown[] | undefined> {
  const reply = await collector.call('POST', '/v1/query', {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics: ['input_tokens', 'cache_read_tokens', 'output_tokens', 'total_cost'],
    group_by: ['tenant', 'project', 'deployment', 'model'],
  });
  expect(reply.status).toBe(200);
  return (reply.json.rows as unknown[][])[0];
}
const of = (...numbers: unknown[]) => ['acme', 'search', 'qwen-gpu', 'qwen', ...numbers];

it('counts what was used since it began to look, over restarts of either side', async () => {
  await scraped();
  expect(await counted()).toBeUndefined();

  Object.assign(counters, { prompt: 1_500, cached: 300, generation: 130, requests: 12 });
  await scraped();
  // 400 × 2 + 100 × 1 + 30 × 4 per million
  expect(await counted()).toEqual(of(500, 100, 30, '0.00102'));

  // vLLM begins anew, and is further already than it was before.
  Object.assign(counters, { epoch: 1_700_000_100, prompt: 2_000, cached: 300, generation: 200, requests: 20 });
  await scraped();
  expect(await counted()).toEqual(of(2_500, 400, 230, '0.00552'));

  // The collector is killed, usage goes on, and nothing of it is lost or counted again.
  await collector.kill();
  Object.assign(counters, { prompt: 2_100, generation: 201, requests: 21 });
  collector = await startCollector({ env, dataDir: collector.dataDir });
  await scraped();
  expect(await counted()).toEqual(of(2_600, 400, 231, '0.005724'));
  await scraped();
  expect(await counted()).toEqual(of(2_600, 400, 231, '0.005724'));
}, 180_000);
