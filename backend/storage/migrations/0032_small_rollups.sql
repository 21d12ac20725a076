-- Two kinds of rollups that are far smaller than those before, for what most panels of the shipped dashboards ask.
--
-- * By provider and model alone, for all tenants together: 44 of the 73 queries of all panels while nothing is filtered. Its
--   rows grow with the number of models, not with calls, tenants or projects: a month is about as quick to sum at 20 million
--   calls as at two.
-- * By user and day, with what is shown of users: a sixth of the rows of usage_user_1d_rollup.
--
-- They are summed from other rollups (storage/rollups.ts), and so are their views from the others' views: always exact, and
-- only read where the table behind is not up to date. A database that has calls already gets them after the start, a week at a
-- time, while the collector takes in calls and answers queries; rollups_filled says which of them are complete.

CREATE MATERIALIZED VIEW public.usage_model_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 hour', bucket) AS bucket,
  provider, model, unpriced_reason,
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
GROUP BY 1, provider, model, unpriced_reason
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_model_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', bucket) AS bucket,
  provider, model, unpriced_reason,
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
FROM public.usage_core_1d_rollup
GROUP BY 1, provider, model, unpriced_reason
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_user_core_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', bucket) AS bucket,
  tenant, user_id, user_segment,
  public.clamped(sum(calls)) AS calls,
  public.clamped(sum(total_tokens)) AS total_tokens,
  public.clamped(sum(input_cost)) AS input_cost,
  public.clamped(sum(cache_read_cost)) AS cache_read_cost,
  public.clamped(sum(cache_write_cost)) AS cache_write_cost,
  public.clamped(sum(output_cost)) AS output_cost,
  public.clamped(sum(other_cost)) AS other_cost,
  public.clamped(sum(total_cost)) AS total_cost,
  public.clamped(sum(unpriced_calls)) AS unpriced_calls,
  public.clamped(sum(unpriced_tokens)) AS unpriced_tokens
FROM public.usage_user_1d_rollup
GROUP BY 1, tenant, user_id, user_segment
WITH NO DATA;

CREATE VIEW public.usage_model_1h AS
SELECT
  bucket, provider, model, unpriced_reason,
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
GROUP BY bucket, provider, model, unpriced_reason;

CREATE VIEW public.usage_model_1d AS
SELECT
  bucket, provider, model, unpriced_reason,
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
FROM public.usage_core_1d
GROUP BY bucket, provider, model, unpriced_reason;

CREATE VIEW public.usage_user_core_1d AS
SELECT
  bucket, tenant, user_id, user_segment,
  public.clamped(sum(calls)) AS calls,
  public.clamped(sum(total_tokens)) AS total_tokens,
  public.clamped(sum(input_cost)) AS input_cost,
  public.clamped(sum(cache_read_cost)) AS cache_read_cost,
  public.clamped(sum(cache_write_cost)) AS cache_write_cost,
  public.clamped(sum(output_cost)) AS output_cost,
  public.clamped(sum(other_cost)) AS other_cost,
  public.clamped(sum(total_cost)) AS total_cost,
  public.clamped(sum(unpriced_calls)) AS unpriced_calls,
  public.clamped(sum(unpriced_tokens)) AS unpriced_tokens
FROM public.usage_user_1d
GROUP BY bucket, tenant, user_id, user_segment;

ALTER MATERIALIZED VIEW public.usage_model_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC');
ALTER MATERIALIZED VIEW public.usage_model_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC');
ALTER MATERIALIZED VIEW public.usage_user_core_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC, user_id');

CREATE INDEX usage_user_core_1d_rollup_tenant ON public.usage_user_core_1d_rollup (tenant, bucket DESC);

-- Rollups that have what the others have taken in; written once each.
CREATE TABLE public.rollups_filled (rollup text PRIMARY KEY);

-- Asked beside hours_settled and days_settled, in the query's own snapshot. A function, so that its table isn't planned each time.
CREATE FUNCTION public.rollup_filled(name text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT FROM public.rollups_filled WHERE rollup = name);
END $$;

GRANT SELECT ON
  public.usage_model_1h, public.usage_model_1d, public.usage_user_core_1d, public.usage_model_1h_rollup,
  public.usage_model_1d_rollup, public.usage_user_core_1d_rollup, public.rollups_filled
TO llmcost_reader;
