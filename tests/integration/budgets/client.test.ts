import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Ask, LlmCost, Refused } from '../../../examples/budgets/client';
import { type CollectorProcess, freePort, startCollector } from '../collectorProcess';
import { startStubProvider, type StubProvider } from '../stubProvider';

/** The client and the examples around it (examples/budgets), with a real collector and a real OpenAI client. */

const ROOT = path.join(__dirname, '../../..');
let collector: CollectorProcess;
let provider: StubProvider;
let client: LlmCost;

beforeAll(async () => {
  [collector, provider] = [await startCollector(), await startStubProvider()];
  client = new LlmCost({ url: collector.base, timeoutMs: 60_000 });
  const price = {
    provider: 'openai',
    model: 'gpt-4.1-mini',
    effective_from: '2025-01-01',
    input: '0.40',
    output: '1.60',
  };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(async () => {
  await provider.close();
  await collector.stop();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

async function budget(input: object): Promise<string> {
  const { status, json, text } = await collector.call('POST', '/v1/budgets', { name: 'b', period: 'month', ...input });
  expect([status, text]).toEqual([201, expect.anything()]);
  return String(json.id);
}
const standing = async (id: string) => (await collector.call('GET', `/v1/budgets/${id}`)).json;
const ask: Ask = { tenant: 'acme', max_cost: '6', provider: 'openai', model: 'gpt-4.1-mini' };

/** Runs an example as its README says. */
function run(example: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join('examples', 'budgets', example)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, OPENAI_API_KEY: 'none', OPENAI_BASE_URL: provider.url, LLMCOST_URL: collector.base },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

test('a call is made when there is enough left, and what it took takes the place of what was reserved', async () => {
  const id = await budget({ tenant: 'acme', amount: '10', hard: true });
  const during = await client.guard(
    ask,
    () => standing(id),
    () => ({ cost: '1.5' })
  );
  expect(during).toMatchObject({ committed: '6', spent: '0' });
  expect(await standing(id)).toMatchObject({ committed: '0', spent: '1.5' });
  const usage = { input_tokens: 5_000_000, output_tokens: 0 };
  await client.guard(
    ask,
    () => Promise.resolve(),
    () => ({ id: 'chatcmpl-1', provider: 'openai', model: 'gpt-4.1-mini', usage })
  );
  expect(await standing(id)).toMatchObject({ committed: '0', spent: '3.5' });
  const failure = new Error('the provider failed');
  await expect(client.guard(ask, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await standing(id)).toMatchObject({ committed: '0', spent: '3.5' });
  const call = jest.fn();
  const refused = client.guard({ ...ask, max_cost: '7' }, call);
  await expect(refused).rejects.toThrow('the budget "b" has 6.5 of 10 USD left');
  await expect(refused).rejects.toBeInstanceOf(Refused);
  expect(call).not.toHaveBeenCalled();
  await expect(client.guard({ ...ask, max_cost: 'much' }, call)).rejects.toThrow('max_cost: must be a decimal string');
});

test('a call that needs an approval is made once somebody agrees, and not when somebody says no', async () => {
  await budget({ name: 'asks', tenant: 'globex', amount: '10', thresholds: [0.5, 1], actions: { 0.5: ['approval'] } });
  const decide = async (how: string, body: object) => {
    for (;;) {
      const { json } = await collector.call('GET', '/v1/approvals?state=waiting');
      const [waiting] = json.approvals as Array<{ id: string }>;
      if (waiting) {
        return collector.call('POST', `/v1/approvals/${waiting.id}/${how}`, body);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const [made] = await Promise.all([
    client.guard({ ...ask, tenant: 'globex' }, () => Promise.resolve('made')),
    decide('approve', { grant: 'once' }),
  ]);
  expect(made).toBe('made');
  const call = jest.fn();
  const [denied] = await Promise.allSettled([
    client.guard({ ...ask, tenant: 'globex' }, call),
    decide('deny', { reason: 'not this month' }),
  ]);
  expect(denied).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringMatching(/not this month$/) as string },
  });
  expect(call).not.toHaveBeenCalled();
});

test('while the collector does not answer, calls are made or not as the client was told', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  expect(
    await new LlmCost({ url }).guard(
      ask,
      () => Promise.resolve('made'),
      () => ({ cost: '1' })
    )
  ).toBe('made');
  await expect(new LlmCost({ url, whenAway: 'deny' }).guard(ask, () => Promise.resolve('made'))).rejects.toThrow(
    'the collector of LLM Cost does not answer'
  );
});

test('the example around an OpenAI call is counted against the budget it asked', async () => {
  const id = await budget({ name: 'ann', tenant: 'acme', scope: { user_id: ['ann'] }, amount: '1', hard: true });
  expect(await run('openai.ts')).toEqual({ code: 0, text: 'Hello\n' });
  const { input, output } = provider.charged[0]!;
  const pico = BigInt(input) * 400_000n + BigInt(output) * 1_600_000n;
  const { spent, committed, calls } = await standing(id);
  expect([BigInt(Math.round(Number(spent) * 1e12)), committed, calls]).toEqual([pico, '0', 1]);
});

test('the agent is stopped by the budget of its run', async () => {
  await budget({ name: 'a run', tenant: 'acme', amount: '0.005', period: 'run', hard: true });
  const { code, text } = await run('agent.ts');
  expect(code).toBe(1);
  expect(text).toMatch(
    /^step 1: Hello\n(step \d+: Hello\n)+stopped: the budget "a run" has 0(\.00\d+)? of 0.005 USD left/
  );
});
