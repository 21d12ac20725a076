import { usdSumToPico } from '../../backend/pricing/decimal';
import type { WhyReport } from '../../backend/reports/why/why';
import { type CollectorProcess, startCollector } from './collectorProcess';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const iso = (ms: number) => new Date(ms).toISOString();
/** Two days ago against yesterday. */
const PERIOD = { from: iso(TODAY - DAY), to: iso(TODAY) };

let collector: CollectorProcess;
let next = 0;
const calls = (count: number, time: number, fields: object, input: number, output: number, cached = 0) =>
  Array.from({ length: count }, () => ({
    id: `why-${++next}`,
    time: iso(time),
    tenant: 'acme',
    provider: 'p',
    ...fields,
    usage: { input_tokens: input, output_tokens: output, ...(cached ? { cache_read_tokens: cached } : {}) },
  }));
const ADMIN = { authorization: 'Bearer admin-of-the-test' };
const why = async (body: object) => {
  const reply = await collector.call('POST', '/v1/reports/why-changed', body, ADMIN);
  return { status: reply.status, report: reply.json as unknown as WhyReport, text: reply.text };
};

beforeAll(async () => {
  collector = await startCollector({ env: { LLMCOST_ADMIN_KEY: 'admin-of-the-test' } });
  const price = { provider: 'p', effective_from: '2020-01-01T00:00:00Z' };
  for (const row of [
    { ...price, model: 'small', input: '1', cache_read: '0.1', output: '4' },
    { ...price, model: 'large', input: '10', cache_read: '1', output: '40' },
  ]) {
    expect((await collector.call('POST', '/v1/prices', row, ADMIN)).status).toBe(201);
  }
  const before = TODAY - DAY - DAY / 2;
  const after = TODAY - DAY / 2;
  const events = [
    // The chat did not change.
    ...calls(10, before, { model: 'small', feature: 'chat' }, 1_000, 100),
    ...calls(10, after, { model: 'small', feature: 'chat' }, 1_000, 100),
    // The search moved to the large model: 10 × (10,000 × 9 + 1,000 × 36) pico-USD per 1e-6 = 1.26 USD more.
    ...calls(10, before, { model: 'small', feature: 'search' }, 10_000, 1_000),
    ...calls(10, after, { model: 'large', feature: 'search' }, 10_000, 1_000),
    // Without a price: takes no part.
    ...calls(3, after, { model: 'unheard-of', feature: 'chat' }, 1_000_000, 0),
    // Another tenant, who may not disturb.
    ...calls(5, after, { model: 'large', feature: 'other', tenant: 'globex' }, 1_000, 0),
  ];
  expect((await collector.call('POST', '/v1/events', events, ADMIN)).status).toBe(200);
});
afterAll(() => collector.stop());

it('splits the difference without a rest and says in a sentence what happened and who did it', async () => {
  const { report } = await why({ ...PERIOD, filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }] });
  expect(report.before).toMatchObject({
    from: iso(TODAY - 2 * DAY),
    to: PERIOD.from,
    cost: '0.154',
    unpriced_calls: 0,
  });
  expect(report.after).toMatchObject({ ...PERIOD, cost: '1.414', unpriced_calls: 3 });
  expect(report.difference).toBe('1.26');
  const parts = report.factors.map(({ amount }) => usdSumToPico(amount));
  expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(usdSumToPico('1.26'));
  // Each call is as it was, on another model.
  const changed = report.factors.filter(({ amount }) => amount !== '0').map(({ factor, amount }) => [factor, amount]);
  expect(changed).toEqual([['model_mix', '1.26']]);
  expect(report.who[0]!.explained).toBe(1);
  expect(report.who.find(({ dimension }) => dimension === 'feature')!.movers).toEqual([
    { value: 'search', before: '0.14', after: '1.4', difference: '1.26' },
  ]);
  expect(report.sentence).toBe(
    'Cost rose by $1.26 (+818%), from $0.15 to $1.41: +$1.26 from a move to dearer models. ' +
      'Feature “search” explains 100% of it, Model “large” alone cost $1.40 more.'
  );
});

it('compares with an average stretch of the days before', async () => {
  // Half of two days of which the first cost 0.154 USD and the one before it nothing.
  const { report } = await why({
    ...PERIOD,
    compare_from: iso(TODAY - 3 * DAY),
    compare_to: PERIOD.from,
    compare_average: true,
    filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }],
  });
  expect(report.before).toMatchObject({ cost: '0.077', average: true });
  expect(report.difference).toBe('1.337');
  const parts = report.factors.map(({ amount }) => usdSumToPico(amount));
  expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(usdSumToPico('1.337'));
  expect(report.who.find(({ dimension }) => dimension === 'feature')!.movers).toEqual([
    { value: 'search', before: '0.07', after: '1.4', difference: '1.33' },
    { value: 'chat', before: '0.007', after: '0.014', difference: '0.007' },
  ]);
  expect(report.sentence).toMatch(
    /^Cost rose by \$1\.34 \(more than 1,000%\), from an average of \$0\.077 to \$1\.41: /
  );
});

it('shows a key of a tenant nothing of others', async () => {
  const made = await collector.call(
    'POST',
    '/v1/keys',
    { name: 'globex reads', scopes: ['read'], tenant: 'globex' },
    ADMIN
  );
  expect([made.status, made.text]).toEqual([201, expect.anything()]);
  const reply = await collector.call('POST', '/v1/reports/why-changed', PERIOD, {
    authorization: `Bearer ${String(made.json.key)}`,
  });
  const report = reply.json as unknown as WhyReport;
  expect([report.before.cost, report.after.cost]).toEqual(['0', '0.05']);
  expect(JSON.stringify(report)).not.toContain('acme');
});

it('compares periods of the caller’s choice, and says what is wrong with a request', async () => {
  const same = await why({ ...PERIOD, compare_from: PERIOD.from, compare_to: PERIOD.to });
  expect(same.report).toMatchObject({ difference: '0', who: [] });
  expect(same.report.sentence).toMatch(/^The cost is the same in both periods: \$1\.46\.$/);
  expect(await why({ from: PERIOD.to, to: PERIOD.from })).toMatchObject({ status: 400 });
  const wrong = await why({ ...PERIOD, filters: [{ dimension: 'modle', operator: '=', values: ['x'] }] });
  expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('nearest known one is')]);
});
