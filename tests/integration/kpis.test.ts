import { type CollectorProcess, startCollector } from './collectorProcess';

/**
 * The indicators of docs/kpis.md, each computed by hand from the same 22 calls. Prices per 1M tokens: `small` 1 in and 10
 * out, `large` 10 in and 100 out; each call has 1,000 tokens in and 100 out, so that one costs 0.002 or 0.02 USD.
 *
 * - support (team marketing, tool search, small): 8 succeed, 2 fail, 2 are made again and succeed: 12 × 0.002 = 0.024
 * - drafts (team engineering, large): 10 succeed, by ten users: 10 × 0.02 = 0.2
 */
const DAY = 86_400_000;
const HOUR = 3_600_000;
const YESTERDAY = Math.floor(Date.now() / DAY) * DAY - DAY + 10 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();
const RANGE = { from: iso(YESTERDAY - HOUR), to: iso(YESTERDAY + HOUR) };

let collector: CollectorProcess;

const post = async (route: string, body: unknown, status = 200) => {
  const reply = await collector.call('POST', route, body);
  expect([route, reply.status, reply.text]).toEqual([route, status, expect.anything()]);
  return reply.json;
};

const call = (id: string, user: number, fields: object) => ({
  id,
  tenant: 'acme',
  time: iso(YESTERDAY),
  provider: 'p',
  user_id: `u${user}`,
  usage: { input_tokens: 1_000, output_tokens: 100 },
  ...fields,
});

beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', effective_from: '2020-01-01T00:00:00Z' };
  await post('/v1/prices', { ...price, model: 'small', input: '1', output: '10' }, 201);
  await post('/v1/prices', { ...price, model: 'large', input: '10', output: '100' }, 201);
  const support = { model: 'small', feature: 'support', team: 'marketing', tool: 'search' };
  const drafts = { model: 'large', feature: 'drafts', team: 'engineering' };
  await post('/v1/events', [
    ...Array.from({ length: 8 }, (_, i) => call(`s${i}`, i, support)),
    ...[8, 9].map((i) => call(`f${i}`, i, { ...support, status: 'error' })),
    ...[8, 9].map((i) => call(`r${i}`, i, { ...support, attempt: 2 })),
    ...Array.from({ length: 10 }, (_, i) => call(`d${i}`, 10 + i, drafts)),
  ]);
  await post('/v1/feedback', [
    { tenant: 'acme', call: 'd0', score: '0.75' },
    { tenant: 'acme', call: 'd1', score: '0.25' },
  ]);
});
afterAll(() => collector.stop());

/** Outcomes are found a moment after the calls and their feedback. */
async function becomes(metrics: string[], more: object, expected: unknown[][]): Promise<void> {
  let rows: unknown;
  for (let i = 0; i < 100; i++) {
    rows = (await post('/v1/query', { ...RANGE, metrics, ...more })).rows;
    if (JSON.stringify(rows) === JSON.stringify(expected)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(rows).toEqual(expected);
}
const of = (feature: string) => ({ filters: [{ dimension: 'feature', operator: '=', values: [feature] }] });

it.each<[string, string[], object, unknown[][]]>([
  // 0.024 ÷ (8 + 2); ÷ 0.005
  ['cost per successful completion', ['cost_per_success', 'of_target'], of('support'), [['0.0024', 0.48]]],
  // The cheaper call isn't the cheaper success by itself: 0.2 ÷ 10
  [
    'cost per successful completion, by feature',
    ['cost_per_success'],
    { group_by: ['feature'], order_by: 'feature', direction: 'asc' },
    [
      ['drafts', '0.02'],
      ['support', '0.0024'],
    ],
  ],
  // 10 ÷ 12
  ['success ratio', ['successes', 'calls'], of('support'), [[10, 12]]],
  // 2 failed and 2 made again: 4 × 0.002, of 0.024
  [
    'spent on failures and retries',
    ['wasted_cost', 'failed_cost', 'retry_cost'],
    of('support'),
    [['0.008', '0.004', '0.004']],
  ],
  // No failure and no retry among calls with a price
  [
    'nothing spent on failures and retries is 0, and not unknown',
    ['wasted_cost', 'failed_cost', 'retry_cost', 'unsuccessful_cost', 'wasted_ratio'],
    of('drafts'),
    [['0', '0', '0', '0', 0]],
  ],
  [
    'nothing spent on failures and retries, by feature',
    ['retry_cost', 'wasted_ratio'],
    { group_by: ['feature'], order_by: 'feature', direction: 'asc' },
    [
      ['drafts', '0', 0],
      ['support', '0.004', 0.3333333333333333],
    ],
  ],
  // 2 of 22
  ['retry rate', ['retries', 'calls'], {}, [[2, 22]]],
  [
    'cost by team',
    ['total_cost'],
    { group_by: ['team'] },
    [
      ['engineering', '0.2'],
      ['marketing', '0.024'],
    ],
  ],
  // 0.024 ÷ 10
  ['cost per successful tool call', ['cost_per_tool_success'], {}, [['0.0024']]],
  // 2 × 0.02 ÷ (0.75 + 0.25)
  ['cost per satisfaction point', ['cost_per_point', 'ratings'], {}, [['0.04', 2]]],
  // 1,000 and 100
  ['tokens per call', ['input_tokens_per_call', 'output_tokens_per_call'], {}, [[1000, 100]]],
])('%s', async (_name, metrics, more, expected) => {
  await becomes(metrics, more, expected);
});

it('share of the top 5% of users', async () => {
  // 5% of 20 users are one; the most expensive ones cost 0.02 of 0.224 each.
  const [[share, users]] = (await post('/v1/query', { ...RANGE, metrics: ['top_users_share', 'users'] })).rows as [
    [number, number],
  ];
  expect(users).toBe(20);
  expect(share).toBeCloseTo(0.02 / 0.224, 10);
});
