-- What the work was for, for all tenants together: by agent, pipeline, feature, release, segment, outcome, quality and source.
-- Panels that are split by one of these read it while nothing else is filtered. Its rows grow with what there is of them and not
-- with calls, tenants or models, so that a month, and the hours of the day that isn't over, are as quick to sum at 20 million
-- calls as at two. Made like those of 0032: summed from other rollups, complete where rollups_filled says so.

CREATE MATERIALIZED VIEW public.usage_work_1h_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 hour', bucket) AS bucket,
  user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
GROUP BY 1, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source
WITH NO DATA;

CREATE MATERIALIZED VIEW public.usage_work_1d_rollup
WITH (
  timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false
) AS
SELECT
  time_bucket('1 day', bucket) AS bucket,
  user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
FROM public.usage_1d_rollup
GROUP BY 1, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source
WITH NO DATA;

CREATE VIEW public.usage_work_1h AS
SELECT
  bucket, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
GROUP BY bucket, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source;

CREATE VIEW public.usage_work_1d AS
SELECT
  bucket, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
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
FROM public.usage_1d
GROUP BY bucket, user_segment, agent, pipeline, feature, release, status, unpriced_reason, quality, source;

ALTER MATERIALIZED VIEW public.usage_work_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC');

ALTER MATERIALIZED VIEW public.usage_work_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = '', timescaledb.compress_orderby = 'bucket DESC');

GRANT SELECT ON
  public.usage_work_1h, public.usage_work_1d, public.usage_work_1h_rollup, public.usage_work_1d_rollup
TO llmcost_reader;

-- As in 0033: a collector that doesn't know these rollups can't say that they are up to date.
CREATE OR REPLACE FUNCTION public.knows_all_rollups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('llmcost.rollups', true) IS DISTINCT FROM '5' THEN
    RETURN NULL;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
