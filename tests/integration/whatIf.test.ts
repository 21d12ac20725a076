import { usdSumToPico } from '../../backend/pricing/decimal';
import type { WhatIf } from '../../backend/whatif/whatIf';
import { type CollectorProcess, startCollector } from './collectorProcess';

/**
 * Reproduced by hand. Prices per 1M tokens: large 10 in, 1 cached, 40 out; small 1 in, 4 out. The base: ten days, 100 calls of
 * 10,000 input and 1,000 output tokens each on large, 0.14 USD a call, 14 USD in all; 10 calls of search on small, each 0.014 USD.
 */
const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const day = (ago: number) => new Date(TODAY - ago * DAY).toISOString().slice(0, 10);
const BASE = { tenant: 'acme', from: day(10), to: day(0) };

let collector: CollectorProcess;
const post = async (route: string, body: unknown, status = 200) => {
  const reply = await collector.call('POST', route, body);
  expect([reply.status, reply.text]).toEqual([status, expect.anything()]);
  return reply.json;
};
const ask = async (scenario: object): Promise<WhatIf> =>
  (await post('/v1/what-if', { ...BASE, ...scenario })) as unknown as WhatIf;

beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', effective_from: '2020-01-01T00:00:00Z' };
  await post(
    '/v1/prices',
    [
      { ...price, model: 'large', input: '10', cache_read: '1', output: '40' },
      { ...price, model: 'small', input: '1', output: '4' },
    ],
    201
  );
  const call = (id: string, ago: number, fields: object) => ({
    id,
    time: new Date(TODAY - ago * DAY + DAY / 2).toISOString(),
    tenant: 'acme',
    provider: 'p',
    operation: 'chat',
    usage: { input_tokens: 10_000, output_tokens: 1_000 },
    ...fields,
  });
  const events = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((ago) => [
    ...Array.from({ length: 10 }, (_, i) =>
      call(`c-${ago}-${i}`, ago, { model: 'large', feature: 'chat', user_id: 'u' })
    ),
    call(`s-${ago}`, ago, { model: 'small', feature: 'search' }),
  ]);
  await post('/v1/events', events);
});
afterAll(() => collector.stop());

it('starts from what was, and extends it to an average month and year', async () => {
  const { period, month, year, unpriced } = await ask({});
  expect(period).toMatchObject({ base: '14.14', scenario: '14.14', difference: '0' });
  // × 30.436875 / 10 and × 365.2425 / 10
  expect([month.base, year.base]).toEqual(['43.03774125', '516.452895']);
  expect(unpriced).toBe(0);
  // Every day costs the same: nothing varies.
  expect([month.low, month.high]).toEqual([43.03774125, 43.03774125]);
});

it.each([
  ['calls', [{ calls: '1.5' }], '21.21'],
  ['only of some work', [{ where: { feature: 'chat' }, calls: '2' }], '28.14'],
  // chat: 100 × (20,000 × 10 + 1,000 × 40) = 24
  ['prompt size', [{ where: { feature: ['chat'] }, input_tokens: '2' }], '24.14'],
  ['completions', [{ where: { feature: 'chat' }, output_tokens: '0.5' }], '12.14'],
  // 100 × (5,000 × 10 + 5,000 × 1 + 1,000 × 40) = 9.5
  ['cache hits', [{ where: { feature: 'chat' }, cache_hit_ratio: '0.5' }], '9.64'],
  ['prices', [{ price: '0.9' }], '12.726'],
  // Half stays, 7; half is 50 × 0.014 = 0.7
  ['model mix', [{ where: { model: 'large' }, model: { provider: 'p', model: 'small', share: '0.5' } }], '7.84'],
  ['one after the other', [{ calls: '2' }, { price: '0.5' }], '14.14'],
])('%s', async (_name, changes, scenario) => {
  expect((await ask({ changes })).period.scenario).toBe(scenario);
});

it('shows the arithmetic of every line', async () => {
  const { lines } = await ask({ changes: [{ where: { feature: 'chat' }, calls: '2', input_tokens: '1.5' }] });
  expect(lines).toContainEqual({
    tenant: 'acme',
    feature: 'chat',
    operation: 'chat',
    provider: 'p',
    model: 'large',
    calls: '200',
    tokens: { input: '3000000', cache_read: '0', cache_write: '0', output: '200000' },
    cost: '38',
    // 14 today; twice the calls; then (3 × 10 + 0.2 × 40) of what (2 × 10 + 0.2 × 40) was.
    base_cost: '14',
    steps: ['calls × 2', 'input tokens × 1.5'],
    step_costs: ['28', '38'],
    at_base_rates: [
      { what: 'input', tokens: '3000000', rate: '10', usd: '30' },
      { what: 'output', tokens: '200000', rate: '40', usd: '8' },
    ],
  });
});

it('a line that is divided over two models is divided in the base too: all lines add up to both totals', async () => {
  const move = { where: { feature: 'chat' }, calls: '1.5', model: { provider: 'p', model: 'small', share: '0.333' } };
  const { lines, period } = await ask({ changes: [move] });
  const found = lines as Array<{ model: string; base_cost: string; cost: string; step_costs: string[] }>;
  const pico = (text: string) => usdSumToPico(text);
  const sum = (amounts: string[]) => amounts.reduce((total, amount) => total + pico(amount), 0n);
  expect(sum(found.map((line) => line.base_cost))).toBe(pico(period.base));
  expect(sum(found.map((line) => line.cost))).toBe(pico(period.scenario));
  // 14 × 0.333, then × 1.5, then 49.95 calls of 0.014 on the small model.
  expect(found).toContainEqual(
    expect.objectContaining({ model: 'small', base_cost: '4.662', step_costs: ['6.993', '0.6993'] })
  );
  expect(found).toContainEqual(
    expect.objectContaining({ model: 'large', base_cost: '9.338', step_costs: ['14.007', '14.007'] })
  );
});

it('plans a feature from scratch, and says what has no price', async () => {
  const planned = { feature: 'new', provider: 'p', calls_per_day: 100, input_tokens: 2_000, output_tokens: 500 };
  // 10 days × 100 × (2,000 × 1 + 500 × 4) = 4
  const known = await ask({ planned: [{ ...planned, model: 'small' }] });
  expect(known.period.difference).toBe('4');
  const unknown = await ask({ planned: [{ ...planned, model: 'unheard-of' }] });
  expect([unknown.period.difference, unknown.unpriced]).toEqual(['0', 1]);
});

it('stands beside the budget of the month', async () => {
  const budget = { name: 'All of acme', tenant: 'acme', amount: '100', period: 'month', scope: {} };
  await post('/v1/budgets', budget, 201);
  const { budgets } = await ask({ changes: [{ calls: '2' }] });
  expect(budgets).toEqual([
    {
      name: 'All of acme',
      tenant: 'acme',
      period: 'month',
      limit: '100',
      scenario: '86.0754825',
      ratio: expect.closeTo(0.860754825, 9),
    },
  ]);
});

it('begins from as many of the last days as are asked for, saved ones too', async () => {
  // Each day costs 1.414.
  const scenario = { tenant: 'acme', days: 5, changes: [{ calls: '2' }] };
  const { json } = await collector.call('POST', '/v1/what-if', scenario);
  expect(json).toMatchObject({ days: 5, period: { base: '7.07', scenario: '14.14' } });
  const { scenario_id: id } = await post('/v1/what-if/scenarios', { name: 'Of five days', scenario }, 201);
  const saved = await collector.call('GET', `/v1/what-if/scenarios/${String(id)}`);
  expect(saved.json).toMatchObject({ scenario: { days: 5 }, result: { days: 5, period: { base: '7.07' } } });
  expect((await collector.call('DELETE', `/v1/what-if/scenarios/${String(id)}`)).status).toBe(204);
});

it('keeps scenarios by name, to be compared and shared', async () => {
  const scenario = { ...BASE, changes: [{ calls: '2' }] };
  const { scenario_id: id } = await post('/v1/what-if/scenarios', { name: 'Twice as many', scenario }, 201);
  const route = `/v1/what-if/scenarios/${String(id)}`;
  const saved = await collector.call('GET', route);
  expect(saved.json).toMatchObject({ name: 'Twice as many', result: { period: { scenario: '28.28' } } });
  expect((await collector.call('GET', '/v1/what-if/scenarios')).json).toMatchObject({
    scenarios: [{ scenario_id: id }],
  });
  expect((await collector.call('DELETE', route)).status).toBe(204);
  expect((await collector.call('GET', route)).status).toBe(404);
});

it('says what is wrong with a scenario', async () => {
  const wrong = async (scenario: object) => {
    const { status, text } = await collector.call('POST', '/v1/what-if', scenario);
    expect(status).toBe(400);
    return text;
  };
  expect(await wrong({ from: day(0), to: day(1) })).toContain('1 to 400 days');
  expect(await wrong({ from: day(3), days: 7 })).toContain('leave one of them out');
  expect(await wrong({ days: 0 })).toContain('days');
  expect(await wrong({ changes: [{ cache_hit_ratio: '1.5' }] })).toContain('from 0 to 1');
  expect(await wrong({ chanes: [] })).toContain('nearest known one is \\"changes\\"');
});

it('the savings report finds the cheaper model and its evidence', async () => {
  const { json } = await collector.call('GET', `/v1/reports/savings?tenant=acme&from=${BASE.from}&to=${BASE.to}`);
  const { routing, together } = json as {
    routing: Array<{ feature: string; candidates: object[] }>;
    together: { saving: string; works: object[] };
  };
  // Ten calls are too few to count on the cheaper model.
  expect(together.works).not.toContainEqual(expect.objectContaining({ best: 'routing' }));
  expect(routing[0]).toMatchObject({
    feature: 'chat',
    cost: '14',
    candidates: [
      { model: 'small', cost: '1.4', saving: '12.6', evidence: 'thin', seen: { calls: 10, success_ratio: 1 } },
    ],
  });
});
