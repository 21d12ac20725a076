-- Smaller rollups for the reports that nearly every dashboard asks for, and views that are planned in a fraction of the
-- time.
--
-- Real-time aggregation makes the planner plan every level of a rollup down to the raw chunks, for every query: more time
-- than it takes to add up a month of days. So the rollups hold only what was taken in, and the views find the rest in the
-- way in which they find changed hours: one by one, by a function that is only called for hours inside the query's range.
-- What 0003 says about exactness holds, with rollup_progress in the place of TimescaleDB's watermark: it is raised after the
-- refresh has been committed, and read in the query's own snapshot.

ALTER MATERIALIZED VIEW public.usage_1h_rollup SET (timescaledb.materialized_only = true);
ALTER MATERIALIZED VIEW public.usage_1d_rollup SET (timescaledb.materialized_only = true);
ALTER MATERIALIZED VIEW public.usage_user_1d_rollup SET (timescaledb.materialized_only = true);
ALTER MATERIALIZED VIEW public.usage_run_1d_rollup SET (timescaledb.materialized_only = true);

-- By the dimensions of the filter bar alone: a fifth of the rows.
CREATE MATERIALIZED VIEW public.usage_core_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 hour', bucket) AS bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
  public.clamped(sum(calls)) AS calls,
  public.clamped(sum(errors)) AS errors,
  public.clamped(sum(retries)) AS retries,
  public.clamped(sum(retry_cost)) AS retry_cost,
  public.clamped(sum(failed_cost)) AS failed_cost,
  public.clamped(sum(successes)) AS successes,
  public.clamped(sum(input_tokens)) AS input_tokens,
  public.clamped(sum(cache_read_tokens)) AS cache_read_tokens,
  public.clamped(sum(cache_write_tokens)) AS cache_write_tokens,
  public.clamped(sum(output_tokens)) AS output_tokens,
  public.clamped(sum(total_tokens)) AS total_tokens,
  public.clamped(sum(reasoning_tokens)) AS reasoning_tokens,
  public.clamped(sum(input_cost)) AS input_cost,
  public.clamped(sum(cache_read_cost)) AS cache_read_cost,
  public.clamped(sum(cache_write_cost)) AS cache_write_cost,
  public.clamped(sum(output_cost)) AS output_cost,
  public.clamped(sum(reasoning_cost)) AS reasoning_cost,
  public.clamped(sum(other_cost)) AS other_cost,
  public.clamped(sum(total_cost)) AS total_cost,
  public.clamped(sum(reported_cost)) AS reported_cost,
  public.clamped(sum(cache_savings)) AS cache_savings,
  public.clamped(sum(unpriced_calls)) AS unpriced_calls,
  public.clamped(sum(unpriced_tokens)) AS unpriced_tokens,
  public.clamped(sum(unpriced_cache_read_tokens)) AS unpriced_cache_read_tokens,
  public.clamped(sum(unpriced_cache_write_tokens)) AS unpriced_cache_write_tokens,
  public.clamped(sum(unpriced_output_tokens)) AS unpriced_output_tokens
FROM public.usage_1h_rollup
GROUP BY 1,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_core_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', bucket) AS bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
  public.clamped(sum(calls)) AS calls,
  public.clamped(sum(errors)) AS errors,
  public.clamped(sum(retries)) AS retries,
  public.clamped(sum(retry_cost)) AS retry_cost,
  public.clamped(sum(failed_cost)) AS failed_cost,
  public.clamped(sum(successes)) AS successes,
  public.clamped(sum(input_tokens)) AS input_tokens,
  public.clamped(sum(cache_read_tokens)) AS cache_read_tokens,
  public.clamped(sum(cache_write_tokens)) AS cache_write_tokens,
  public.clamped(sum(output_tokens)) AS output_tokens,
  public.clamped(sum(total_tokens)) AS total_tokens,
  public.clamped(sum(reasoning_tokens)) AS reasoning_tokens,
  public.clamped(sum(input_cost)) AS input_cost,
  public.clamped(sum(cache_read_cost)) AS cache_read_cost,
  public.clamped(sum(cache_write_cost)) AS cache_write_cost,
  public.clamped(sum(output_cost)) AS output_cost,
  public.clamped(sum(reasoning_cost)) AS reasoning_cost,
  public.clamped(sum(other_cost)) AS other_cost,
  public.clamped(sum(total_cost)) AS total_cost,
  public.clamped(sum(reported_cost)) AS reported_cost,
  public.clamped(sum(cache_savings)) AS cache_savings,
  public.clamped(sum(unpriced_calls)) AS unpriced_calls,
  public.clamped(sum(unpriced_tokens)) AS unpriced_tokens,
  public.clamped(sum(unpriced_cache_read_tokens)) AS unpriced_cache_read_tokens,
  public.clamped(sum(unpriced_cache_write_tokens)) AS unpriced_cache_write_tokens,
  public.clamped(sum(unpriced_output_tokens)) AS unpriced_output_tokens
FROM public.usage_core_1h_rollup
GROUP BY 1,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason
WITH NO DATA;

CREATE INDEX usage_core_1h_rollup_tenant ON public.usage_core_1h_rollup (tenant, bucket DESC);
CREATE INDEX usage_core_1d_rollup_tenant ON public.usage_core_1d_rollup (tenant, bucket DESC);

-- Everything is taken in again, so that the new rollups get what the old ones have.
UPDATE public.rollup_progress SET hours_until = NULL, days_until = NULL;

-- From when on and until when there are events. Functions, so that looking into every chunk isn't planned each time.
CREATE FUNCTION public.first_event_day() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
  RETURN (SELECT date_trunc('day', min(time), 'UTC') FROM public.usage_events);
END $$;

CREATE FUNCTION public.last_event_time() RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
BEGIN
  RETURN (SELECT max(time) FROM public.usage_events);
END $$;

-- Hours and days that the rollups have not taken in, or that changed since.
CREATE VIEW public.rollup_open_hours AS
SELECT hour FROM public.rollup_dirty WHERE hour < (SELECT hours_until FROM public.rollup_progress)
UNION ALL
SELECT hour
FROM public.rollup_progress CROSS JOIN LATERAL generate_series(
  coalesce(hours_until, public.first_event_day()),
  public.last_event_time(), interval '1 hour') AS hour;

CREATE VIEW public.rollup_open_days AS
SELECT day FROM public.rollup_dirty_days WHERE day < (SELECT days_until FROM public.rollup_progress)
UNION ALL
SELECT day
FROM public.rollup_progress CROSS JOIN LATERAL generate_series(
  coalesce(days_until, public.first_event_day()),
  public.last_event_time(), interval '24 hours') AS day;

CREATE FUNCTION public.core_usage_of_hour(of_hour timestamptz) RETURNS SETOF public.usage_core_1h_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_hour,
    tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
    count(*) AS calls,
    count(*) FILTER (WHERE status <> 'ok') AS errors,
    count(*) FILTER (WHERE attempt > 1) AS retries,
    public.clamped(sum(total_cost) FILTER (WHERE attempt > 1)) AS retry_cost,
    public.clamped(sum(total_cost) FILTER (WHERE status <> 'ok')) AS failed_cost,
    count(*) FILTER (WHERE status = 'ok') AS successes,
    public.clamped(sum(input_tokens)) AS input_tokens,
    public.clamped(sum(cache_read_tokens)) AS cache_read_tokens,
    public.clamped(sum(
    coalesce(cache_write_5m_tokens + cache_write_1h_tokens, cache_write_5m_tokens, cache_write_1h_tokens))) AS cache_write_tokens,
    public.clamped(sum(output_tokens)) AS output_tokens,
    public.clamped(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))) AS total_tokens,
    public.clamped(sum(reasoning_tokens)) AS reasoning_tokens,
    public.clamped(sum(input_cost)) AS input_cost,
    public.clamped(sum(cache_read_cost)) AS cache_read_cost,
    public.clamped(sum(cache_write_cost)) AS cache_write_cost,
    public.clamped(sum(output_cost)) AS output_cost,
    public.clamped(sum(reasoning_cost)) AS reasoning_cost,
    public.clamped(sum(other_cost)) AS other_cost,
    public.clamped(sum(total_cost)) AS total_cost,
    public.clamped(sum(reported_cost)) AS reported_cost,
    public.clamped(sum(cache_savings)) AS cache_savings,
    count(*) FILTER (WHERE total_cost IS NULL) AS unpriced_calls,
    public.clamped(coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
    FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_tokens,
    public.clamped(coalesce(sum(cache_read_tokens) FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_cache_read_tokens,
    public.clamped(coalesce(sum(
    coalesce(cache_write_5m_tokens + cache_write_1h_tokens, cache_write_5m_tokens, cache_write_1h_tokens))
    FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_cache_write_tokens,
    public.clamped(coalesce(sum(output_tokens) FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_output_tokens
  FROM public.usage_events
  WHERE time >= of_hour AND time < of_hour + interval '1 hour'
  GROUP BY
    tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason;
END $$;

-- A day that isn't over has most of its hours in the hourly rollup; of one that changed, one pass over its events is less
-- work than 24 over its hours.
CREATE FUNCTION public.core_usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_core_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  IF of_day < (SELECT days_until FROM public.rollup_progress) THEN
    RETURN QUERY SELECT
      of_day,
      tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
      count(*) AS calls,
      count(*) FILTER (WHERE status <> 'ok') AS errors,
      count(*) FILTER (WHERE attempt > 1) AS retries,
      public.clamped(sum(total_cost) FILTER (WHERE attempt > 1)) AS retry_cost,
      public.clamped(sum(total_cost) FILTER (WHERE status <> 'ok')) AS failed_cost,
      count(*) FILTER (WHERE status = 'ok') AS successes,
      public.clamped(sum(input_tokens)) AS input_tokens,
      public.clamped(sum(cache_read_tokens)) AS cache_read_tokens,
      public.clamped(sum(
      coalesce(cache_write_5m_tokens + cache_write_1h_tokens, cache_write_5m_tokens, cache_write_1h_tokens))) AS cache_write_tokens,
      public.clamped(sum(output_tokens)) AS output_tokens,
      public.clamped(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))) AS total_tokens,
      public.clamped(sum(reasoning_tokens)) AS reasoning_tokens,
      public.clamped(sum(input_cost)) AS input_cost,
      public.clamped(sum(cache_read_cost)) AS cache_read_cost,
      public.clamped(sum(cache_write_cost)) AS cache_write_cost,
      public.clamped(sum(output_cost)) AS output_cost,
      public.clamped(sum(reasoning_cost)) AS reasoning_cost,
      public.clamped(sum(other_cost)) AS other_cost,
      public.clamped(sum(total_cost)) AS total_cost,
      public.clamped(sum(reported_cost)) AS reported_cost,
      public.clamped(sum(cache_savings)) AS cache_savings,
      count(*) FILTER (WHERE total_cost IS NULL) AS unpriced_calls,
      public.clamped(coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
      FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_tokens,
      public.clamped(coalesce(sum(cache_read_tokens) FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_cache_read_tokens,
      public.clamped(coalesce(sum(
      coalesce(cache_write_5m_tokens + cache_write_1h_tokens, cache_write_5m_tokens, cache_write_1h_tokens))
      FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_cache_write_tokens,
      public.clamped(coalesce(sum(output_tokens) FILTER (WHERE total_cost IS NULL), 0)) AS unpriced_output_tokens
    FROM public.usage_events
    WHERE time >= of_day AND time < of_day + interval '24 hours'
    GROUP BY
      tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason;
  ELSE
    RETURN QUERY SELECT
      of_day,
      tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
      public.clamped(sum(calls)) AS calls,
      public.clamped(sum(errors)) AS errors,
      public.clamped(sum(retries)) AS retries,
      public.clamped(sum(retry_cost)) AS retry_cost,
      public.clamped(sum(failed_cost)) AS failed_cost,
      public.clamped(sum(successes)) AS successes,
      public.clamped(sum(input_tokens)) AS input_tokens,
      public.clamped(sum(cache_read_tokens)) AS cache_read_tokens,
      public.clamped(sum(cache_write_tokens)) AS cache_write_tokens,
      public.clamped(sum(output_tokens)) AS output_tokens,
      public.clamped(sum(total_tokens)) AS total_tokens,
      public.clamped(sum(reasoning_tokens)) AS reasoning_tokens,
      public.clamped(sum(input_cost)) AS input_cost,
      public.clamped(sum(cache_read_cost)) AS cache_read_cost,
      public.clamped(sum(cache_write_cost)) AS cache_write_cost,
      public.clamped(sum(output_cost)) AS output_cost,
      public.clamped(sum(reasoning_cost)) AS reasoning_cost,
      public.clamped(sum(other_cost)) AS other_cost,
      public.clamped(sum(total_cost)) AS total_cost,
      public.clamped(sum(reported_cost)) AS reported_cost,
      public.clamped(sum(cache_savings)) AS cache_savings,
      public.clamped(sum(unpriced_calls)) AS unpriced_calls,
      public.clamped(sum(unpriced_tokens)) AS unpriced_tokens,
      public.clamped(sum(unpriced_cache_read_tokens)) AS unpriced_cache_read_tokens,
      public.clamped(sum(unpriced_cache_write_tokens)) AS unpriced_cache_write_tokens,
      public.clamped(sum(unpriced_output_tokens)) AS unpriced_output_tokens
    FROM public.usage_core_1h
    WHERE bucket >= of_day AND bucket < of_day + interval '24 hours'
    GROUP BY
      tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason;
  END IF;
END $$;

CREATE OR REPLACE VIEW public.usage_1h AS
SELECT
  bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source, calls, errors,
  retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_1h_rollup
WHERE bucket < (SELECT hours_until FROM public.rollup_progress) AND bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT
  open.hour,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.cost_center, fresh.provider, fresh.model,
  fresh.deployment, fresh.endpoint, fresh.operation, fresh.service_tier, fresh.user_segment, fresh.service,
  fresh.agent, fresh.pipeline, fresh.feature, fresh.release, fresh.status, fresh.unpriced_reason, fresh.quality,
  fresh.source, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes,
  fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens,
  fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost,
  fresh.reasoning_cost, fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings,
  fresh.unpriced_calls, fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_open_hours open CROSS JOIN LATERAL public.usage_of_hour(open.hour) fresh;

CREATE OR REPLACE VIEW public.usage_1d AS
SELECT
  bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source, calls, errors,
  retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress) AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  open.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.cost_center, fresh.provider, fresh.model,
  fresh.deployment, fresh.endpoint, fresh.operation, fresh.service_tier, fresh.user_segment, fresh.service,
  fresh.agent, fresh.pipeline, fresh.feature, fresh.release, fresh.status, fresh.unpriced_reason, fresh.quality,
  fresh.source, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes,
  fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens,
  fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost,
  fresh.reasoning_cost, fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings,
  fresh.unpriced_calls, fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_open_days open CROSS JOIN LATERAL public.usage_of_day(open.day) fresh;

CREATE OR REPLACE VIEW public.usage_user_1d AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, user_id, user_segment, feature, calls,
  errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens,
  output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost,
  reasoning_cost, other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens,
  unpriced_cache_read_tokens, unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_user_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress) AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  open.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.user_id, fresh.user_segment, fresh.feature, fresh.calls, fresh.errors, fresh.retries,
  fresh.retry_cost, fresh.failed_cost, fresh.successes, fresh.input_tokens, fresh.cache_read_tokens,
  fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens, fresh.input_cost,
  fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost, fresh.other_cost,
  fresh.total_cost, fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls, fresh.unpriced_tokens,
  fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens, fresh.unpriced_output_tokens
FROM public.rollup_open_days open CROSS JOIN LATERAL public.user_usage_of_day(open.day) fresh;

CREATE OR REPLACE VIEW public.usage_run_1d AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, run_id, agent, pipeline, feature,
  service, status, calls, errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens,
  cache_write_tokens, output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost,
  output_cost, reasoning_cost, other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens,
  unpriced_cache_read_tokens, unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_run_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress) AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  open.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.run_id, fresh.agent, fresh.pipeline, fresh.feature, fresh.service, fresh.status, fresh.calls,
  fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes, fresh.input_tokens,
  fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens,
  fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost,
  fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls,
  fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_open_days open CROSS JOIN LATERAL public.run_usage_of_day(open.day) fresh;

CREATE VIEW public.usage_core_1h AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason, calls, errors, retries,
  retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_core_1h_rollup
WHERE bucket < (SELECT hours_until FROM public.rollup_progress) AND bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT
  open.hour,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.unpriced_reason, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost,
  fresh.failed_cost, fresh.successes, fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens,
  fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost,
  fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost, fresh.other_cost, fresh.total_cost,
  fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls, fresh.unpriced_tokens,
  fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens, fresh.unpriced_output_tokens
FROM public.rollup_open_hours open CROSS JOIN LATERAL public.core_usage_of_hour(open.hour) fresh;

CREATE VIEW public.usage_core_1d AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason, calls, errors, retries,
  retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_core_1d_rollup
WHERE bucket < (SELECT days_until FROM public.rollup_progress) AND bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  open.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.unpriced_reason, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost,
  fresh.failed_cost, fresh.successes, fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens,
  fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost,
  fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost, fresh.other_cost, fresh.total_cost,
  fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls, fresh.unpriced_tokens,
  fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens, fresh.unpriced_output_tokens
FROM public.rollup_open_days open CROSS JOIN LATERAL public.core_usage_of_day(open.day) fresh;

GRANT SELECT ON
  public.usage_core_1h, public.usage_core_1d, public.usage_core_1h_rollup, public.usage_core_1d_rollup, public.rollup_progress
TO llmcost_reader;
