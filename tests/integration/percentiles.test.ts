import fc from 'fast-check';
import { type CostQuery, compile, parseQuery } from '../../src/query';
import { refreshRollups } from '../../backend/storage/rollups';
import { storeEvents } from '../../backend/storage/writer';
import { DAY, HOUR, now, openStorage, randomEvents, type Storage } from './storage/support';

let storage: Storage;
const end = Math.floor(now() / DAY) * DAY;
const events = randomEvents(2_000, end - 3 * DAY, end, 5).map((event, i) => ({
  ...event,
  // A seventh says nothing of its duration; the others take from a millisecond to an hour.
  duration_ms: i % 7 === 0 ? null : Math.exp(((i * 0.618_034) % 1) * 15),
}));
beforeAll(async () => {
  storage = await openStorage();
  await storeEvents(storage.pool, events);
});
afterAll(() => storage.close());

/** The step next to a number: even ones of three digits up to 250, multiples of 5 up to 500, of 10 up to 1000. */
function step(ms: number): number {
  const unit = 10 ** (Math.floor(Math.log10(ms)) - 2);
  const digits = ms / unit;
  const width = digits < 250 ? 2 : digits < 500 ? 5 : 10;
  return Math.round(digits / width) * width * unit;
}

/** Between the two numbers next to the place, as `percentile_cont` has it. */
function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  const [lower, upper] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return lower + (place - Math.floor(place)) * (upper - lower);
}

const iso = (us: number) => new Date(us / 1000).toISOString();
const range = { from: iso(end - 3 * DAY), to: iso(end), metrics: ['duration_p50', 'duration_p95'] };
const ask = async (query: CostQuery, options: object = {}) => {
  const { sql, source } = compile(query, { dialect: 'api', ...options });
  const { rows } = await storage.pool.query<Array<string | number | null>>({ text: sql, rowMode: 'array' });
  return { rows, source };
};
const durations = (of: ReadonlyArray<(typeof events)[number]>) =>
  of.map(({ duration_ms }) => duration_ms).filter((ms) => ms !== null);

async function expectByHand(): Promise<string> {
  const { rows, source } = await ask(parseQuery({ ...range, group_by: ['model'], order_by: 'model' }));
  const models = [...new Set(events.map(({ model }) => model))];
  expect(rows.map(([name]) => name).sort()).toEqual([...models].sort());
  for (const [name, p50, p95] of rows) {
    const exact = durations(events.filter(({ model }) => model === name));
    const steps = exact.map(step);
    for (const [fraction, value] of [
      [0.5, p50],
      [0.95, p95],
    ] as const) {
      expect(Number(value) / percentile(steps, fraction)).toBeCloseTo(1, 9);
      expect(Math.abs(Number(value) / percentile(exact, fraction) - 1)).toBeLessThanOrEqual(0.01);
    }
  }
  return source;
}

test('percentiles are those of the calls to 1 %, by hand, from calls and from rollups', async () => {
  await expectByHand();
  await refreshRollups(storage.pool, { quietMs: 0 });
  expect(await expectByHand()).toContain('usage_duration_1d');
});

test('one number, whatever it is read from: by tenant, for one run, ranked, for a viewer of all tenants', async () => {
  await refreshRollups(storage.pool, { quietMs: 0 });
  const tenants = [...new Set(events.map(({ tenant }) => tenant))];
  const whole = await ask(parseQuery(range));
  expect(whole.source).toBe('usage_duration_1d');
  const limited = await ask(parseQuery(range), { tenants });
  expect(limited.source).toContain('usage_events');
  expect(limited.rows).toEqual(whole.rows);
  const models = await ask(
    parseQuery({ ...range, group_by: ['model'], order_by: 'duration_p95', limit: 2, with_other: true })
  );
  const each = await ask(parseQuery({ ...range, group_by: ['model'], order_by: 'duration_p95' }));
  expect(models.rows.slice(0, 2)).toEqual(each.rows.slice(0, 2));
  expect(models.rows.at(-1)![0]).toBe('Other');
  const run = events.find(({ run_id, duration_ms }) => run_id !== null && duration_ms !== null)!.run_id!;
  const filters = [{ dimension: 'run_id', operator: '=', values: [run] }];
  const ofRun = await ask(parseQuery({ ...range, filters }));
  const asGroup = await ask(parseQuery({ ...range, filters, group_by: ['run_id'] }));
  expect(asGroup.rows).toEqual([[run, ...ofRun.rows[0]!]]);
});

test('a single call has its duration as it is', async () => {
  const { duration_ms, event_id } = events.find((event) => event.duration_ms !== null)!;
  const filters = [{ dimension: 'event_id', operator: '=', values: [event_id] }];
  const { rows } = await ask(parseQuery({ ...range, filters, metrics: ['duration_p50'], group_by: ['event_id'] }));
  expect(rows).toEqual([[event_id, duration_ms]]);
});

test('nothing that has a duration has no percentile, and no calls have none', async () => {
  const group_by = ['model'];
  const filters = [{ dimension: 'model', operator: '=', values: ['no such model'] }];
  expect((await ask(parseQuery({ ...range, filters }))).rows).toEqual([[null, null]]);
  expect((await ask(parseQuery({ ...range, filters, group_by }))).rows).toEqual([]);
  const before = { from: iso(end - 9 * DAY), to: iso(end - 9 * DAY + HOUR) };
  expect((await ask(parseQuery({ ...range, ...before }))).rows).toEqual([[null, null]]);
});

test('a step is within 1 % of what it stands for, numbers of two digits are steps, and below zero is zero', async () => {
  const valueOf = async (list: readonly number[]) =>
    (
      await storage.pool.query<{ value: number }>(
        'SELECT public.value_of_step(public.call_step(ms)) AS value FROM unnest($1::float8[]) WITH ORDINALITY AS x (ms, i) ORDER BY i',
        [list]
      )
    ).rows.map(({ value }) => value);
  const numbers = fc.sample(fc.double({ min: -1.9, max: 11.9, noNaN: true }), 500).map((exponent) => 10 ** exponent);
  const values = await valueOf(numbers);
  expect(numbers.filter((ms, i) => Math.abs(values[i]! / ms - 1) > 0.010_000_1)).toEqual([]);
  const round = [0, 0.01, 0.25, 1, 9, 17, 99, 100, 730, 1_200, 12_000, 990_000, 9.9e11];
  expect(await valueOf(round)).toEqual(round);
  expect(await valueOf([-5, 0.001, 5e12])).toEqual([0, 0, 9.9e11]);
});
