import fs from 'node:fs';
import { type CollectorProcess, startCollector } from '../collectorProcess';

const DAY_MS = 86_400_000;
let collector: CollectorProcess;

beforeAll(async () => {
  collector = await startCollector();
});
afterAll(async () => {
  await collector.stop();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

async function ask(method: string, route: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, json, text } = await collector.call(method, route, body);
  expect([status < 300, text]).toEqual([true, expect.anything()]);
  return json;
}

/** Calls of a million input tokens each, `ago` days ago. */
const calls = (from: number, to: number, ago = 0) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: `call-${from + i}`,
    time: new Date(Date.now() - ago * DAY_MS).toISOString(),
    tenant: 'acme',
    run_id: `run-${i % 3}`,
    provider: 'p',
    model: 'm',
    usage: { input_tokens: 1_000_000, output_tokens: 0 },
  }));

test('what was spent is right after a kill, late calls and another price, and a rebuild finds nothing to correct', async () => {
  const since = new Date(Date.now() - 400 * DAY_MS).toISOString();
  const price = { provider: 'p', model: 'm', effective_from: since, input: '1', output: '1' };
  await ask('POST', '/v1/prices', price);
  const year = await ask('POST', '/v1/budgets', { name: 'year', tenant: 'acme', amount: '1000', period: 'year' });
  await ask('POST', '/v1/budgets', { name: 'run', tenant: 'acme', amount: '1000', period: 'run' });
  const spent = async () => (await ask('GET', `/v1/budgets/${String(year.id)}`)).spent;
  const corrections = async () => (await ask('POST', '/v1/budgets/rebuild', { id: null })).corrections;
  await ask('POST', '/v1/events', calls(0, 30));
  expect(await spent()).toBe('30');

  let acknowledged = 30;
  const sending = (async () => {
    for (;;) {
      const { status } = await collector.call('POST', '/v1/events', calls(acknowledged, acknowledged + 10));
      if (status !== 200) {
        return;
      }
      acknowledged += 10;
    }
  })().catch(() => undefined);
  while (acknowledged < 60) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await collector.kill();
  await sending;
  collector = await startCollector({ dataDir: collector.dataDir });
  // What was under way when it was killed is sent again, as clients do.
  await ask('POST', '/v1/events', calls(acknowledged, acknowledged + 10));
  const total = acknowledged + 10;
  expect(await spent()).toBe(String(total));
  expect(await corrections()).toEqual([]);

  await ask('POST', '/v1/events', calls(total, total + 5, 400));
  expect(await spent()).toBe(String(total));
  const [old] = (await ask('GET', '/v1/prices')).prices as Array<{ price_id: string }>;
  await ask('DELETE', `/v1/prices/${old!.price_id}`);
  await ask('POST', '/v1/prices', { ...price, input: '3' });
  const range = { from: since, to: new Date(Date.now() + DAY_MS).toISOString(), why: 'a better price' };
  await ask('POST', '/v1/prices/reprice', { ...range, dry_run: false });
  expect(await spent()).toBe(String(3 * total));
  expect(await corrections()).toEqual([]);
});
