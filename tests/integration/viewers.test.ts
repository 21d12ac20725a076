import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CollectorProcess, type Reply, startCollector } from './collectorProcess';
import { type GrafanaStub, startGrafanaStub, type TestUser } from './grafanaStub';

/** Users of Grafana before a collector with one admin key, which is Grafana's, and rules for who sees which tenants. */
const KEY = 'admin-key-of-grafana';
const NOW = Date.now();
const RULES = `
grafana:
  viewers:
    - { user: alice, tenants: [acme] }
    - { user: carol@example.org, tenants: [acme, globex] }
    - { team: 7, tenants: [globex] }
    - { organisation: 2, tenants: [initech] }
    - { role: Admin, organisation: 1, tenants: '*' }
  users:
    carol@example.org: [c-17]
`;

const alice: TestUser = { id: 2, login: 'alice', email: 'alice@example.org' };
const bob: TestUser = { id: 3, login: 'bob' };
const carol: TestUser = { id: 4, login: 'carol', email: 'carol@example.org', role: 'Editor' };
const admin: TestUser = { id: 1, login: 'admin', role: 'Admin' };

let collector: CollectorProcess;
let grafana: GrafanaStub;
const configFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-viewers-')), 'config.yaml');

/** RFC 3339, so many hours ago. */
const ago = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();

const call = (id: string, tenant: string, user_id: string, more: object = {}) => ({
  id,
  time: new Date(NOW - 3_600_000).toISOString(),
  tenant,
  project: `${tenant}-project`,
  user_id,
  provider: 'p',
  model: 'm',
  usage: { input_tokens: 1_000_000, output_tokens: 0 },
  tags: { [`tag_of_${tenant}`]: 'x' },
  ...more,
});

beforeAll(async () => {
  fs.writeFileSync(configFile, RULES);
  grafana = await startGrafanaStub();
  collector = await startCollector({
    env: {
      LLMCOST_ADMIN_KEY: KEY,
      LLMCOST_CONFIG: configFile,
      GRAFANA_URL: grafana.issuer,
      GRAFANA_JWKS_URL: grafana.keysUrl,
      LLMCOST_JWT_SECRET: '0123456789abcdef0123456789abcdef',
    },
  });
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01T00:00:00Z', input: '1', output: '10' };
  expect((await withKey('POST', '/v1/prices', price)).status).toBe(201);
  const events = [
    call('a1', 'acme', 'alice@example.org'),
    call('a2', 'acme', 'alice'),
    call('a3', 'acme', 'bob'),
    call('g1', 'globex', 'alice'),
    call('g2', 'globex', 'c-17'),
    call('i1', 'initech', 'carol'),
    { ...call('n1', 'acme', ''), user_id: undefined },
  ];
  expect((await withKey('POST', '/v1/events', events)).json.accepted).toBe(events.length);
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  await grafana.close();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
  fs.rmSync(path.dirname(configFile), { recursive: true });
});

const authorization = `Bearer ${KEY}`;
const withKey = (method: string, route: string, body?: unknown, headers: Record<string, string> = {}) =>
  collector.call(method, route, body, { 'content-type': 'application/json', authorization, ...headers });

/** As Grafana's proxy sends it on. */
const as = async (user: TestUser, method: string, route: string, body?: unknown, teams?: readonly number[]) =>
  withKey(method, route, body, await grafana.headers(user, teams));

interface Month {
  can_close: boolean;
}
const WHOLE = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const query = (group: string, more: object = {}) => ({ ...WHOLE, metrics: ['calls'], group_by: [group], ...more });
const firstColumn = ({ json }: Reply) => (json.rows as unknown[][]).map(([value]) => value).sort();
const seen = async (user: TestUser, teams?: readonly number[]) =>
  firstColumn(await as(user, 'POST', '/v1/query', query('tenant'), teams));

describe('/v1/query', () => {
  it('shows each user the tenants of the rules that apply to them', async () => {
    expect(await seen(alice)).toEqual(['acme']);
    expect(await seen(carol)).toEqual(['acme', 'globex']);
    expect(await seen(admin)).toEqual(['acme', 'globex', 'initech']);
    expect(await seen(bob, [7])).toEqual(['globex']);
    expect(await seen({ ...bob, organisation: 2 })).toEqual(['initech']);
  });

  it('explains differences of the tenants that a user sees, be they several', async () => {
    const period = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', compare_from: '2019-01-01T00:00:00Z' };
    const asked = { ...period, compare_to: '2020-01-01T00:00:00Z' };
    const { status, text } = await as(carol, 'POST', '/v1/reports/why-changed', asked);
    expect(status).toBe(200);
    expect(text).not.toContain('initech');
  });

  it('says with the months whom a user sees, and offers to close one only to who sees all', async () => {
    const months = async (user: TestUser) =>
      (await as(user, 'GET', '/v1/chargeback/months')).json as { months: Month[]; tenants: string[] | null };
    const [all, some] = [await months(admin), await months(carol)];
    expect([all.tenants, some.tenants]).toEqual([null, ['acme', 'globex']]);
    expect(some.months.some(({ can_close }) => can_close)).toBe(false);
    expect((await as(carol, 'GET', '/v1/chargeback/deliveries')).status).toBe(403);
  });

  it('says so to a user without a tenant', async () => {
    const reply = await as(bob, 'POST', '/v1/query', query('tenant'));
    expect([reply.status, reply.json.detail]).toEqual([403, expect.stringMatching(/no tenant is assigned to you/)]);
  });

  it.each([
    [{ dimension: 'tenant', operator: '=', values: ['globex'] }],
    [{ dimension: 'tenant', operator: '!=', values: ['acme'] }],
    [{ dimension: 'tenant', operator: '=~', values: ['.*'] }],
    [{ dimension: 'tenant', operator: '=', values: ["acme') OR ('1'='1"] }],
  ])('no filter widens it: %j', async (filter) => {
    const reply = await as(alice, 'POST', '/v1/query', query('tenant', { filters: [filter] }));
    expect(reply.status).toBe(200);
    expect(firstColumn(reply).filter((tenant) => tenant !== 'acme')).toEqual([]);
  });

  it('limits the lists of values of every dimension, sums and what is left out', async () => {
    expect(firstColumn(await as(alice, 'POST', '/v1/query', query('project')))).toEqual(['acme-project']);
    expect(firstColumn(await as(bob, 'POST', '/v1/query', query('user_id'), [7]))).toEqual(['alice', 'c-17']);
    const { json } = await as(alice, 'POST', '/v1/query', { ...WHOLE, metrics: ['total_cost', 'calls'] });
    expect(json.rows).toEqual([['4', 4]]);
  });
});

it('/v1/events/{id} shows events of the own tenants only', async () => {
  expect((await as(alice, 'GET', '/v1/events/a3')).json).toMatchObject({ tenant: 'acme', user_id: 'bob' });
  expect((await as(alice, 'GET', '/v1/events/g1')).status).toBe(404);
  const { json } = await as(admin, 'GET', '/v1/events/g1');
  expect(json).toMatchObject({ tenant: 'globex' });
  expect((await as(alice, 'GET', `/v1/events/${String(json.event_id)}`)).status).toBe(404);
  expect((await as(carol, 'GET', '/v1/events/g1')).json).toMatchObject({ tenant: 'globex' });
});

it('/v1/tags, /v1/status and /v1/prices/unpriced speak of the own tenants only', async () => {
  expect((await as(alice, 'GET', '/v1/tags')).json).toEqual({ tags: ['tags.tag_of_acme'] });
  expect((await as(carol, 'GET', '/v1/tags')).json.tags).toHaveLength(2);
  expect((await as(alice, 'GET', '/v1/status')).json).toMatchObject({ events_total: 4, tenants: ['acme'] });
  expect((await as(admin, 'GET', '/v1/status')).json).toMatchObject({ events_total: 7, tenants: null });
  await withKey('POST', '/v1/events', call('u1', 'initech', 'x', { model: 'secret-model' }));
  const unpriced = async (user: TestUser) => (await as(user, 'GET', '/v1/prices/unpriced')).json.unpriced;
  expect(await unpriced(alice)).toEqual([]);
  expect(await unpriced(admin)).toMatchObject([{ model: 'secret-model' }]);
});

it('a Viewer writes nothing, a limited Editor nothing that concerns others', async () => {
  const price = { provider: 'p', model: 'other', input: '1', output: '1' };
  for (const user of [alice, { ...admin, role: 'Viewer' }]) {
    expect((await as(user, 'POST', '/v1/prices', price)).status).toBe(403);
    expect((await as(user, 'POST', '/v1/events', call('w', 'acme', 'x'))).status).toBe(403);
    expect((await as(user, 'GET', '/v1/prices/audit')).status).toBe(403);
    expect((await as(user, 'GET', '/v1/keys')).status).toBe(403);
  }
  const several = await as(carol, 'POST', '/v1/prices', price);
  expect([several.status, several.json.detail]).toEqual([403, expect.stringMatching(/acme, globex/)]);
  const added = await as(admin, 'POST', '/v1/prices', price);
  expect(added.status).toBe(201);
  const reading = await grafana.headers(admin, [], 'grafana-read');
  const byReadingRoute = await withKey('POST', '/v1/prices', { ...price, model: 'third' }, reading);
  expect([byReadingRoute.status, byReadingRoute.json.detail]).toEqual([403, expect.stringMatching(/yours has read/)]);
  expect((await withKey('GET', '/v1/keys', undefined, reading)).status).toBe(403);
  const { entries } = (await as(admin, 'GET', '/v1/prices/audit')).json as { entries: Array<{ by: string }> };
  expect(entries[0]!.by).toBe('admin');
});

describe('tables of the dashboards Efficiency and Releases', () => {
  const DAY = 86_400_000;
  const range = `from=${new Date(NOW - 20 * DAY).toISOString()}&to=${new Date(NOW).toISOString()}`;

  it('are of the tenants that a viewer sees, whatever the lists say', async () => {
    const posted = ['acme', 'globex', 'initech'].map((tenant) => ({
      tenant,
      service: `api-of-${tenant}`,
      version: '7',
      time: new Date(NOW - DAY).toISOString(),
    }));
    const events = posted.flatMap(({ tenant, service }) =>
      Array.from({ length: 140 }, (_, i) =>
        call(`views-${tenant}-${i}`, tenant, 'ann', {
          time: new Date(NOW - 3 * DAY + i * 1_500_000).toISOString(),
          service,
          feature: `feature-of-${tenant}`,
          project: 'views',
          tags: {},
        })
      )
    );
    expect((await withKey('POST', '/v1/events', events)).json.accepted).toBe(events.length);
    for (const release of posted) {
      expect((await withKey('POST', '/v1/releases', release)).status).toBeLessThan(300);
    }
    const rows = async (user: TestUser, view: string, search = '') =>
      (await as(user, 'GET', `/v1/usage/views/${view}?${range}${search}`)).json.rows as unknown[][];
    for (let i = 0; i < 200 && (await rows(admin, 'releases')).length < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const services = async (user: TestUser, search = '') =>
      (await rows(user, 'releases', search)).map((row) => row[1]).sort();
    expect(await services(admin)).toEqual(['api-of-acme', 'api-of-globex', 'api-of-initech']);
    expect(await services(alice)).toEqual(['api-of-acme']);
    expect(await services(carol)).toEqual(['api-of-acme', 'api-of-globex']);
    expect(await services(carol, '&tenant=globex&tenant=initech')).toEqual(['api-of-globex']);
    expect(await services(carol, '&service=api-of-initech')).toEqual([]);
    for (const view of ['token_inflation', 'daily_spend', 'releases', 'releases_by_feature', 'releases_by_model']) {
      for (const search of ['', '&tenant=initech', '&tenant=']) {
        const { status, text } = await as(carol, 'GET', `/v1/usage/views/${view}?${range}${search}`);
        expect([view, status]).toEqual([view, 200]);
        expect(text).not.toContain('initech');
      }
    }
    expect((await as(bob, 'GET', `/v1/usage/views/releases?${range}`)).status).toBe(403);
    expect((await as(carol, 'GET', '/v1/usage/views/secrets')).status).toBe(404);
    expect((await as(carol, 'GET', '/v1/usage/views/releases?from=2026-02-01&to=2026-01-01')).status).toBe(400);
  });
});

describe('marks on time axes', () => {
  it('are of the tenants that a viewer sees, whatever is asked', async () => {
    const release = (tenant: string) => ({ tenant, service: `marked-of-${tenant}`, version: '1', time: ago(1) });
    for (const tenant of ['acme', 'globex', 'initech']) {
      expect((await withKey('POST', '/v1/releases', release(tenant))).status).toBeLessThan(300);
    }
    const asked = { annotation: 'releases', from: ago(24), to: ago(-1) };
    const marked = async (user: TestUser, more: object = {}) =>
      ((await as(user, 'POST', '/v1/annotations', { ...asked, ...more })).json.rows as string[][])
        .map(([, title]) => title!)
        .filter((title) => title.startsWith('marked-of-'))
        .sort();
    expect(await marked(admin)).toEqual(['marked-of-acme 1', 'marked-of-globex 1', 'marked-of-initech 1']);
    expect(await marked(alice)).toEqual(['marked-of-acme 1']);
    expect(await marked(carol)).toEqual(['marked-of-acme 1', 'marked-of-globex 1']);
    const initech = [{ dimension: 'tenant', operator: '=', values: ['initech', 'globex'] }];
    expect(await marked(carol, { filters: initech })).toEqual(['marked-of-globex 1']);
    expect((await as(bob, 'POST', '/v1/annotations', asked)).status).toBe(403);
    for (const wrong of [{ annotation: 'secrets' }, { from: ago(-2) }, { filters: [{ dimension: 'nothing' }] }]) {
      expect((await as(carol, 'POST', '/v1/annotations', { ...asked, ...wrong })).status).toBe(400);
    }
    const unknown = { filters: [{ dimension: 'tennant', operator: '=', values: ['x'] }] };
    const { json } = await as(carol, 'POST', '/v1/annotations', { ...asked, ...unknown });
    expect(json.detail).toMatch(/nearest known one is "tenant"/);
  });
});

describe('budgets and approvals', () => {
  const names = ({ json }: Reply) => (json.budgets as Array<{ name: string; tenant: string }>).map(({ name }) => name);
  const ids = new Map<string, string>();
  const ask = (tenant: string) =>
    withKey('POST', '/v1/authorize', { request_id: `ask-${tenant}`, tenant, max_cost: '100' });

  beforeAll(async () => {
    const approval = { thresholds: [0.1], actions: { '0.1': ['approval'] } };
    for (const tenant of ['acme', 'globex', 'initech', null]) {
      const budget = { name: tenant ?? 'everybody', tenant, amount: '10', period: 'month' };
      const made = await withKey('POST', '/v1/budgets', { ...budget, ...(tenant === null ? {} : approval) });
      expect(made.status).toBe(201);
      ids.set(tenant ?? 'everybody', String(made.json.id));
      await (tenant && ask(tenant));
    }
  });

  it('are those of all the tenants that somebody sees, and of no other', async () => {
    expect(names(await as(alice, 'GET', '/v1/budgets'))).toEqual(['acme']);
    expect(names(await as(carol, 'GET', '/v1/budgets'))).toEqual(['acme', 'globex']);
    expect(names(await as(carol, 'GET', '/v1/budgets?tenant=globex'))).toEqual(['globex']);
    // Of whom they may make some.
    expect((await as(carol, 'GET', '/v1/budgets')).json.tenants).toEqual(['acme', 'globex']);
    expect((await as(admin, 'GET', '/v1/budgets')).json.tenants).toBeNull();
    expect(names(await as(carol, 'GET', '/v1/budgets?tenant=initech'))).toEqual([]);
    expect(names(await as(admin, 'GET', '/v1/budgets'))).toEqual(['acme', 'everybody', 'globex', 'initech']);
    const waiting = async (user: TestUser) => {
      const { json } = await as(user, 'GET', '/v1/approvals?state=waiting');
      return (json.approvals as Array<{ tenant: string }>).map(({ tenant }) => tenant).sort();
    };
    expect([await waiting(alice), await waiting(carol)]).toEqual([['acme'], ['acme', 'globex']]);
    expect(await waiting(admin)).toEqual(['acme', 'globex', 'initech']);
  });

  it('can be looked into, one by one, with their projections and what was done with them', async () => {
    for (const route of ['', '/audit', '/forecast', '?at=2026-01-15']) {
      expect((await as(carol, 'GET', `/v1/budgets/${ids.get('globex')}${route}`)).status).toBe(200);
      expect((await as(carol, 'GET', `/v1/budgets/${ids.get('initech')}${route}`)).status).toBe(404);
      expect((await as(carol, 'GET', `/v1/budgets/${ids.get('everybody')}${route}`)).status).toBe(404);
    }
    const spent = async (search: string) => (await as(carol, 'GET', `/v1/forecast${search}`)).json.spent_today;
    const both = Number(await spent(''));
    expect(both).toBeCloseTo(Number(await spent('?tenant=acme')) + Number(await spent('?tenant=globex')), 9);
    expect((await as(carol, 'GET', '/v1/forecast?tenant=initech')).status).toBe(403);
  });

  it('are on the dashboard that reads through the collector, whatever its lists say', async () => {
    for (const view of ['states', 'burn_down', 'crossings', 'status', 'outlook', 'thresholds']) {
      for (const search of ['', '?tenant=globex&tenant=initech', '?tenant=initech', '?tenant=']) {
        const { status, text } = await as(carol, 'GET', `/v1/budgets/views/${view}${search}`);
        expect(status).toBe(200);
        for (const hidden of ['initech', 'everybody']) {
          expect(text).not.toContain(hidden);
          expect(text).not.toContain(ids.get(hidden));
        }
      }
    }
    const rows = async (search: string) => (await as(carol, 'GET', `/v1/budgets/views/states${search}`)).json.rows;
    expect(await rows('')).toHaveLength(2);
    expect(await rows('?tenant=globex&tenant=initech')).toEqual([['globex', ids.get('globex'), 2]]);
    expect((await as(carol, 'GET', '/v1/budgets/views/secrets')).status).toBe(404);
  });

  it('are decided about and changed by an Editor within the own tenants only', async () => {
    const waiting = (await as(admin, 'GET', '/v1/approvals?state=waiting')).json.approvals as Array<{
      id: string;
      tenant: string;
    }>;
    const approve = async (user: TestUser, of: string) =>
      as(user, 'POST', `/v1/approvals/${waiting.find(({ tenant }) => tenant === of)!.id}/approve`, { grant: 'once' });
    expect((await approve(alice, 'acme')).status).toBe(403);
    expect((await approve(carol, 'initech')).status).toBe(404);
    expect((await approve(carol, 'globex')).json).toMatchObject({ state: 'approved', decided_by: 'carol' });

    const budget = { name: 'new', amount: '5', period: 'day' };
    for (const tenant of [undefined, null, 'initech']) {
      const refused = await as(carol, 'POST', '/v1/budgets', { ...budget, tenant });
      expect([refused.status, refused.json.detail]).toEqual([403, expect.stringMatching(/acme, globex: set "tenant"/)]);
    }
    const made = await as(carol, 'POST', '/v1/budgets', { ...budget, tenant: 'globex' });
    expect([made.status, made.json.created_by]).toEqual([201, 'carol']);
    const moved = { ...budget, tenant: 'initech', version: 1 };
    expect((await as(carol, 'PUT', `/v1/budgets/${String(made.json.id)}`, moved)).status).toBe(403);
    expect((await as(carol, 'DELETE', `/v1/budgets/${ids.get('initech')}`)).status).toBe(404);
    expect((await as(carol, 'DELETE', `/v1/budgets/${String(made.json.id)}`)).status).toBe(204);
  });
});

describe('an identity', () => {
  it('is needed for what comes through Grafana, whatever its key may', async () => {
    const without = async (...names: string[]) => {
      const headers = await grafana.headers(alice);
      names.forEach((name) => delete headers[name]);
      return withKey('POST', '/v1/query', query('tenant'), headers);
    };
    expect((await without('x-grafana-id')).status).toBe(401);
    expect((await without('x-grafana-id', 'x-grafana-context')).status).toBe(401);
    // A signature alone is enough to know who asks.
    expect(firstColumn(await without('x-llmcost-via'))).toEqual(['acme']);
  });

  it('is not believed without its signature, nor with that of another', async () => {
    const headers = await grafana.headers(alice);
    const [head, , signature] = headers['x-grafana-id']!.split('.');
    const claims = Buffer.from(
      JSON.stringify({ iss: `${grafana.issuer}/`, aud: 'org:1', sub: 'user:1', role: 'Admin', exp: NOW })
    ).toString('base64url');
    const other = await startGrafanaStub();
    for (const token of [
      'forged',
      '',
      `${head}.${claims}.${signature}`,
      (await other.headers(admin))['x-grafana-id']!,
    ]) {
      const reply = await withKey('POST', '/v1/query', query('tenant'), { ...headers, 'x-grafana-id': token });
      expect(reply.status).toBe(401);
    }
    await other.close();
  });

  it('is needed beside the key, not instead of it', async () => {
    const reply = await collector.call('POST', '/v1/query', query('tenant'), await grafana.headers(admin));
    expect(reply.status).toBe(401);
  });

  it('of a team is that of the signed user', async () => {
    const headers = { ...(await grafana.headers(bob)), 'x-grafana-context': '{"UserID":4,"OrgID":1,"Teams":[7]}' };
    expect((await withKey('POST', '/v1/query', query('tenant'), headers)).status).toBe(403);
  });

  it('narrows a key that is bound to a tenant, and never widens it', async () => {
    const made = await withKey('POST', '/v1/keys', { name: 'of globex', scopes: ['read'], tenant: 'globex' });
    const bound = { authorization: `Bearer ${String(made.json.key)}` };
    const ask = async (user: TestUser) =>
      withKey('POST', '/v1/query', query('tenant'), { ...(await grafana.headers(user)), ...bound });
    expect(firstColumn(await ask(admin))).toEqual(['globex']);
    expect(firstColumn(await ask(carol))).toEqual(['globex']);
    expect((await ask(alice)).status).toBe(403);
  });

  it('is not asked for where the key is used without Grafana', async () => {
    expect(firstColumn(await withKey('POST', '/v1/query', query('tenant')))).toEqual(['acme', 'globex', 'initech']);
  });
});

describe('/v1/me/usage', () => {
  const mine = (user: TestUser, search = '', teams?: readonly number[]) =>
    as(user, 'GET', `/v1/me/usage${search}`, undefined, teams);
  const calls = ({ json }: Reply) => (json.total as { rows: unknown[][] }).rows[0]![1];

  it('is the usage under the own login, address and configured ids, within the own tenants', async () => {
    const reply = await mine(alice);
    expect(reply.json).toMatchObject({
      user: { name: 'alice', user_ids: ['alice@example.org', 'alice'] },
      total: { rows: [['2', 2, 2_000_000, 0, 0, 2_000_000, 0]] },
      previous: { rows: [['0', 0, 0]] },
      by_model: { rows: [['p', 'm', '2', 2, 2_000_000, 0]] },
      by_project: { rows: [['acme', 'acme-project', '2', 2, 2_000_000, 0]] },
    });
    expect(calls(await mine(carol))).toBe(1);
    expect(calls(await mine(bob, '', [7]))).toBe(0);
  });

  it.each([
    'user_id=bob',
    'user=bob',
    'users=bob',
    'user_ids=bob',
    'tenant=globex',
    'tenants=globex',
    'filters=[]',
    'filters=%5B%7B%22dimension%22%3A%22user_id%22%7D%5D',
    'group_by=user_id',
    'metrics=users',
    'from=2020-01-01&from=2021-01-01',
    'time_zone=UTC&time_zone=UTC',
    "time_zone=UTC'%20OR%20'1'='1",
    'from=2030-01-01&to=2020-01-01',
    '__proto__=x',
  ])('?%s is refused', async (search) => {
    const reply = await mine(alice, `?${search}`);
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('bob');
  });

  it('is not got by taking somebody’s address for a login', async () => {
    const reply = await mine({ ...admin, login: 'alice@example.org' });
    expect([reply.status, reply.json.total]).toEqual([403, undefined]);
  });

  it('knows nobody by a name that means “no user”', async () => {
    for (const login of ['(not set)', '']) {
      const reply = await mine({ ...admin, login });
      expect([reply.status, reply.json.total]).toEqual([403, undefined]);
    }
  });

  it('is nobody’s without a person: a key, a forged name, an anonymous viewer, a service account', async () => {
    expect((await withKey('GET', '/v1/me/usage')).status).toBe(401);
    const named = {
      'x-llmcost-via': 'grafana-read',
      'x-grafana-user': 'alice',
      'x-grafana-context': '{"Login":"alice"}',
    };
    expect((await withKey('GET', '/v1/me/usage', undefined, named)).status).toBe(401);
    for (const type of ['anonymous', 'service-account']) {
      expect((await mine({ ...admin, login: 'alice', type })).status).toBe(403);
    }
  });
});
