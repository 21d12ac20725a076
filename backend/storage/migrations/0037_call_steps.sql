-- Percentiles of durations and delays without reading the calls. Each call is counted by the step that its duration is next to, and
-- counts are added up like any other sum, so a percentile over a month reads a few thousand counts for each model.
--
-- Steps are numbers of three digits: even ones up to 250, multiples of 5 up to 500 and of 10 up to 1000, and those times a power
-- of ten. So a step is at most 1 % away from what it stands for, and a number of two digits is a step. They go from 0.01 ms to
-- 31 years; step 0 is 0 and whatever is below, by a clock that is wrong. Single calls are read by the same steps
-- (src/query/steps.ts): the same number on every screen, whatever answers it.
--
-- Never change the steps: they are kept.
DO $steps$
DECLARE
  list text;
  edges text;
BEGIN
  SELECT string_agg(value::float8::text, ',' ORDER BY value), string_agg(((value + before) / 2)::float8::text, ',' ORDER BY value)
  INTO list, edges
  FROM (
    SELECT value, lag(value, 1, 0::numeric) OVER (ORDER BY value) AS before
    FROM (
      SELECT digits * power(10::numeric, exponent - 2) AS value
      FROM generate_series(-2, 11) AS exponent, generate_series(100, 999) AS digits
      WHERE digits % CASE WHEN digits < 250 THEN 2 WHEN digits < 500 THEN 5 ELSE 10 END = 0
    ) AS steps
  ) AS neighbours;
  -- Constants of functions, which are read once in a session.
  EXECUTE format(
    'CREATE FUNCTION public.step_values() RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS %L',
    format('BEGIN RETURN %L::double precision[]; END', '{' || list || '}'));
  EXECUTE format(
    'CREATE FUNCTION public.step_edges() RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS %L',
    format('BEGIN RETURN %L::double precision[]; END', '{' || edges || '}'));
END $steps$;

-- Without a search_path of their own, so that they become part of the statement.
CREATE FUNCTION public.call_step(ms double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT pg_catalog.width_bucket(ms, public.step_edges()) $$;

-- ms
CREATE FUNCTION public.value_of_step(step integer) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN step OPERATOR(pg_catalog.=) 0 THEN 0 ELSE (public.step_values())[step] END $$;

-- What percentile_cont gives for calls with these steps, which are in order; upto is how many calls have each step or one before.
CREATE FUNCTION public.percentile_of_steps(steps integer[], upto double precision[], fraction double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
  place double precision := fraction * (upto[cardinality(upto)] - 1);
  lower_value double precision := public.value_of_step(steps[width_bucket(floor(place), upto) + 1]);
  upper_value double precision := public.value_of_step(steps[width_bucket(ceil(place), upto) + 1]);
BEGIN
  RETURN lower_value + (place - floor(place)) * (upper_value - lower_value);
END $$;
CREATE MATERIALIZED VIEW public.usage_duration_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT time_bucket('1 hour', time) AS bucket, provider, model, public.call_step(duration_ms) AS duration_step, count(*) AS calls
FROM public.usage_events
GROUP BY 1, provider, model, public.call_step(duration_ms)
WITH NO DATA;

CREATE FUNCTION public.duration_usage_of_hour(of_hour timestamptz) RETURNS SETOF public.usage_duration_1h_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT of_hour, provider, model, public.call_step(duration_ms), count(*)
  FROM public.usage_events
  WHERE time >= of_hour AND time < of_hour + interval '1 hour'
  GROUP BY provider, model, public.call_step(duration_ms);
END $$;

CREATE VIEW public.usage_duration_1h AS
SELECT bucket, provider, model, duration_step, calls
FROM public.usage_duration_1h_rollup
WHERE bucket < (SELECT hours_until FROM public.rollup_progress WHERE public.rollup_filled('usage_duration_1h'))
  AND bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT open.hour, fresh.provider, fresh.model, fresh.duration_step, fresh.calls
FROM (
  SELECT hour FROM public.rollup_open_hours WHERE public.rollup_filled('usage_duration_1h')
  UNION ALL
  SELECT hour FROM generate_series(public.first_event_day(), public.last_event_time(), interval '1 hour') AS hour
  WHERE NOT public.rollup_filled('usage_duration_1h')
) AS open CROSS JOIN LATERAL public.duration_usage_of_hour(open.hour) fresh;

ALTER MATERIALIZED VIEW public.usage_duration_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC, provider, model, duration_step');
CREATE MATERIALIZED VIEW public.usage_duration_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT time_bucket('1 day', bucket) AS bucket, provider, model, duration_step, sum(calls)::bigint AS calls
FROM public.usage_duration_1h_rollup
GROUP BY 1, provider, model, duration_step
WITH NO DATA;

CREATE FUNCTION public.duration_usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_duration_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT of_day, provider, model, public.call_step(duration_ms), count(*)
  FROM public.usage_events
  WHERE time >= of_day AND time < of_day + interval '24 hours'
  GROUP BY provider, model, public.call_step(duration_ms);
END $$;

CREATE VIEW public.usage_duration_1d AS
SELECT bucket, provider, model, duration_step, calls
FROM public.usage_duration_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress WHERE public.rollup_filled('usage_duration_1d'))
  AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT open.day, fresh.provider, fresh.model, fresh.duration_step, fresh.calls
FROM (
  SELECT day FROM public.rollup_open_days WHERE public.rollup_filled('usage_duration_1d')
  UNION ALL
  SELECT day FROM generate_series(public.first_event_day(), public.last_event_time(), interval '24 hours') AS day
  WHERE NOT public.rollup_filled('usage_duration_1d')
) AS open CROSS JOIN LATERAL public.duration_usage_of_day(open.day) fresh;

ALTER MATERIALIZED VIEW public.usage_duration_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC, provider, model, duration_step');
CREATE MATERIALIZED VIEW public.usage_first_token_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT time_bucket('1 hour', time) AS bucket, provider, model, public.call_step(time_to_first_token_ms) AS first_token_step, count(*) AS calls
FROM public.usage_events
GROUP BY 1, provider, model, public.call_step(time_to_first_token_ms)
WITH NO DATA;

CREATE FUNCTION public.first_token_usage_of_hour(of_hour timestamptz) RETURNS SETOF public.usage_first_token_1h_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT of_hour, provider, model, public.call_step(time_to_first_token_ms), count(*)
  FROM public.usage_events
  WHERE time >= of_hour AND time < of_hour + interval '1 hour'
  GROUP BY provider, model, public.call_step(time_to_first_token_ms);
END $$;

CREATE VIEW public.usage_first_token_1h AS
SELECT bucket, provider, model, first_token_step, calls
FROM public.usage_first_token_1h_rollup
WHERE bucket < (SELECT hours_until FROM public.rollup_progress WHERE public.rollup_filled('usage_first_token_1h'))
  AND bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT open.hour, fresh.provider, fresh.model, fresh.first_token_step, fresh.calls
FROM (
  SELECT hour FROM public.rollup_open_hours WHERE public.rollup_filled('usage_first_token_1h')
  UNION ALL
  SELECT hour FROM generate_series(public.first_event_day(), public.last_event_time(), interval '1 hour') AS hour
  WHERE NOT public.rollup_filled('usage_first_token_1h')
) AS open CROSS JOIN LATERAL public.first_token_usage_of_hour(open.hour) fresh;

ALTER MATERIALIZED VIEW public.usage_first_token_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC, provider, model, first_token_step');
CREATE MATERIALIZED VIEW public.usage_first_token_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT time_bucket('1 day', bucket) AS bucket, provider, model, first_token_step, sum(calls)::bigint AS calls
FROM public.usage_first_token_1h_rollup
GROUP BY 1, provider, model, first_token_step
WITH NO DATA;

CREATE FUNCTION public.first_token_usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_first_token_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT of_day, provider, model, public.call_step(time_to_first_token_ms), count(*)
  FROM public.usage_events
  WHERE time >= of_day AND time < of_day + interval '24 hours'
  GROUP BY provider, model, public.call_step(time_to_first_token_ms);
END $$;

CREATE VIEW public.usage_first_token_1d AS
SELECT bucket, provider, model, first_token_step, calls
FROM public.usage_first_token_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress WHERE public.rollup_filled('usage_first_token_1d'))
  AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT open.day, fresh.provider, fresh.model, fresh.first_token_step, fresh.calls
FROM (
  SELECT day FROM public.rollup_open_days WHERE public.rollup_filled('usage_first_token_1d')
  UNION ALL
  SELECT day FROM generate_series(public.first_event_day(), public.last_event_time(), interval '24 hours') AS day
  WHERE NOT public.rollup_filled('usage_first_token_1d')
) AS open CROSS JOIN LATERAL public.first_token_usage_of_day(open.day) fresh;

ALTER MATERIALIZED VIEW public.usage_first_token_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC, provider, model, first_token_step');
-- How late calls arrive, by hour, for all of them together.
CREATE MATERIALIZED VIEW public.usage_arrival_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 hour', time) AS bucket,
  public.call_step(date_part('epoch', priced_at - time) * 1000) AS arrival_step,
  count(*) AS calls,
  sum(CASE WHEN date_part('epoch', priced_at - time) * 1000 > 3600000 THEN 1 ELSE 0 END) AS late_calls
FROM public.usage_events
GROUP BY 1, public.call_step(date_part('epoch', priced_at - time) * 1000)
WITH NO DATA;

CREATE FUNCTION public.arrival_usage_of_hour(of_hour timestamptz) RETURNS SETOF public.usage_arrival_1h_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_hour,
    public.call_step(date_part('epoch', priced_at - time) * 1000),
    count(*),
    sum(CASE WHEN date_part('epoch', priced_at - time) * 1000 > 3600000 THEN 1 ELSE 0 END)
  FROM public.usage_events
  WHERE time >= of_hour AND time < of_hour + interval '1 hour'
  GROUP BY public.call_step(date_part('epoch', priced_at - time) * 1000);
END $$;

CREATE VIEW public.usage_arrival_1h AS
SELECT bucket, arrival_step, calls, late_calls
FROM public.usage_arrival_1h_rollup
WHERE bucket < (SELECT hours_until FROM public.rollup_progress WHERE public.rollup_filled('usage_arrival_1h'))
  AND bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT open.hour, fresh.arrival_step, fresh.calls, fresh.late_calls
FROM (
  SELECT hour FROM public.rollup_open_hours WHERE public.rollup_filled('usage_arrival_1h')
  UNION ALL
  SELECT hour FROM generate_series(public.first_event_day(), public.last_event_time(), interval '1 hour') AS hour
  WHERE NOT public.rollup_filled('usage_arrival_1h')
) AS open CROSS JOIN LATERAL public.arrival_usage_of_hour(open.hour) fresh;

ALTER MATERIALIZED VIEW public.usage_arrival_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC, arrival_step');

GRANT SELECT ON
  public.usage_duration_1h, public.usage_duration_1d, public.usage_first_token_1h, public.usage_first_token_1d,
  public.usage_arrival_1h, public.usage_duration_1h_rollup, public.usage_duration_1d_rollup,
  public.usage_first_token_1h_rollup, public.usage_first_token_1d_rollup, public.usage_arrival_1h_rollup
TO llmcost_reader;

-- As in 0033: a collector that doesn't know these rollups can't say that they are up to date.
CREATE OR REPLACE FUNCTION public.knows_all_rollups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('llmcost.rollups', true) IS DISTINCT FROM '3' THEN
    RETURN NULL;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
