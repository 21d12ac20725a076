import { SignJWT, UnsecuredJWT } from 'jose';
import { type CollectorProcess, startCollector } from './collectorProcess';
import { removeDataDir } from './embeddedServer';

/** The seed's endpoint, and who may not have it. */
const SECRET = '0123456789abcdef0123456789abcdef';
const ROUTE = '/api/v1/admin/metrics/cost-optimization';
const CLAIMS = { org: 'acme', role: 'admin' };

let collector: CollectorProcess;

beforeAll(async () => {
  collector = await startCollector({ env: { LLMCOST_JWT_SECRET: SECRET } });
  const price = { provider: 'openai', model: 'm', effective_from: '2020-01-01T00:00:00Z', input: '1', output: '1' };
  await collector.call('POST', '/v1/prices', price);
  const call = (id: string, tenant: string) => ({
    id,
    time: new Date().toISOString(),
    ...{ tenant, provider: 'openai', model: 'm', agent: 'agent-1', run_id: `run-${id}` },
    usage: { input_tokens: 500_000, output_tokens: 500_000 },
  });
  const { json } = await collector.call('POST', '/v1/events', [
    call('a', 'acme'),
    call('b', 'acme'),
    call('c', 'globex'),
  ]);
  expect(json.accepted).toBe(3);
  const budget = { name: 'month', tenant: 'acme', amount: '8', period: 'month', thresholds: [0.75, 1] };
  expect((await collector.call('POST', '/v1/budgets', budget)).status).toBe(201);
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  removeDataDir(collector.dataDir);
});

interface Signing {
  readonly alg?: string;
  readonly secret?: string;
  readonly expires?: string | null;
  readonly notBefore?: string;
}

function signed(claims: object, { alg = 'HS256', secret = SECRET, expires = '10m', notBefore }: Signing = {}) {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg });
  if (expires !== null) {
    token.setExpirationTime(expires);
  }
  if (notBefore !== undefined) {
    token.setNotBefore(notBefore);
  }
  return token.sign(new TextEncoder().encode(secret));
}

const ask = (token: string | null, organization?: string) =>
  collector.call('GET', ROUTE, undefined, {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(organization === undefined ? {} : { 'x-org-id': organization }),
  });

test('is the JSON of the seed, of the token’s organization only', async () => {
  const { status, json } = await ask(await signed(CLAIMS), 'acme');
  expect(status).toBe(200);
  expect(json).toEqual({
    total_cost_today: expect.any(Number) as number,
    total_cost_month: expect.any(Number) as number,
    projected_monthly: expect.any(Number) as number,
    by_provider: { openai: 2 },
    by_agent: [expect.objectContaining({ agent_id: 'agent-1', cost: 2, executions: 2, avg_cost_per_run: 1 })],
    budget: { monthly_limit: 8, utilization_pct: 25, alert_threshold_pct: 75 },
  });
  const globex = await ask(await signed({ ...CLAIMS, org: 'globex' }), 'globex');
  expect(globex.json).toMatchObject({ by_provider: { openai: 1 }, budget: { monthly_limit: null } });
});

test.each<[string, () => Promise<string | null> | string]>([
  ['none', () => Promise.resolve(null)],
  ['no token at all', () => 'abc'],
  ['one without a signature', () => new UnsecuredJWT(CLAIMS).setExpirationTime('10m').encode()],
  ['one of another algorithm', () => signed(CLAIMS, { alg: 'HS512', secret: SECRET + SECRET })],
  ['one of another secret', () => signed(CLAIMS, { secret: SECRET.replace('0', '1') })],
  ['an expired one', () => signed(CLAIMS, { expires: '-1m' })],
  ['one that never ends', () => signed(CLAIMS, { expires: null })],
  ['one of tomorrow', () => signed(CLAIMS, { notBefore: '1d', expires: '2d' })],
  ['one of no organization', () => signed({ role: 'admin' })],
  ['one of several organizations', () => signed({ ...CLAIMS, org: ['acme'] })],
  ['one of an empty organization', () => signed({ ...CLAIMS, org: '' })],
])('401 with %s', async (_, token) => {
  expect((await ask(await token(), 'acme')).status).toBe(401);
});

test('401 with claims that were changed afterwards', async () => {
  const [head, , signature] = (await signed(CLAIMS)).split('.');
  const [, claims] = (await signed({ ...CLAIMS, org: 'globex' })).split('.');
  expect((await ask(`${head}.${claims}.${signature}`, 'globex')).status).toBe(401);
});

test.each<[string, object, string | undefined]>([
  ['another organization', CLAIMS, 'globex'],
  ['two organizations', CLAIMS, 'acme, globex'],
  ['no X-Org-ID', CLAIMS, undefined],
  ['an empty X-Org-ID', CLAIMS, ''],
  ['the role viewer', { ...CLAIMS, role: 'viewer' }, 'acme'],
  ['no role', { org: 'acme' }, 'acme'],
])('403 with %s', async (_, claims, organization) => {
  expect((await ask(await signed(claims), organization)).status).toBe(403);
});
