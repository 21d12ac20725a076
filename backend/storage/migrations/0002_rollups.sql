-- Rollups: continuous aggregates that hold the sums of src/query/measures.ts by the dimensions of src/query/rollups.ts.
-- Hours and days are UTC. Nobody reads them directly: 0003 puts exact views in front of them.

-- A sum as bigint, which is compressed and added up three times faster than numeric. Beyond what bigint holds (9.2 million
-- USD in pico-USD, in ONE group and hour or day) it stops at the largest value instead of failing: one absurd row must
-- not stop every report and every refresh. Queries over raw rows stay exact there.
CREATE FUNCTION public.clamped(total numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN total > 9223372036854775807 THEN 9223372036854775807
    WHEN total < -9223372036854775807 THEN -9223372036854775807
    ELSE total
  END::bigint
$$;

CREATE MATERIALIZED VIEW public.usage_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 hour', time) AS bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
GROUP BY 1, tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', bucket) AS bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
GROUP BY 1, tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source
WITH NO DATA;

-- High cardinality lives in daily rollups of its own.
CREATE MATERIALIZED VIEW public.usage_user_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', time) AS bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, user_id, user_segment, feature,
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
GROUP BY 1, tenant, project, team, environment, provider, model, deployment, endpoint, user_id, user_segment, feature
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_run_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', time) AS bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, run_id, agent, pipeline, feature,
  service, status,
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
GROUP BY 1, tenant, project, team, environment, provider, model, deployment, endpoint, run_id, agent, pipeline, feature,
  service, status
WITH NO DATA;

-- One index each, besides the one on bucket that refreshing needs.
CREATE INDEX usage_1h_rollup_tenant ON public.usage_1h_rollup (tenant, bucket DESC);
CREATE INDEX usage_1d_rollup_tenant ON public.usage_1d_rollup (tenant, bucket DESC);
CREATE INDEX usage_user_1d_rollup_user ON public.usage_user_1d_rollup (tenant, user_id, bucket DESC);
CREATE INDEX usage_run_1d_rollup_run ON public.usage_run_1d_rollup (run_id, bucket DESC);

-- Until where the rollups have taken in everything; NULL before the first time. Changes before are found through marks.
CREATE TABLE public.rollup_progress (
  hours_until timestamptz,
  days_until timestamptz,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO public.rollup_progress DEFAULT VALUES;
