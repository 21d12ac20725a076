import fs from 'node:fs';
import path from 'node:path';
import { type CollectorProcess, startCollector } from '../collectorProcess';
import { freshDataDir, removeDataDir } from '../embeddedServer';
import { type GrafanaStub, startGrafanaStub, type TestUser } from '../grafanaStub';

/** Budgets and approvals as the pages ask for them: by the app's key, on behalf of a user whom Grafana signs. */
const KEY = 'admin-key-of-grafana';
const viewer: TestUser = { id: 2, login: 'vera' };
const editor: TestUser = { id: 3, login: 'ed', role: 'Editor' };
const approver: TestUser = { id: 4, login: 'anna', role: 'Editor' };
const CONFIG = `
grafana:
  approvers: [{ user: anna }, { team: 9 }]
`;

let collector: CollectorProcess;
let grafana: GrafanaStub;
let folder: string;

beforeAll(async () => {
  folder = freshDataDir();
  fs.mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'config.yaml');
  fs.writeFileSync(config, CONFIG);
  grafana = await startGrafanaStub();
  collector = await startCollector({
    env: {
      LLMCOST_ADMIN_KEY: KEY,
      LLMCOST_CONFIG: config,
      GRAFANA_URL: grafana.issuer,
      GRAFANA_JWKS_URL: grafana.keysUrl,
    },
    dataDir: path.join(folder, 'data'),
  });
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  await grafana.close();
  removeDataDir(folder);
});

const withKey = (method: string, route: string, body?: unknown, headers: Record<string, string> = {}) =>
  collector.call(method, route, body, { authorization: `Bearer ${KEY}`, ...headers });
const as = async (user: TestUser, method: string, route: string, body?: unknown, via = 'grafana-write') =>
  withKey(method, route, body, await grafana.headers(user, [], via));

const month = { name: 'month', tenant: 'acme', amount: '10', period: 'month' };

test('an editor makes and changes budgets, and the audit names them; a Viewer reads and previews', async () => {
  const made = await as(editor, 'POST', '/v1/budgets', month);
  expect(made.status).toBe(201);
  const route = `/v1/budgets/${String(made.json.id)}`;
  expect((await as(viewer, 'GET', route, undefined, 'grafana-read')).json).toMatchObject({
    name: 'month',
    updated_by: 'ed',
    crossings: [
      { threshold: 0.8, crossed_at: null, crosses_at: null },
      { threshold: 1, crossed_at: null, crosses_at: null },
    ],
  });
  for (const [method, target] of [
    ['POST', '/v1/budgets'],
    ['PUT', route],
    ['DELETE', route],
  ] as const) {
    const reply = await as(viewer, method, target, method === 'DELETE' ? undefined : month);
    expect([reply.status, reply.json.detail]).toEqual([403, expect.stringMatching(/scope "admin"/)]);
  }
  const preview = await as(viewer, 'POST', '/v1/budgets/preview', { ...month, name: undefined }, 'grafana-read');
  expect([preview.status, preview.json]).toEqual([
    200,
    expect.objectContaining({
      limit: '10',
      current: expect.objectContaining({ spent: '0', calls: 0 }) as object,
      fired: [
        { threshold: 0.8, times: 0, last_at: null },
        { threshold: 1, times: 0, last_at: null },
      ],
    }),
  ]);
  const wrong = await as(viewer, 'POST', '/v1/budgets/preview', { ...month, amount: '0' }, 'grafana-read');
  expect([wrong.status, wrong.json.detail]).toEqual([400, expect.stringMatching(/^amount: must be/)]);
  expect((await as(editor, 'DELETE', route)).status).toBe(204);
  const { entries } = (await withKey('GET', `${route}/audit`)).json as { entries: Array<{ by: string }> };
  expect(entries.map(({ by }) => by)).toEqual(['ed', 'ed']);
});

test('an approver decides, by the identity that Grafana signs; nobody else does, and the audit names them', async () => {
  const made = await as(editor, 'POST', '/v1/budgets', {
    ...month,
    name: 'asked',
    tenant: 'globex',
    hard: true,
    actions: { 1: ['approval'] },
  });
  const ask = {
    request_id: 'r-1',
    tenant: 'globex',
    user_id: 'u-7',
    agent: 'researcher',
    max_cost: '11',
    why: 'a large report',
  };
  const answer = await withKey('POST', '/v1/authorize', ask);
  expect(answer.json).toMatchObject({ decision: 'needs_approval' });
  const [id] = answer.json.approval_ids as string[];
  const waiting = await as(viewer, 'GET', '/v1/approvals?state=waiting', undefined, 'grafana-read');
  expect(waiting.json.approvals).toMatchObject([
    { id, budget: 'asked', amount: '11', limit: '10', request: { user_id: 'u-7', why: 'a large report' } },
  ]);

  const approve = `/v1/approvals/${id}/approve`;
  const refused = async (reply: Promise<{ status: number; json: Record<string, unknown> }>) => {
    const { status, json } = await reply;
    return [status, json.detail];
  };
  expect(await refused(as(viewer, 'POST', approve, {}))).toEqual([403, expect.stringMatching(/scope "admin"/)]);
  expect(await refused(as(editor, 'POST', approve, {}))).toEqual([
    403,
    expect.stringMatching(/^ed is none of those who decide/),
  ]);
  expect(await refused(as(approver, 'POST', approve, {}, 'grafana-read'))).toEqual([
    403,
    expect.stringMatching(/scope/),
  ]);
  const forged = { ...(await grafana.headers(approver)), 'x-grafana-id': 'forged' };
  expect((await withKey('POST', approve, {}, forged)).status).toBe(401);

  const decided = await as(approver, 'POST', approve, { grant: 'amount', amount: '20' });
  expect([decided.status, decided.json]).toEqual([
    200,
    expect.objectContaining({ state: 'approved', decided_by: 'anna' }),
  ]);
  expect((await withKey('POST', '/v1/authorize', ask)).json).toMatchObject({ decision: 'allow' });
  const { entries } = (await withKey('GET', `/v1/budgets/${String(made.json.id)}/audit`)).json as {
    entries: Array<{ by: string; action: string; details: object }>;
  };
  expect(entries[0]).toMatchObject({ by: 'anna', action: 'approve', details: { grant: 'amount', grant_amount: '20' } });
});
