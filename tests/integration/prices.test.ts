import fs from 'node:fs';
import { type CollectorProcess, startCollector } from './collectorProcess';

const HOUR_MS = 3_600_000;
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const at = (hoursAgo: number) => new Date(HOUR - hoursAgo * HOUR_MS + 60_000).toISOString();
const call = (id: string, more: object = {}) => ({
  id,
  time: at(30),
  tenant: 'acme',
  provider: 'p',
  model: 'known',
  usage: { input_tokens: 1000, output_tokens: 100 },
  ...more,
});
const YAML = { 'content-type': 'application/yaml' };
const JSON_TYPE = { 'content-type': 'application/json' };
const ADMIN = 'an admin key of the tests';

let collector: CollectorProcess;
let bound: Record<string, string>;
const admin = { authorization: `Bearer ${ADMIN}` };
const ask = (method: string, route: string, body?: unknown, headers: Record<string, string> = {}) =>
  collector.call(method, route, body, { ...(body === undefined ? {} : JSON_TYPE), ...admin, ...headers });

beforeAll(async () => {
  collector = await startCollector({ env: { LLMCOST_ADMIN_KEY: ADMIN } });
  const prices = [
    { provider: 'p', model: 'known', aliases: ['famous'], effective_from: '2020-01-01', input: '1', output: '10' },
    { provider: 'p', model: 'old', effective_from: '2020-01-01', effective_to: '2021-01-01', input: '9', output: '9' },
    { provider: 'q', model: 'other', tenant: 'acme', effective_from: '2020-01-01', input: '2', output: '2' },
  ];
  expect((await ask('POST', '/v1/prices', prices)).status).toBe(201);
  const key = await ask('POST', '/v1/keys', { name: 'acme only', scopes: ['admin'], tenant: 'acme' });
  bound = { authorization: `Bearer ${String(key.json.key)}` };
}, 120_000);
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

describe('GET /v1/prices', () => {
  const models = async (query: string) => {
    const { json } = await ask('GET', `/v1/prices?${query}`);
    return (json.prices as Array<{ model: string }>).map(({ model }) => model).sort();
  };

  it('filters and pages', async () => {
    expect(await models('provider=P')).toEqual(['known', 'old']);
    expect(await models('model=famous')).toEqual(['known']);
    expect(await models('model=o*')).toEqual(['old', 'other']);
    expect(await models('tenant=acme')).toEqual(['other']);
    expect(await models('at=2020-06-01&tenant=')).toEqual(['known', 'old']);
    expect(await models('at=2021-01-01&provider=p')).toEqual(['known']);
    expect(await models('origin=catalogue')).toEqual([]);
    const page = (await ask('GET', '/v1/prices?limit=1&offset=1&provider=p')).json;
    expect([page.total, page.next_offset, (page.prices as unknown[]).length]).toEqual([2, null, 1]);
    expect((await ask('GET', '/v1/prices?limit=1')).json.next_offset).toBe(1);
  });

  it('refuses what it does not know', async () => {
    const reply = await ask('GET', '/v1/prices?modle=x');
    expect([reply.status, reply.json.detail]).toEqual([400, 'unknown field "modle"; the nearest known one is "model"']);
    expect((await ask('GET', '/v1/prices?at=yesterday')).json.detail).toMatch(/^at: must be a time/);
  });

  it('gives rows as they are posted, which post again elsewhere', async () => {
    const [row] = (await ask('GET', '/v1/prices?form=posted&model=known')).json.prices as object[];
    expect(row).not.toHaveProperty('price_id');
    const again = await ask('POST', '/v1/prices', { ...row, provider: 'elsewhere' });
    expect(again.status).toBe(201);
    expect((await ask('POST', '/v1/prices', row)).status).toBe(409);
  });
});

describe('unpriced usage', () => {
  it('is listed with the nearest models, and mapped with one call', async () => {
    const events = [
      call('u1', { model: 'known-2', provider: 'proxy' }),
      call('u2', { model: 'known-2', provider: 'proxy', time: at(5), tenant: 'beta' }),
      call('u3', { model: 'known' }),
    ];
    expect((await ask('POST', '/v1/events', events)).json.accepted).toBe(3);
    const listed = (await ask('GET', `/v1/prices/unpriced?from=${at(40)}`)).json.unpriced as Array<{
      nearest: object[];
    }>;
    expect(listed).toEqual([
      expect.objectContaining({
        reason: 'unknown_model',
        provider: 'proxy',
        model: 'known-2',
        calls: 2,
        tokens: 2200,
        first_seen: new Date(HOUR - 30 * HOUR_MS).toISOString(),
        last_seen: new Date(HOUR - 5 * HOUR_MS).toISOString(),
      }),
    ]);
    expect(listed[0]!.nearest).toContainEqual(expect.objectContaining({ provider: 'p', model: 'known' }));
    const own = (await ask('GET', '/v1/prices/unpriced', undefined, bound)).json.unpriced;
    expect(own).toEqual([expect.objectContaining({ calls: 1 })]);

    const mapping = { provider: 'proxy', model: 'known-2', to: { provider: 'p', model: 'famous' } };
    const mine = await ask('POST', '/v1/prices/map', mapping, bound);
    expect(mine.status).toBe(201);
    expect(mine.json.prices).toEqual([
      expect.objectContaining({ tenant: 'acme', model: 'known-2', source: 'mapped from p/known', input: '1' }),
    ]);
    expect(mine.json.repricing).toMatchObject({ events: 1, newly_priced: 1, new_cost: '0.002' });
    const all = await ask('POST', '/v1/prices/map', mapping);
    expect(all.json.repricing).toMatchObject({ newly_priced: 1, new_cost: '0.002' });
    expect((await ask('GET', '/v1/prices/unpriced')).json.unpriced).toEqual([]);
    expect((await ask('GET', '/v1/events/u1')).json.total_cost).toBe('2000000000');
  });

  it('is not mapped for another tenant, to an unknown model or when there is none', async () => {
    const mapping = { provider: 'p', model: 'nothing', to: { provider: 'p', model: 'known' } };
    expect((await ask('POST', '/v1/prices/map', { ...mapping, tenant: 'beta' }, bound)).status).toBe(403);
    expect((await ask('POST', '/v1/prices/map', mapping)).status).toBe(404);
    const unknown = { ...mapping, from: '2026-01-01', to: { provider: 'p', model: 'unheard-of' } };
    expect((await ask('POST', '/v1/prices/map', unknown)).json.detail).toMatch(/^no price of p\/unheard-of holds/);
  });
});

describe('POST /v1/prices/import', () => {
  const file = JSON.stringify({
    'new-model': { litellm_provider: 'openai', input_cost_per_token: 7.5e-8, output_cost_per_token: 3e-7 },
    'a-picture': { litellm_provider: 'openai', mode: 'image_generation', output_cost_per_image: 0.04 },
  });

  it('shows what a LiteLLM file would add, then adds it', async () => {
    const dry = await ask('POST', '/v1/prices/import?format=litellm', file);
    expect([dry.status, dry.json.dry_run, dry.json.version]).toEqual([200, true, null]);
    expect(dry.json.added).toEqual([expect.objectContaining({ model: 'new-model', input: '0.075', output: '0.3' })]);
    expect(dry.json.left_out).toEqual([{ model: 'a-picture', why: expect.stringContaining('no price') as string }]);
    expect((await ask('GET', '/v1/prices?model=new-model')).json.total).toBe(0);

    const done = await ask('POST', '/v1/prices/import?format=litellm&dry_run=false', file);
    expect(done.status).toBe(201);
    expect((await ask('GET', '/v1/prices?model=new-model')).json.total).toBe(1);
    const again = (await ask('POST', '/v1/prices/import?format=litellm&dry_run=false', file)).json;
    expect([again.added, (again.overlaps as unknown[]).length]).toEqual([[], 1]);
  });

  it('takes YAML, tells bad rows from good ones, and keeps to the tenant of the key', async () => {
    const yaml = 'prices:\n  - {provider: y, model: a, input: 0.10}\n  - {provider: y, model: b, inptu: 1}\n';
    const dry = (await ask('POST', '/v1/prices/import?format=yaml', yaml, YAML)).json;
    expect(dry.added).toEqual([expect.objectContaining({ model: 'a', input: '0.10' })]);
    expect(dry.left_out).toContainEqual({ model: 'row 1.inptu', why: expect.stringContaining('input') as string });
    expect((await ask('POST', '/v1/prices/import?format=yaml', yaml, { ...YAML, ...bound })).status).toBe(403);
    expect((await ask('POST', '/v1/prices/import?format=litellm', file, bound)).json.added).toEqual([
      expect.objectContaining({ tenant: 'acme' }),
    ]);
  });

  it('refuses what is no such file, another format, and more than 32 MiB', async () => {
    expect((await ask('POST', '/v1/prices/import?format=litellm', '[]')).status).toBe(400);
    expect((await ask('POST', '/v1/prices/import?format=yaml', 'a: [', YAML)).status).toBe(400);
    expect((await ask('POST', '/v1/prices/import?format=csv', 'x')).status).toBe(400);
    const large = await ask('POST', '/v1/prices/import?format=litellm', Buffer.alloc(33 * 1024 * 1024, ' ')).catch(
      () => null
    );
    expect(large?.status ?? 413).toBe(413);
  });
});

it('explains an event whose price row was taken out of force', async () => {
  const price = { provider: 'gone', model: 'soon', effective_from: '2020-01-01', input: '4', output: '0' };
  const { prices } = (await ask('POST', '/v1/prices', price)).json as { prices: Array<{ price_id: string }> };
  await ask('POST', '/v1/events', call('superseded', { provider: 'gone', model: 'soon' }));
  expect((await ask('DELETE', `/v1/prices/${prices[0]!.price_id}`)).status).toBe(204);
  const { explanation, total_cost } = (await ask('GET', '/v1/events/superseded')).json as {
    explanation: { words: string[]; row: object };
    total_cost: string;
  };
  expect(total_cost).toBe('4000000000');
  expect(explanation.row).toMatchObject({ price_id: prices[0]!.price_id });
  expect(explanation.words).toContain('This price row was taken out of force since; what it priced keeps its cost.');
});

it('keeps the rates of the day of other currencies', async () => {
  const rate = (date: string, text: string) => ({ date, currency: 'EUR', rate: text, source: 'ECB' });
  const two = [rate('2026-01-02', '0.85'), rate('2026-01-05', '0.8625')];
  expect((await ask('POST', '/v1/currencies', two)).status).toBe(201);
  expect((await ask('POST', '/v1/currencies', rate('2026-01-02', '0.8512'))).status).toBe(201);
  expect((await ask('GET', '/v1/currencies?currency=EUR')).json).toEqual({
    base: 'USD',
    rates: [two[1], rate('2026-01-02', '0.8512')],
  });
  const wrong = await ask('POST', '/v1/currencies', { ...two[0], rate: 0.85 });
  expect([wrong.status, wrong.json.detail]).toEqual([400, 'rate: must be a decimal string like "0.8625"']);
  expect((await ask('POST', '/v1/currencies', two, bound)).status).toBe(403);
});
