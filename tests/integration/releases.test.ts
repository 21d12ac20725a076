import type { Release } from '../../backend/releases/report';
import { type CollectorProcess, startCollector } from './collectorProcess';

const HOUR = 3_600_000;
const RELEASED = Math.floor(Date.now() / HOUR) * HOUR - 48 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();

let collector: CollectorProcess;
/** The price: 1 USD per 1M input tokens, 10 per 1M output tokens. */
beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', model: 'm', input: '1', output: '10', effective_from: '2020-01-01T00:00:00Z' };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(() => collector.stop());

interface Some {
  readonly service: string;
  readonly count: number;
  readonly from: number;
  readonly release: string;
  readonly factor?: number;
}

/** Calls that vary by ±10% around 10,000 prompt tokens and have 100 completion tokens, one a minute. */
const calls = ({ service, count, from, release, factor = 1 }: Some) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${service}-${release}-${i}`,
    time: iso(from + i * 60_000),
    tenant: 'acme',
    provider: 'p',
    model: 'm',
    service,
    release,
    feature: i % 2 ? 'chat' : 'search',
    usage: { input_tokens: Math.round((9_000 + (i % 11) * 200) * factor), output_tokens: 100 },
  }));

async function releases(): Promise<Release[]> {
  const reply = await collector.call('GET', `/v1/releases?from=${iso(RELEASED - 300 * HOUR)}`);
  expect(reply.status).toBe(200);
  return reply.json.releases as Release[];
}

async function whenMeasured(enough: (found: readonly Release[]) => boolean): Promise<Release[]> {
  for (let i = 0; i < 100; i++) {
    const found = await releases();
    if (enough(found)) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return releases();
}

it('finds a known +12% of a release, claims nothing for noise, and nothing from ten calls', async () => {
  const before = RELEASED - 3 * HOUR;
  const events = [
    // 10,000 × 1 + 100 × 10 = 11,000 e-6 USD on average; +13.2% prompt tokens make it 12,320: +12%.
    ...calls({ service: 'api', count: 121, from: before, release: '#401' }),
    ...calls({ service: 'api', count: 121, from: RELEASED, release: '#402', factor: 1.132 }),
    ...calls({ service: 'steady', count: 121, from: before, release: '1' }),
    ...calls({ service: 'steady', count: 110, from: RELEASED, release: '2' }),
    ...calls({ service: 'rare', count: 10, from: before, release: '1' }),
    ...calls({ service: 'rare', count: 10, from: RELEASED, release: '2', factor: 3 }),
  ];
  expect((await collector.call('POST', '/v1/events', events)).status).toBe(200);
  const posted = [
    { tenant: 'acme', service: 'api', version: '#402', time: iso(RELEASED), url: 'https://example.org/402' },
    { tenant: 'acme', service: 'steady', version: '2', time: iso(RELEASED) },
    { tenant: 'acme', service: 'rare', version: '2', time: iso(RELEASED) },
  ];
  expect((await collector.call('POST', '/v1/releases', posted)).status).toBe(201);
  const found = await whenMeasured((all) =>
    posted.every(({ service }) => all.some((one) => one.service === service && one.effects.length > 0))
  );
  const of = (service: string) => found.find((one) => one.service === service && one.origin === 'api')!;
  const api = of('api').effects[0]!;
  expect(of('api')).toMatchObject({ version: '#402', url: 'https://example.org/402' });
  expect(api).toMatchObject({
    dimension: 'service',
    value: 'api',
    calls_before: 121,
    calls_after: 121,
    significant: true,
  });
  expect(api.cost_per_request).toMatchObject({ before: '0.011', after: '0.01232', p: expect.any(Number) });
  expect(api.cost_per_request.change).toBeCloseTo(0.12, 6);
  expect(api.verdict).toBe('#402: +12% cost per request, +13% prompt tokens');
  expect(of('api').effects.map(({ dimension, value }) => [dimension, value])).toEqual(
    expect.arrayContaining([
      ['feature', 'chat'],
      ['feature', 'search'],
      ['model', 'm'],
    ])
  );
  expect(of('steady').effects[0]).toMatchObject({ significant: false, verdict: '2: no significant change' });
  const rare = of('rare').effects[0]!;
  expect(rare).toMatchObject({
    significant: false,
    verdict: expect.stringMatching(/too few priced calls.*10 before, 10 after/),
  });
  expect(rare.cost_per_request.p).toBeNull();
});

it('notes versions that calls carry and nobody posted, which a post replaces', async () => {
  const found = await whenMeasured((all) => all.some(({ version }) => version === '#401'));
  const seen = found.find(({ version }) => version === '#401')!;
  expect(seen).toMatchObject({ origin: 'seen', service: 'api', tenant: 'acme', time: iso(RELEASED - 3 * HOUR) });
  expect(found.filter(({ version }) => version === '#402')).toHaveLength(1);
  const named = {
    tenant: 'acme',
    service: 'api',
    version: '#401',
    time: iso(RELEASED - 2 * HOUR),
    description: 'first',
  };
  await collector.call('POST', '/v1/releases', named);
  await collector.call('POST', '/v1/releases', named);
  const now = (await releases()).filter(({ version }) => version === '#401');
  expect(now).toEqual([
    expect.objectContaining({ origin: 'api', description: 'first', time: iso(RELEASED - 2 * HOUR) }),
  ]);
});

it('says what is wrong', async () => {
  const wrong = await collector.call('POST', '/v1/releases', { service: 's', verson: '1' });
  expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('version')]);
  const url = await collector.call('POST', '/v1/releases', { service: 's', version: '1', url: 'javascript:alert(1)' });
  expect([url.status, url.text]).toEqual([400, expect.stringContaining('url: must be an http or https URL')]);
});
