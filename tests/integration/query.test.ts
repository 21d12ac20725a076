import fc from 'fast-check';
import { compile, literal, METRICS, parseQuery } from '../../src/query';
import { deleteEvents } from '../../backend/storage/changes';
import { refreshRollups } from '../../backend/storage/rollups';
import { inTransaction } from '../../backend/storage/transaction';
import { storeEvents } from '../../backend/storage/writer';
import { DAY, HOUR, now, openStorage, randomEvents, type Storage } from './storage/support';

let storage: Storage;
const end = Math.floor(now() / HOUR) * HOUR;
const events = randomEvents(3_000, end - 4 * DAY, end, 1);
beforeAll(async () => {
  storage = await openStorage();
  await storeEvents(storage.pool, events);
  // A judgement on one run, so that outcomes change something too.
  await storage.pool.query(
    `WITH given AS (
       INSERT INTO public.feedback (tenant, target_kind, target, time, success, score, source, by)
       VALUES ('', 'run', 'run-1', now(), false, 3, 'test', 'test') RETURNING feedback_id
     ) INSERT INTO public.feedback_keys (kind, key, feedback_id) SELECT 'run', 'run-1', feedback_id FROM given`
  );
  const { rows } = await storage.pool.query<{ found: bigint }>('SELECT public.refresh_outcomes($1, $2) AS found', [
    iso(end - 5 * DAY),
    iso(end + DAY),
  ]);
  expect(Number(rows[0]!.found)).toBeGreaterThan(0);
});
afterAll(() => storage.close());

const iso = (us: number) => new Date(us / 1000).toISOString();
const instants = fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minutes) => end - 4 * DAY + minutes * 60_000_000);

const queries = fc
  .record({
    ends: fc.tuple(instants, instants).filter(([a, b]) => a !== b),
    metrics: fc.uniqueArray(
      fc.constantFrom(...METRICS.map(({ name }) => name).filter((name) => name !== 'cumulative_cost')),
      {
        minLength: 1,
        maxLength: 4,
      }
    ),
    group_by: fc.uniqueArray(fc.constantFrom('tenant', 'model', 'team', 'user_id', 'run_id', 'status', 'feature'), {
      maxLength: 2,
    }),
    filters: fc.array(
      fc.record({
        dimension: fc.constantFrom('tenant', 'project', 'provider', 'team'),
        operator: fc.constantFrom('=', '!=', '=~', '!~'),
        values: fc.uniqueArray(fc.constantFrom('tenant-0', 'provider-1', 'team-0', ''), { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 2 }
    ),
    interval: fc.constantFrom(undefined, '1h', '6h', '1d', '1w', '1M'),
    time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
    limit: fc.constantFrom(undefined, 2),
    with_other: fc.boolean(),
  })
  .map(({ ends, ...query }) => parseQuery({ ...query, from: iso(Math.min(...ends)), to: iso(Math.max(...ends)) }));

it('gives the same rows from rollups and from raw events, whatever the range, zone, groups and filters', async () => {
  const check = async (query: ReturnType<typeof parseQuery>): Promise<string> => {
    const fromRollups = compile(query, { dialect: 'api' });
    const fromRaw = compile(query, { dialect: 'api', rollups: [] });
    // What feedback and chains of retries change is read beside either.
    expect(fromRaw.source).toMatch(/^usage_events( \+ call_outcomes)?$/);
    const ask = async (sql: string) => (await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
    expect(await ask(fromRollups.sql)).toEqual(await ask(fromRaw.sql));
    return fromRollups.source;
  };
  const checkRuns = async () => {
    const range = { from: iso(end - 4 * DAY + HOUR), to: iso(end), metrics: ['total_cost', 'calls', 'started_at'] };
    for (const values of [['run-1'], ['run-2', 'run-3'], ['no such run']]) {
      const filters = [{ dimension: 'run_id', operator: '=', values }];
      await check(parseQuery({ ...range, filters, group_by: ['event_id', 'agent'], limit: 500, with_other: true }));
    }
  };
  const checkMany = async (numRuns: number) => {
    await checkRuns();
    await fc.assert(
      fc.asyncProperty(queries, async (query) => void (await check(query))),
      { numRuns }
    );
  };
  // Before the rollups have anything, with all that they can have, and with hours that changed afterwards.
  await checkMany(20);
  await refreshRollups(storage.pool, { quietMs: 0 });
  await checkMany(40);
  const late = randomEvents(20, end - 4 * DAY, end - 2 * DAY, 2);
  await storeEvents(storage.pool, late);
  await checkMany(20);
  await inTransaction(storage.pool, (client) => deleteEvents(client, late));
  await checkMany(10);
  // Whatever chance brought, each rollup is asked at least once.
  const days = { from: iso(end - 4 * DAY), to: iso(end), metrics: ['total_cost', 'calls'] };
  for (const [group, rollup] of [
    ['model', 'usage_model_1d'],
    ['tenant', 'usage_core_1d'],
    ['user_id', 'usage_user_core_1d'],
    ['feature', 'usage_work_1d'],
    ['service', 'usage_1d'],
    ['run_id', 'usage_run_1d'],
  ]) {
    expect(await check(parseQuery({ ...days, group_by: [group] }))).toContain(rollup);
  }
  for (const [metrics, rollup] of [
    [['duration_p50', 'duration_p95'], 'usage_duration_1d'],
    [['time_to_first_token_p95'], 'usage_first_token_1d'],
    [['arrival_delay_p95', 'late_calls'], 'usage_arrival_1h'],
  ] as const) {
    expect(await check(parseQuery({ ...days, metrics }))).toContain(rollup);
  }
});

it('sums the hours of the day that is not over once, and reads them singly where they changed since', async () => {
  await refreshRollups(storage.pool, { quietMs: 0 });
  // Whatever time it is now: yesterday, at half past three in the afternoon.
  const day = (Math.floor(end / DAY) - 1) * DAY;
  const at = day + 15.5 * HOUR;
  const [begins, until] = [iso(day), iso(day + 13 * HOUR)];
  const rowsOf = async (options: object) => {
    const range = { from: iso(day - 2 * DAY), to: iso(at), metrics: ['total_cost', 'calls', 'retries'] };
    const all = [];
    for (const group_by of [[], ['service'], ['tenant', 'model']]) {
      for (const interval of [undefined, '1d', '1w']) {
        const { sql } = compile(parseQuery({ ...range, group_by, interval }), { dialect: 'api', ...options });
        all.push((await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows);
      }
    }
    return all;
  };
  const now = at / 1000;
  const services = parseQuery({ from: iso(day - DAY), to: iso(at), metrics: ['calls'], group_by: ['service'] });
  expect(compile(services, { dialect: 'api', now }).sql).toContain(
    `FROM public.usage_1d_today WHERE bucket >= '${begins}'::timestamptz AND bucket < '${until}'::timestamptz`
  );
  const settled = async () =>
    (await storage.pool.query<{ yes: boolean }>('SELECT public.today_settled($1, $2) AS yes', [begins, until])).rows[0]!
      .yes;
  expect(await settled()).toBe(false);
  expect(await rowsOf({ now })).toEqual(await rowsOf({ rollups: [] }));
  await storage.pool.query('SELECT public.sum_today($1, $2)', [begins, until]);
  expect(await settled()).toBe(true);
  expect(await rowsOf({ now })).toEqual(await rowsOf({ rollups: [] }));
  // Another day's hours, and hours in which something changed.
  expect((await storage.pool.query('SELECT FROM public.usage_1d_today')).rowCount).toBeGreaterThan(0);
  const late = randomEvents(5, day + HOUR, day + 2 * HOUR, 3);
  await storeEvents(storage.pool, late);
  expect(await settled()).toBe(false);
  expect(await rowsOf({ now })).toEqual(await rowsOf({ rollups: [] }));
  await inTransaction(storage.pool, (client) => deleteEvents(client, late));
  await refreshRollups(storage.pool, { quietMs: 0 });
  expect(await rowsOf({ now })).toEqual(await rowsOf({ rollups: [] }));
});

it.each([1, 30, 2_950, 5_000])(
  'lists the %i most expensive calls as counted by hand, ties and unpriced ones too',
  async (limit) => {
    const team = events.find((event) => event.team)!.team!;
    for (const filters of [[], [{ dimension: 'team', operator: '=', values: [team] }]]) {
      const query = parseQuery({
        from: iso(end - 4 * DAY),
        to: iso(end),
        metrics: ['total_cost', 'calls'],
        group_by: ['event_id'],
        filters,
        limit,
      });
      const { sql } = compile(query, { dialect: 'api' });
      expect(sql).toContain('least_cost');
      const { rows } = await storage.pool.query<string[]>({ text: sql, rowMode: 'array' });
      const cost = (event: (typeof events)[number]) => (event.pricing.priced ? event.pricing.total_cost : -1n);
      const byHand = events
        .filter((event) => filters.length === 0 || event.team === team)
        .sort((a, b) => (cost(a) === cost(b) ? (a.event_id < b.event_id ? -1 : 1) : cost(a) < cost(b) ? 1 : -1))
        .slice(0, limit)
        .map((event) => event.event_id);
      expect(rows.map(([id]) => id)).toEqual(byHand);
      expect(rows.every(([, , calls]) => calls === '1')).toBe(true);
    }
  }
);

it('a short list of runs is the head of the long one, whatever it is ordered by', async () => {
  const metrics = ['total_cost', 'calls', 'retries', 'users', 'duration_p50'];
  const range = { from: iso(end - 4 * DAY + 7 * 60_000_000), to: iso(end) };
  for (const group_by of [['run_id', 'agent'], ['session_id']]) {
    for (const order_by of ['total_cost', 'calls', 'retries']) {
      for (const direction of ['asc', 'desc']) {
        const ask = async (limit?: number) => {
          const query = parseQuery({ ...range, metrics, group_by, order_by, direction, limit });
          const { sql } = compile(query, { dialect: 'api' });
          expect(sql.includes('listed AS')).toBe(limit !== undefined);
          return (await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
        };
        const all = await ask();
        expect(all.length).toBeGreaterThan(5);
        expect(await ask(5)).toEqual(all.slice(0, 5));
      }
    }
  }
});

it.each([undefined, '1d'])(
  'gives the most used model of the largest groups and of the rest as counted by hand, interval %s',
  async (interval) => {
    const metrics = ['calls', 'top_model', 'top_model_ratio'];
    const range = { from: iso(end - 4 * DAY), to: iso(end) };
    const query = parseQuery({ ...range, metrics, group_by: ['user_id'], interval, limit: 2, with_other: true });
    const { sql } = compile(query, { dialect: 'api' });
    const { rows } = await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' });
    const found = rows.map((row) => (interval ? row : [undefined, ...row]));
    const largest = new Set(found.map(([, user]) => user).filter((user) => user !== 'Other'));
    expect(largest.size).toBe(2);
    const dayOf = (us: number) => Math.floor(us / DAY);
    for (const [time, user, calls, model, ratio] of found) {
      const group = events.filter(
        (event) =>
          (user === 'Other' ? !largest.has(event.user_id) : event.user_id === user) &&
          (!(time instanceof Date) || dayOf(event.time) === dayOf(time.getTime() * 1000))
      );
      const counts = new Map<string, number>();
      for (const { model: one } of group) {
        counts.set(one ?? '', (counts.get(one ?? '') ?? 0) + 1);
      }
      const [[name, most]] = [...counts]
        .filter(([one]) => one !== '')
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)) as [[string, number]];
      expect([calls, model]).toEqual([String(group.length), name]);
      expect(ratio).toBeCloseTo(most / group.length, 9);
    }
    expect(found.reduce((sum, [, , calls]) => sum + Number(calls), 0)).toBe(
      events.filter(({ time }) => time >= end - 4 * DAY && time < end).length
    );
  }
);

it('adds up: cost types to the total, groups with Other to the total, every running total to its end', async () => {
  const range = { from: iso(end - 4 * DAY + 7 * 60_000_000), to: iso(end - 60_000_000) };
  const ask = async (query: object) => {
    const { sql } = compile(parseQuery({ ...range, metrics: ['total_cost'], ...query }), { dialect: 'api' });
    return (await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  };
  const pico = (value: unknown) => BigInt(((value ?? '0') as string).replace(/\..*$/, ''));
  const sum = (rows: unknown[][]) => rows.reduce((total, row) => total + pico(row.at(-1)), 0n);
  const [[total]] = (await ask({})) as [[string]];
  expect(pico(total)).toBeGreaterThan(0n);
  expect(sum(await ask({ group_by: ['cost_type'] }))).toBe(pico(total));
  expect(sum(await ask({ group_by: ['model', 'team'], limit: 2, with_other: true }))).toBe(pico(total));
  expect(sum(await ask({ group_by: ['user_id'], interval: '1d', limit: 1, with_other: true }))).toBe(pico(total));
  const running = await ask({ metrics: ['cumulative_cost'], interval: '1d' });
  expect(pico(running.at(-1)!.at(-1))).toBe(pico(total));
});

it('gives the most used model, the top users, useful output, lateness and times as they are counted by hand', async () => {
  const metrics = [
    'top_model',
    'top_model_ratio',
    'top_users_share',
    'cost_per_useful_output_token',
    'late_calls',
    'started_at',
    'ended_at',
  ];
  const whole = { from: iso(end - 4 * DAY), to: iso(end) };
  const { sql } = compile(parseQuery({ ...whole, metrics, group_by: ['team'] }), { dialect: 'api' });
  const { rows } = await storage.pool.query<unknown[]>({ text: sql, rowMode: 'array' });
  const costOf = ({ pricing }: (typeof events)[number]) => (pricing.priced ? Number(pricing.total_cost) : null);
  const total = (values: Array<number | null>) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const groupsOf = (calls: typeof events, key: 'model' | 'user_id') => {
    const names = [...new Set(calls.map((call) => call[key]))];
    return names.map((name) => ({ name, calls: calls.filter((call) => call[key] === name) }));
  };
  const lateCalls = async (team: string | null) => {
    const { rows: counted } = await storage.pool.query<{ late: string }>(
      `SELECT count(*)::text AS late FROM usage_events
       WHERE team IS NOT DISTINCT FROM $1 AND priced_at > time + interval '1 hour'`,
      [team]
    );
    return counted[0]!.late;
  };
  for (const team of [...new Set(events.map((event) => event.team))]) {
    const calls = events.filter((event) => event.team === team);
    const [used] = groupsOf(calls, 'model')
      .filter(({ name }) => name !== null)
      .sort((a, b) => b.calls.length - a.calls.length || (a.name! < b.name! ? -1 : 1));
    const users = groupsOf(calls, 'user_id')
      .filter(({ name }) => name !== null)
      .map((user) => total(user.calls.map(costOf)))
      .sort((a, b) => b - a);
    const useful = calls.filter((call) => call.status === 'ok' && call.pricing.priced);
    const [, model, ratio, share, perToken, late, started, ended] = rows.find(([name]) => name === team)!;
    expect(model).toBe(used!.name);
    expect(ratio).toBeCloseTo(used!.calls.length / calls.length, 9);
    // Five users: five percent of them is one at least.
    expect(share).toBeCloseTo(users[0]! / total(users), 9);
    expect(Number(perToken)).toBeCloseTo(total(calls.map(costOf)) / total(useful.map((call) => call.output_tokens)), 4);
    expect(late).toBe(await lateCalls(team));
    const start = Math.min(...calls.map(({ time, duration_ms }) => time - (duration_ms ?? 0) * 1000));
    expect(Math.abs((started as Date).getTime() - start / 1000)).toBeLessThan(2);
    expect(Math.abs((ended as Date).getTime() - Math.max(...calls.map(({ time }) => time)) / 1000)).toBeLessThan(2);
  }
});

it('reads every literal back as it was', async () => {
  const hostile = fc.array(
    fc.oneof(fc.constantFrom("'", '\\', '$', '[[', '--', '\n', "E'"), fc.string({ unit: 'grapheme' }))
  );
  await fc.assert(
    fc.asyncProperty(
      hostile.map((parts) => parts.join('').replaceAll('\0', '')),
      async (value) => {
        const { rows } = await storage.pool.query<{ value: string }>(`SELECT ${literal(value)} AS value`);
        expect(rows[0]!.value).toBe(value);
      }
    ),
    { numRuns: 200 }
  );
});
