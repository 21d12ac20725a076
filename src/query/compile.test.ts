import { compile, compileUnpriced } from './compile';
import { METRICS } from './metrics';
import { QueryError } from './model';
import { parseQuery } from './parseQuery';
import type { CompileOptions } from './plan';

const build = (query: object, options: CompileOptions = { dialect: 'api' }) =>
  compile(
    parseQuery({ from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z', metrics: ['total_cost'], ...query }),
    options
  );

const DAYS = "bucket >= '2026-01-01T00:00:00.000Z'::timestamptz AND bucket < '2026-01-03T00:00:00.000Z'::timestamptz";
const SETTLED =
  "(public.rollup_filled('usage_model_1d') AND public.days_settled('2026-01-01T00:00:00.000Z'::timestamptz, '2026-01-03T00:00:00.000Z'::timestamptz))";
const TIMES = DAYS.replace(/bucket/g, 'time');

it('a total: no calls cost 0, calls without a price cost an unknown amount', () => {
  expect(build({}).sql).toBe(
    [
      'WITH base AS (',
      `  SELECT * FROM (SELECT sum(calls) AS calls, sum(total_cost) AS total_cost FROM public.usage_model_1d_rollup WHERE ${DAYS}) AS settled WHERE ${SETTLED}`,
      '  UNION ALL',
      `  SELECT * FROM (SELECT sum(calls) AS calls, sum(total_cost) AS total_cost FROM public.usage_model_1d WHERE ${DAYS}) AS open WHERE NOT ${SETTLED}`,
      '),',
      'grouped AS (',
      '  SELECT CASE WHEN coalesce(sum(calls), 0) = 0 THEN 0 ELSE sum(total_cost) END AS total_cost, CASE WHEN coalesce(sum(calls), 0) = 0 THEN 0 ELSE sum(total_cost) END AS rank_value FROM base',
      ')',
      'SELECT round((grouped.total_cost)::numeric, 6)::text AS "total_cost" FROM grouped',
    ].join('\n')
  );
});

it('groups, filters and a tenant limit that no filter can widen', () => {
  const { sql } = build(
    {
      group_by: ['model'],
      filters: [
        { dimension: 'tenant', operator: '=', values: ['globex'] },
        { dimension: 'team', operator: '!=', values: ["a'b", ''] },
        { dimension: 'endpoint', operator: '=~', values: ['^/v1', 'pay$'] },
        { dimension: 'feature', operator: '!~', values: ['x'] },
      ],
      limit: 5,
    },
    { dialect: 'api', tenants: ['acme'] }
  );
  expect(sql).toContain(
    `FROM public.usage_1d WHERE ${DAYS} AND (tenant IN ('acme')) AND (tenant IN ('globex')) AND (team IN ('a''b') OR team IS NULL) IS NOT TRUE AND (endpoint ~ '^/v1' OR endpoint ~ E'pay\\x24') AND (feature ~ 'x') IS NOT TRUE GROUP BY 1`
  );
  expect(sql).toMatch(/ORDER BY grouped\.rank_value DESC NULLS LAST, grouped\.k1 LIMIT 5$/);
});

it('what tools cost is read from calls that served one, the rest from rollups', () => {
  const tools = (query: object) => build({ metrics: ['cost_per_tool_success', 'calls'], ...query });
  const { sql, source } = tools({ group_by: ['model'], order_by: 'calls', limit: 2, with_other: true });
  expect(source).toBe('usage_model_1d + usage_events + call_outcomes');
  expect(sql).toContain(`FROM public.usage_events WHERE ${TIMES} AND tool IS NOT NULL GROUP BY 1`);
  // The largest by what tools cost are told apart even where no call served one.
  const ranked = tools({ group_by: ['model'], limit: 2, with_other: true }).sql;
  expect(ranked).not.toContain('tool IS NOT NULL GROUP BY');
  expect(ranked).toMatch(/top AS \(\n {2}SELECT k1, true AS hit FROM \(SELECT k1, sum\(tool_cost\)/);
});

it('an empty list of tenants sees nothing', () => {
  expect(build({}, { dialect: 'api', tenants: [] }).sql).toContain('AND (false)');
});

it('the rollup of all tenants is never asked for some of them', () => {
  const tenants = ['acme'];
  expect(build({ group_by: ['model'] }, { dialect: 'api', tenants }).source).toBe('usage_core_1d');
  expect(build({ metrics: ['users'] }, { dialect: 'api', tenants }).source).toBe('usage_user_core_1d');
});

it("buckets of a rollup's own width are its buckets; others are made of them", () => {
  const keys = (interval: string, time_zone?: string) =>
    /FROM \(SELECT (.*?) AS t/.exec(build({ interval, ...(time_zone ? { time_zone } : {}) }).sql)?.[1];
  expect(keys('1d')).toBe('bucket');
  expect(keys('1h')).toBe('bucket');
  expect(keys('1h', 'Europe/Berlin')).toBe('bucket');
  expect(keys('2h')).toBe("time_bucket(INTERVAL '2 hours', bucket)");
  expect(keys('1d', 'Europe/Berlin')).toBe("date_trunc('day', bucket, 'Europe/Berlin')");
  expect(keys('1w')).toMatch(/^date_trunc\('week', bucket/);
});

it('the top groups and the rest as Other, per day of a zone from hours', () => {
  const { sql, source } = build({
    group_by: ['model'],
    interval: '1d',
    time_zone: 'Europe/Berlin',
    limit: 2,
    with_other: true,
  });
  expect(source).toBe('usage_model_1h');
  expect(sql).toContain("date_trunc('day', bucket, 'Europe/Berlin') AS t, model AS k1");
  expect(sql).toContain(
    'SELECT k1, true AS hit FROM base GROUP BY k1 ORDER BY sum(total_cost) DESC NULLS LAST, k1 LIMIT 2'
  );
  expect(sql).toContain(
    "LEFT JOIN top ON coalesce(base.k1, '') = coalesce(top.k1, '') AND (base.k1 IS NULL) = (top.k1 IS NULL)"
  );
  expect(sql).toContain('CASE WHEN grouped.rest THEN \'Other\' ELSE grouped.k1 END AS "model"');
});

it.each([
  [{ group_by: ['model'] }, 'usage_model_1d'],
  [{ group_by: ['model', 'tenant'] }, 'usage_core_1d'],
  [{ group_by: ['user_id'] }, 'usage_user_core_1d'],
  [{ group_by: ['user_id'], metrics: ['errors'] }, 'usage_user_1d'],
  [{ group_by: ['user_id', 'cost_type'] }, 'usage_user_1d'],
  [
    { filters: [{ dimension: 'cost_type', operator: '=', values: ['output'] }], group_by: ['user_id'] },
    'usage_user_1d',
  ],
  [{ group_by: ['user_id', 'model'] }, 'usage_user_1d'],
  [{ group_by: ['run_id'] }, 'usage_run_1d'],
  [{ group_by: ['session_id'] }, 'usage_events'],
  [{ group_by: ['tags.queue'] }, 'usage_events'],
  [{ metrics: ['users'] }, 'usage_user_core_1d'],
  [{ metrics: ['duration_p95'] }, 'usage_duration_1d'],
  [{ metrics: ['duration_p50'], interval: '1h' }, 'usage_model_1h + usage_duration_1h'],
  [{ metrics: ['time_to_first_token_p95'], group_by: ['model'] }, 'usage_model_1d + usage_first_token_1d'],
  [{ metrics: ['duration_p95'], group_by: ['tenant'] }, 'usage_core_1d + usage_events'],
  [{ metrics: ['duration_p95'], group_by: ['run_id'] }, 'usage_events'],
  [{ metrics: ['cost_p95'] }, 'usage_events'],
  [{ metrics: ['late_calls', 'arrival_delay_p95'] }, 'usage_arrival_1h'],
  [{ metrics: ['late_calls'], group_by: ['model'] }, 'usage_events'],
  [{ metrics: ['total_cost', 'ended_at'] }, 'usage_model_1d + usage_events'],
  [{ interval: '15m' }, 'usage_events'],
  [{ from: '2026-01-01T00:30:00Z' }, 'usage_events + usage_model_1h + usage_model_1d'],
  [{ group_by: ['user_id', 'session_id'] }, 'usage_events'],
])('%j is answered by %s', (query, source) => expect(build(query).source).toBe(source));

it('the most used model and the top users have tables of their own beside the sums', () => {
  const { sql, source } = build({
    metrics: ['total_cost', 'top_model', 'top_model_ratio', 'top_users_share'],
    group_by: ['team'],
    limit: 2,
    with_other: true,
  });
  expect(source).toBe('usage_core_1d + usage_user_1d + usage_model_1d');
  expect(sql).toContain(
    'per_model AS (\n  SELECT rest, k1, (array_agg(model ORDER BY calls DESC, model) FILTER (WHERE model IS NOT NULL))[1] AS top_model, ' +
      '(max(calls) FILTER (WHERE model IS NOT NULL))::numeric / nullif(sum(calls), 0) AS top_model_ratio FROM ' +
      '(SELECT rest, k1, model, sum(calls) AS calls FROM per_model_ranked GROUP BY rest, k1, model HAVING sum(calls) > 0) AS sums GROUP BY rest, k1\n)'
  );
  expect(sql).toContain(
    '(sum(total_cost) FILTER (WHERE user_id IS NOT NULL AND place <= ceil(users * 0.05)))::numeric / nullif(sum(total_cost) FILTER (WHERE user_id IS NOT NULL), 0) AS top_users_share'
  );
  expect(sql).toContain(
    "LEFT JOIN per_model ON grouped.rest = per_model.rest AND coalesce(grouped.k1, '') = coalesce(per_model.k1, '')"
  );
});

it('costs of calls that there were none of are 0, however many others there are; those without a price stay unknown', () => {
  const { sql } = build({ metrics: ['retry_cost', 'wasted_ratio'], group_by: ['feature'] });
  expect(sql).toContain('CASE WHEN sum(retries) = 0 THEN 0 ELSE sum(retry_cost) END AS retry_cost');
  expect(sql).toContain(
    '(CASE WHEN sum(calls) + sum(retries) - sum(successes) = 0 THEN 0 ELSE sum(wasted_cost) END)::numeric * 1 / nullif(sum(total_cost), 0) AS wasted_ratio'
  );
});

it('a short list of runs is found by what it is ordered by, and the rest is summed for these alone', () => {
  const query = { metrics: ['total_cost', 'calls', 'errors'], group_by: ['run_id'], limit: 3 };
  const { sql } = build(query);
  expect(sql).toContain(
    'top AS MATERIALIZED (\n  SELECT k1 FROM listed GROUP BY k1 ORDER BY sum(total_cost) DESC NULLS LAST, k1 LIMIT 3\n)'
  );
  expect(sql).toContain('SELECT run_id AS k1, total_cost AS total_cost FROM public.usage_run_1d_rollup WHERE');
  expect(sql).toMatch(/errors AS errors FROM public\.usage_run_1d_rollup JOIN top ON coalesce\(run_id, ''\)/);
  for (const other of [
    { with_other: true },
    { interval: '1d' },
    { order_by: 'run_id' },
    { metrics: ['total_cost'] },
    { group_by: ['user_id'] },
    { metrics: ['total_cost', 'calls', 'errors', 'cost_share'] },
  ]) {
    expect(build({ ...query, ...other }).sql).not.toContain('listed AS');
  }
});

it('of the largest groups alone models are summed by group; the rest has what they leave', () => {
  const query = { metrics: ['calls', 'top_model'], group_by: ['user_id'], limit: 2 };
  const { sql } = build({ ...query, with_other: true });
  const isTop = "coalesce(user_id, '') = coalesce(top.k1, '') AND (user_id IS NULL) = (top.k1 IS NULL)";
  expect(sql).toContain(
    `SELECT user_id AS k1, model, sum(calls) AS calls FROM public.usage_user_1d_rollup JOIN top ON ${isTop} WHERE ${DAYS} GROUP BY 1, 2`
  );
  expect(sql).toContain(`SELECT model, sum(calls) AS calls FROM public.usage_model_1d_rollup WHERE ${DAYS} GROUP BY 1`);
  expect(sql).toContain(
    [
      'per_model_ranked AS (',
      '  SELECT model, calls, false AS rest, k1 FROM per_model_base',
      '  UNION ALL',
      '  SELECT model, calls, true AS rest, NULL::text AS k1 FROM per_model_base_whole',
      '  UNION ALL',
      '  SELECT model, -calls AS calls, true AS rest, NULL::text AS k1 FROM per_model_base',
      ')',
    ].join('\n')
  );
  // Without "Other" there is no rest to know.
  const days = build({ ...query, interval: '1d' }).sql;
  expect(days).toContain('per_model_ranked AS (\n  SELECT t, model, calls, false AS rest, k1 FROM per_model_base\n)');
  expect(build(query).sql).not.toContain('JOIN top');
});

it('successes are held against the target of their tenant and feature, whatever they are grouped by', () => {
  const { sql, source } = build({ metrics: ['of_target'], group_by: ['team'] });
  expect(source).toBe('usage_core_1d + usage_1d + call_outcomes');
  expect(sql).toContain(
    'per_target AS (\n  SELECT k1, sum(total_cost)::numeric / nullif(sum(priced_successes * public.success_target(tenant, feature)), 0) AS of_target FROM ' +
      '(SELECT k1, tenant, feature, sum(total_cost) AS total_cost, sum(priced_successes) AS priced_successes FROM per_target_base GROUP BY k1, tenant, feature) AS sums GROUP BY k1\n)'
  );
});

it('useful output is that of successful calls, also from rollups', () => {
  const { sql, source } = build({ metrics: ['cost_per_useful_output_token'], group_by: ['agent'] });
  expect(source).toBe('usage_work_1d');
  expect(sql).toContain("sum((CASE WHEN status = 'ok' THEN output_tokens - unpriced_output_tokens END))");
  // usage_user_1d has no status, so the users come from there and the tokens from another.
  expect(build({ metrics: ['cost_per_useful_output_token', 'users'] }).source).toBe(
    'usage_work_1d + usage_user_core_1d'
  );
  // … and single calls answer where rows have to have both.
  expect(build({ metrics: ['cost_per_useful_output_token'], group_by: ['user_id'] }).source).toBe('usage_events');
});

it('users are counted in a table beside, from rows with nothing else; the rest comes from the smallest rollup', () => {
  const { sql, source } = build({ metrics: ['users', 'cost_per_user', 'calls'], group_by: ['team'] });
  expect(source).toBe('usage_core_1d + usage_user_1d');
  expect(sql).toContain(
    'per_user AS (\n  SELECT k1, count(user_id) AS users, sum(total_cost) FILTER (WHERE user_id IS NOT NULL) / nullif(count(user_id), 0) AS cost_per_user FROM ' +
      '(SELECT k1, user_id, sum(total_cost) AS total_cost FROM per_user_base GROUP BY k1, user_id) AS sums GROUP BY k1\n)'
  );
  expect(sql).toContain('ORDER BY per_user.users DESC NULLS LAST, grouped.k1');
  // Nothing but users: nothing else is read.
  expect(build({ metrics: ['users'] }).source).toBe('usage_user_core_1d');
});

it('the largest groups by a count of users are found where users are counted', () => {
  const { sql } = build({ metrics: ['users'], group_by: ['team'], limit: 3, with_other: true });
  expect(sql).toContain(
    'SELECT k1, true AS hit FROM (SELECT k1, user_id FROM per_user_base GROUP BY k1, user_id) AS sums GROUP BY k1 ORDER BY count(user_id) DESC NULLS LAST, k1 LIMIT 3'
  );
});

it('rows per run are not summed twice', () => {
  const { sql } = build({ group_by: ['run_id'] });
  expect(sql).toContain(
    `SELECT run_id AS k1, calls AS calls, total_cost AS total_cost FROM public.usage_run_1d_rollup WHERE ${DAYS}) AS settled`
  );
});

it('the most expensive calls are found by their costs, before anything else of them is read', () => {
  const { sql } = build({ group_by: ['user_id', 'event_id'], limit: 7 });
  // One more than is listed says whether the last one's cost is its own.
  expect(sql).toContain(
    `dearest AS MATERIALIZED (\n  SELECT total_cost, time FROM public.usage_events WHERE ${TIMES}\n  ORDER BY total_cost DESC NULLS LAST LIMIT 8\n)`
  );
  const least =
    'coalesce(total_cost >= (SELECT total_cost FROM least_cost), (SELECT total_cost FROM least_cost) IS NULL)';
  expect(sql).toContain(
    `WHERE ${TIMES} AND time = ANY (ARRAY(SELECT time FROM dearest)) AND ${least}) AS part WHERE (SELECT is_apart FROM least_cost)`
  );
  expect(sql).toContain(`WHERE ${TIMES} AND ${least}) AS part WHERE NOT (SELECT is_apart FROM least_cost)`);
  for (const other of [{ direction: 'asc' }, { with_other: true }, { order_by: 'event_id' }, { metrics: ['calls'] }]) {
    expect(build({ group_by: ['user_id', 'event_id'], limit: 7, ...other }).sql).not.toContain('least_cost');
  }
});

it("a run's calls are read on its days alone where these are known", () => {
  const run = (values: string[]) => [{ dimension: 'run_id', operator: '=', values }];
  const query = { from: '2026-01-01T06:00:00Z', to: '2026-01-09T12:00:00Z', group_by: ['event_id'], with_other: true };
  const { sql } = build({ ...query, filters: run(['r1']) });
  expect(sql).toContain(
    "base_run_days AS MATERIALIZED (\n  SELECT min(bucket) AS first, max(bucket) + INTERVAL '24 hours' AS past FROM public.usage_run_1d_rollup WHERE bucket >= '2026-01-01T00:00:00.000Z'::timestamptz AND bucket < '2026-01-09T00:00:00.000Z'::timestamptz AND (run_id IN ('r1'))\n)"
  );
  const settled =
    "public.days_settled('2026-01-01T00:00:00.000Z'::timestamptz, '2026-01-09T00:00:00.000Z'::timestamptz)";
  expect(sql).toContain(`time >= (SELECT first FROM base_run_days) AND time < (SELECT past FROM base_run_days)`);
  expect(sql).toContain(`AS part WHERE ${settled}`);
  expect(sql).toContain(`AS part WHERE NOT ${settled}`);
  expect(sql).toContain(
    "time >= '2026-01-09T00:00:00.000Z'::timestamptz AND time < '2026-01-09T12:00:00.000Z'::timestamptz"
  );
  // Calls without a run are on every day; a short range is read as it is.
  expect(build({ ...query, filters: run(['r1', '']) }).sql).not.toContain('run_days');
  expect(build({ ...query, to: '2026-01-02T00:00:00Z', filters: run(['r1']) }).sql).not.toContain('run_days');
});

it('moments are times to the API and milliseconds to Grafana', () => {
  const query = { metrics: ['started_at', 'ended_at'], group_by: ['event_id'] };
  const api = build(query);
  expect(api.columns.slice(1)).toEqual([
    { name: 'started_at', type: 'time', unit: 'time' },
    { name: 'ended_at', type: 'time', unit: 'time' },
  ]);
  expect(api.sql).toContain('grouped.started_at AS "started_at"');
  expect(build(query, { dialect: 'grafana' }).sql).toContain(
    '(extract(epoch FROM grouped.ended_at) * 1000)::float8 AS "ended_at"'
  );
});

it('divides by cost type without counting twice', () => {
  const { sql } = build({
    group_by: ['cost_type'],
    filters: [{ dimension: 'cost_type', operator: '!=', values: ['other'] }],
  });
  expect(sql).toMatch(
    /SELECT ct\.cost_type AS k1, ct\.cost AS total_cost FROM \(SELECT sum\(input_cost\) .* FROM public\.usage_model_1d .*\) AS summed CROSS JOIN LATERAL \(VALUES/
  );
  expect(sql).not.toContain("('other'");
});

it('a filter by cost type leaves the other types out of costs and tokens', () => {
  const filters = [{ dimension: 'cost_type', operator: '=', values: ['output'] }];
  const { sql } = build({ metrics: ['total_cost', 'input_cost', 'total_tokens', 'calls'], filters });
  expect(sql).toContain('sum(output_cost) AS total_cost');
  expect(sql).toContain('sum(input_cost * 0) AS input_cost');
  expect(sql).toContain('sum((coalesce(output_tokens, 0))) AS total_tokens');
  expect(sql).toContain('sum(calls) AS calls');
});

it.each([
  [{ metrics: ['calls'], group_by: ['cost_type'] }, 'calls'],
  [{ metrics: ['cost_p95'], group_by: ['cost_type'] }, 'cost_p95'],
  [{ metrics: ['late_calls'], group_by: ['cost_type'] }, 'late_calls'],
  [{ metrics: ['top_model'], group_by: ['cost_type'] }, 'top_model'],
  [{ metrics: ['retry_cost'], filters: [{ dimension: 'cost_type', operator: '=', values: ['input'] }] }, 'retry_cost'],
])('%j is refused', (query, name) => {
  expect(() => build(query)).toThrow(QueryError);
  expect(() => build(query)).toThrow(`${name} can't be divided by cost type`);
});

it("Grafana's dialect: floats in USD, missing dimensions named", () => {
  const { sql } = build({ group_by: ['team'] }, { dialect: 'grafana' });
  expect(sql).toContain(`coalesce(grouped.k1, '(not set)') AS "team"`);
  expect(sql).toContain('((grouped.total_cost) / 1000000000000.0)::float8 AS "total_cost"');
});

it('filters understand the name of "not set"', () => {
  const filters = [{ dimension: 'team', operator: '=', values: ['(not set)'] }];
  expect(build({ filters }).sql).toContain('AND (team IS NULL)');
});

it("a range that Grafana fills in: the hourly rollup between the range's edges", () => {
  const window = { from: '$__timeFrom()::timestamptz', to: '$__timeTo()::timestamptz' };
  const { sql, source } = build({ group_by: ['tenant'] }, { dialect: 'grafana', window });
  expect(source).toBe('usage_events + usage_core_1h');
  expect(sql).toContain(
    "bucket >= time_bucket(INTERVAL '1 hour', $__timeFrom()::timestamptz + INTERVAL '1 hour' - INTERVAL '1 microsecond') AND bucket < time_bucket(INTERVAL '1 hour', $__timeTo()::timestamptz)"
  );
});

it('a tag can be no way out of its quotes', () => {
  const { sql } = build({ group_by: [`tags.a' OR "1"=1 $x`] });
  expect(sql).toContain(`tags->>E'a'' OR "1"=1 \\x24x' AS k1`);
  expect(sql).toContain(`AS "tags.a' OR ""1""=1 x"`);
});

it('every metric compiles in both dialects', () => {
  for (const { name } of METRICS) {
    for (const dialect of ['api', 'grafana'] as const) {
      const { columns } = build({ metrics: [name], group_by: ['model'], interval: '1d' }, { dialect });
      expect(columns.map((column) => column.name)).toEqual(['time', 'model', name]);
    }
  }
});

it('what the totals leave out is asked with the same filters', () => {
  const query = parseQuery({
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-03T00:00:00Z',
    metrics: ['total_cost'],
    group_by: ['model'],
    filters: [{ dimension: 'team', operator: '=', values: ['x'] }],
  });
  const { sql, columns } = compileUnpriced(query, { dialect: 'api' });
  expect(columns.map(({ name }) => name)).toEqual(['unpriced_calls', 'unpriced_tokens']);
  expect(sql).toContain("(team IN ('x'))");
  expect(sql).not.toContain(TIMES);
});
