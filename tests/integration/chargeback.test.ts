import { parse } from 'csv-parse/sync';
import { usdSumToPico } from '../../backend/pricing/decimal';
import { type CollectorProcess, startCollector } from './collectorProcess';
import { FOCUS, focusFaults, type FocusRow } from './focus';

/** Two months that are over; the price is 1 USD per 1M input tokens and 10 per 1M output tokens. */
const now = new Date();
const monthAgo = (count: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
const [FIRST, SECOND] = [monthAgo(2), monthAgo(1)];

interface Line {
  readonly line_id: string;
  readonly kind: string;
  readonly of_month: string;
  readonly team: string | null;
  readonly cost_type: string | null;
  readonly amount: string;
  readonly usd: string;
  readonly provenance: { readonly price: string; readonly query: object } | null;
}
interface Statement {
  readonly total: string;
  readonly total_usd: string;
  readonly closed_at: string | null;
  readonly unpriced_calls: number;
  readonly notes: string[];
  readonly sums: Array<{ team: string | null; amount: string }>;
  readonly lines: Line[];
}

let collector: CollectorProcess;
const post = async (route: string, body: unknown, status = 200) => {
  const reply = await collector.call('POST', route, body);
  expect([reply.status, reply.text]).toEqual([status, expect.anything()]);
  return reply.json;
};
const get = async (query: string): Promise<Statement> => {
  const reply = await collector.call('GET', `/v1/reports/chargeback?${query}`);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.json as unknown as Statement;
};
const signed = (text: string): bigint => (text.startsWith('-') ? -usdSumToPico(text.slice(1)) : usdSumToPico(text));
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + signed(amount), 0n);

const call = (id: string, day: string, team: string, input: number, output: number) => ({
  id,
  time: `${day}T12:00:00Z`,
  tenant: 'acme',
  team,
  cost_center: `CC-${team}`,
  provider: 'p',
  model: 'm',
  usage: { input_tokens: input, output_tokens: output },
});

beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', model: 'm', input: '1', output: '10', effective_from: '2020-01-01T00:00:00Z' };
  await post('/v1/prices', price, 201);
  await post('/v1/events', [
    call('1', `${FIRST}-03`, 'sales', 1_000_000, 100_000),
    call('2', `${FIRST}-04`, 'support', 3_000_000, 0),
    call('3', `${FIRST}-04`, 'platform', 1_000_001, 0),
    { ...call('4', `${FIRST}-05`, 'sales', 5, 5), model: 'unheard-of' },
    call('5', `${SECOND}-10`, 'sales', 2_000_000, 0),
  ]);
});
afterAll(() => collector.stop());

it('charges whole: lines add up to the sums, the total, and the cost query', async () => {
  const made = await get(`month=${FIRST}`);
  // 1 + 1 for sales, 3 for support, 1.000001 for the platform.
  expect(made).toMatchObject({ total: '6.000001', total_usd: '6.000001', closed_at: null, unpriced_calls: 1 });
  expect(sum(made.lines.map(({ amount }) => amount))).toBe(signed('6.000001'));
  expect(sum(made.sums.map(({ amount }) => amount))).toBe(signed('6.000001'));
  expect(made.notes.join()).toContain('1 calls have no price');
  const output = made.lines.find(({ team, cost_type: type }) => team === 'sales' && type === 'output')!;
  expect(output).toMatchObject({ kind: 'usage', amount: '1', of_month: FIRST });
  const found = await post('/v1/query', output.provenance!.query);
  expect((found.rows as unknown[][]).map((row) => row.slice(1))).toEqual([[1, '1']]);
});

it('divides a shared cost by fixed shares or by usage, with the same total', async () => {
  const split = { name: 'platform', tenant: 'acme', dimension: 'team', source: 'platform' };
  const targets = { sales: '1', support: '1' };
  await post('/v1/chargeback/splits', { ...split, by: 'usage', targets }, 201);
  const byUsage = await get(`month=${FIRST}`);
  expect(byUsage.total).toBe('6.000001');
  const parts = byUsage.lines.filter(({ kind }) => kind === 'split').map(({ team, amount }) => [team, amount]);
  // Sales cost 2 and support 3: two and three fifths of 1.000001.
  expect(parts).toEqual([
    ['platform', '-1.000001'],
    ['sales', '0.4000004'],
    ['support', '0.6000006'],
  ]);
  await post('/v1/chargeback/splits', { ...split, by: 'shares', targets: { sales: '0.75', support: '0.25' } }, 201);
  const byShares = await get(`month=${FIRST}`);
  expect(byShares.lines.filter(({ kind }) => kind === 'split').map(({ amount }) => amount)).toEqual([
    '-1.000001',
    '0.75000075',
    '0.25000025',
  ]);
});

it('lowers a month by a credit, once', async () => {
  const credit = { id: 'c-1', month: FIRST, tenant: 'acme', team: 'sales', amount: '0.5', description: 'goodwill' };
  await post('/v1/chargeback/credits', credit, 201);
  await post('/v1/chargeback/credits', credit, 409);
  expect((await get(`month=${FIRST}`)).total).toBe('5.500001');
});

it('converts each day at its own rate', async () => {
  const missing = await collector.call('GET', `/v1/reports/chargeback?month=${FIRST}&currency=EUR`);
  expect([missing.status, missing.text]).toEqual([400, expect.stringContaining('POST /v1/currencies')]);
  const rate = (day: string, value: string) => ({ date: day, currency: 'EUR', rate: value, source: 'test' });
  await post('/v1/currencies', [rate(`${FIRST}-01`, '0.5'), rate(`${FIRST}-04`, '0.8')], 201);
  const euros = await get(`month=${FIRST}&currency=EUR`);
  // 2 × 0.5 + 4.000001 × 0.8 − 0.5 × 0.8
  expect(euros).toMatchObject({ total: '3.8000008', total_usd: '5.500001' });
  expect(sum(euros.lines.map(({ amount }) => amount))).toBe(signed('3.8000008'));
});

it('a closed month does not change; what changes afterwards is in the next, and booked there once', async () => {
  const months = async () =>
    ((await collector.call('GET', '/v1/chargeback/months')).json as { months: Array<Record<string, unknown>> }).months;
  expect((await months()).slice(0, 3)).toMatchObject([
    { month: monthAgo(0), state: 'running', can_close: false },
    { month: SECOND, state: 'open', can_close: true },
    { month: FIRST, state: 'open', can_close: true, closed_at: null },
  ]);
  await post('/v1/chargeback/close', { month: monthAgo(0) }, 409);
  const before = await get(`month=${FIRST}`);
  await post('/v1/chargeback/close', { month: FIRST }, 201);
  expect((await months()).slice(1, 3)).toMatchObject([
    { month: SECOND, state: 'open', can_close: true },
    { month: FIRST, state: 'closed', can_close: false, currency: 'USD', closed_by: expect.any(String) },
  ]);
  await post('/v1/chargeback/close', { month: FIRST }, 409);
  await post('/v1/events', [call('late', `${FIRST}-20`, 'support', 250_000, 0)]);
  const closed = await get(`month=${FIRST}`);
  expect(closed.closed_at).not.toBeNull();
  expect(closed.total).toBe('5.500001');
  const ids = (of: Statement) => of.lines.map(({ line_id: id }) => id).sort();
  expect(ids(closed)).toEqual(ids(before));
  const refused = { id: 'c-2', month: FIRST, tenant: 'acme', amount: '1', description: 'too late' };
  await post('/v1/chargeback/credits', refused, 409);

  const next = await get(`month=${SECOND}`);
  expect(next.total).toBe('2.25');
  expect(next.lines.filter(({ kind }) => kind === 'adjustment')).toEqual([
    expect.objectContaining({ team: 'support', amount: '0.25', of_month: FIRST }),
  ]);
  await post('/v1/chargeback/close', { month: SECOND }, 201);
  expect((await get(`month=${monthAgo(0)}`)).lines.filter(({ kind }) => kind === 'adjustment')).toEqual([]);
});

it('is a dataset that FOCUS 1.2 allows, with the same total', async () => {
  for (const [month, total] of [
    [FIRST, '5.500001'],
    [SECOND, '2.25'],
  ] as const) {
    const reply = await collector.call('GET', `/v1/reports/chargeback?month=${month}&format=focus`);
    expect(reply.headers.get('content-disposition')).toContain(`focus-1.2-${month}-USD.csv`);
    const rows = parse<FocusRow>(reply.text, { columns: true });
    expect(focusFaults(rows)).toEqual([]);
    expect(sum(rows.map(({ BilledCost }) => BilledCost!))).toBe(signed(total));
  }
  // The check finds what is wrong.
  const good = Object.fromEntries(Object.keys(FOCUS).map((name) => [name, '']));
  const faults = focusFaults([{ ...good, ChargeCategory: 'Fun', ChargePeriodStart: '2026-01-01', BilledCost: '1,5' }]);
  expect(faults).toEqual(
    expect.arrayContaining([
      expect.stringContaining('"Fun" is not allowed'),
      expect.stringContaining('"1,5" is no Decimal'),
    ])
  );
});

it('is CSV with one line each', async () => {
  const { text } = await collector.call('GET', `/v1/reports/chargeback?month=${SECOND}&format=csv`);
  const rows = parse<FocusRow>(text, { columns: true });
  expect(rows.map(({ kind, cost_center, amount, currency }) => [kind, cost_center, amount, currency])).toEqual([
    ['usage', 'CC-sales', '2', 'USD'],
    ['adjustment', 'CC-support', '0.25', 'USD'],
  ]);
});
