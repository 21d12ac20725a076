-- The views that queries read: usage_1h, usage_1d, usage_user_1d, usage_run_1d. Each equals the raw rows, summed, at every
-- moment and in every snapshot, also for rows that came late, were deleted or were repriced a moment ago.
--
-- A rollup answers by itself for hours that it hasn't taken in yet (real-time aggregation) and for hours that haven't
-- changed since. The rest stands in rollup_dirty, put there by the transaction that changed the rows; those hours (in daily
-- views: their days) are left out of the rollup and summed from the rows instead. rollups.ts brings the rollups up to date
-- and removes the marks. Why no reader can ever see a difference:
--
-- 1. A snapshot that sees changed rows sees their marks, because one transaction wrote both.
-- 2. Changes to the newest hours are not marked. Their hour isn't in a rollup: one is taken in at the earliest two hours
--    after its end by the clock, while unmarked changes were made at most one hour after its end, by the same clock. Only
--    a transaction open for more than an hour could break this; connections end after a minute of idling in one.
-- 3. A mark is removed after the refresh of its hour has been committed, and only if it is still the very version that
--    was read before the refresh. Whoever changes rows in between gives the mark a new version; if that transaction is
--    still open, removing the mark waits for it (both touch the same row) and then finds the new version. So a snapshot
--    without the mark sees a refresh that saw all marked changes, as long as one refresher runs at a time (advisory lock).
-- 4. The watermark at which a rollup passes to real-time aggregation is read in the query's own snapshot.
--
-- The sums over dirty hours are functions, not sub-selects, on purpose: as a sub-select the planner would plan the scan of
-- every chunk for every query, 35 ms instead of 1 ms with 60 chunks, though there is mostly nothing dirty. They plan with
-- the actual hour each time, so that only its chunk is looked at; being STABLE they see the snapshot of the query.

CREATE VIEW public.rollup_dirty_days AS
SELECT DISTINCT date_trunc('day', hour, 'UTC') AS day FROM public.rollup_dirty;

CREATE FUNCTION public.usage_of_hour(of_hour timestamptz) RETURNS SETOF public.usage_1h_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_hour,
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
  WHERE time >= of_hour AND time < of_hour + interval '1 hour'
  GROUP BY tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
    user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source;
END $$;

CREATE VIEW public.usage_1h AS
SELECT
  bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source, calls, errors,
  retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_1h_rollup
WHERE bucket NOT IN (SELECT hour FROM public.rollup_dirty)
UNION ALL
SELECT
  dirty.hour,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.cost_center, fresh.provider, fresh.model,
  fresh.deployment, fresh.endpoint, fresh.operation, fresh.service_tier, fresh.user_segment, fresh.service,
  fresh.agent, fresh.pipeline, fresh.feature, fresh.release, fresh.status, fresh.unpriced_reason, fresh.quality,
  fresh.source, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes,
  fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens,
  fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost,
  fresh.reasoning_cost, fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings,
  fresh.unpriced_calls, fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_dirty dirty CROSS JOIN LATERAL public.usage_of_hour(dirty.hour) fresh;

CREATE FUNCTION public.usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_day,
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
  FROM public.usage_1h
  WHERE bucket >= of_day AND bucket < of_day + interval '1 day'
  GROUP BY tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
    user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source;
END $$;

CREATE VIEW public.usage_1d AS
SELECT
  bucket,
  tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
  user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source, calls, errors,
  retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
  total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost,
  other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens,
  unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_1d_rollup
WHERE bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  dirty.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.cost_center, fresh.provider, fresh.model,
  fresh.deployment, fresh.endpoint, fresh.operation, fresh.service_tier, fresh.user_segment, fresh.service,
  fresh.agent, fresh.pipeline, fresh.feature, fresh.release, fresh.status, fresh.unpriced_reason, fresh.quality,
  fresh.source, fresh.calls, fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes,
  fresh.input_tokens, fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens,
  fresh.reasoning_tokens, fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost,
  fresh.reasoning_cost, fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings,
  fresh.unpriced_calls, fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_dirty_days dirty CROSS JOIN LATERAL public.usage_of_day(dirty.day) fresh;

CREATE FUNCTION public.user_usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_user_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_day,
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
  WHERE time >= of_day AND time < of_day + interval '1 day'
  GROUP BY tenant, project, team, environment, provider, model, deployment, endpoint, user_id, user_segment, feature;
END $$;

CREATE VIEW public.usage_user_1d AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, user_id, user_segment, feature, calls,
  errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens, cache_write_tokens,
  output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost,
  reasoning_cost, other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens,
  unpriced_cache_read_tokens, unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_user_1d_rollup
WHERE bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  dirty.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.user_id, fresh.user_segment, fresh.feature, fresh.calls, fresh.errors, fresh.retries,
  fresh.retry_cost, fresh.failed_cost, fresh.successes, fresh.input_tokens, fresh.cache_read_tokens,
  fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens, fresh.input_cost,
  fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost, fresh.other_cost,
  fresh.total_cost, fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls, fresh.unpriced_tokens,
  fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens, fresh.unpriced_output_tokens
FROM public.rollup_dirty_days dirty CROSS JOIN LATERAL public.user_usage_of_day(dirty.day) fresh;

CREATE FUNCTION public.run_usage_of_day(of_day timestamptz) RETURNS SETOF public.usage_run_1d_rollup
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT
    of_day,
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
  WHERE time >= of_day AND time < of_day + interval '1 day'
  GROUP BY tenant, project, team, environment, provider, model, deployment, endpoint, run_id, agent, pipeline, feature,
    service, status;
END $$;

CREATE VIEW public.usage_run_1d AS
SELECT
  bucket,
  tenant, project, team, environment, provider, model, deployment, endpoint, run_id, agent, pipeline, feature,
  service, status, calls, errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens,
  cache_write_tokens, output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost, cache_write_cost,
  output_cost, reasoning_cost, other_cost, total_cost, reported_cost, cache_savings, unpriced_calls, unpriced_tokens,
  unpriced_cache_read_tokens, unpriced_cache_write_tokens, unpriced_output_tokens
FROM public.usage_run_1d_rollup
WHERE bucket NOT IN (SELECT day FROM public.rollup_dirty_days)
UNION ALL
SELECT
  dirty.day,
  fresh.tenant, fresh.project, fresh.team, fresh.environment, fresh.provider, fresh.model, fresh.deployment,
  fresh.endpoint, fresh.run_id, fresh.agent, fresh.pipeline, fresh.feature, fresh.service, fresh.status, fresh.calls,
  fresh.errors, fresh.retries, fresh.retry_cost, fresh.failed_cost, fresh.successes, fresh.input_tokens,
  fresh.cache_read_tokens, fresh.cache_write_tokens, fresh.output_tokens, fresh.total_tokens, fresh.reasoning_tokens,
  fresh.input_cost, fresh.cache_read_cost, fresh.cache_write_cost, fresh.output_cost, fresh.reasoning_cost,
  fresh.other_cost, fresh.total_cost, fresh.reported_cost, fresh.cache_savings, fresh.unpriced_calls,
  fresh.unpriced_tokens, fresh.unpriced_cache_read_tokens, fresh.unpriced_cache_write_tokens,
  fresh.unpriced_output_tokens
FROM public.rollup_dirty_days dirty CROSS JOIN LATERAL public.run_usage_of_day(dirty.day) fresh;

