-- The hours of the day that isn't over, summed as if it were a day. Those hours are in rows still, 24 times as many as days
-- have, so that a sum over a month became three times slower in the course of a day at 20 million calls.
--
-- Written again from the hourly rollups, which are far smaller than the calls, when an hour has been taken in and when an
-- hour of that day has been summed again (storage/rollups.ts). Read where it ends with the hours that a query needs and none of
-- these has changed since, in the query's own snapshot, as 0003 and 0031 say; else the hours are read.
CREATE TABLE public.usage_1d_today AS SELECT * FROM public.usage_1d_rollup WITH NO DATA;
CREATE TABLE public.usage_core_1d_today AS SELECT * FROM public.usage_core_1d_rollup WITH NO DATA;

-- From when until when.
CREATE TABLE public.rollup_today (
  day timestamptz NOT NULL,
  until timestamptz NOT NULL,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);

-- Sums the hours from the begin of a day (UTC) until `ends`, all of which the rollups have taken in.
CREATE FUNCTION public.sum_today(of_day timestamptz, ends timestamptz) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM public.usage_1d_today;
  INSERT INTO public.usage_1d_today (bucket, tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
    user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
    calls, errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens,
    cache_write_tokens, output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost,
    cache_write_cost, output_cost, reasoning_cost, other_cost, total_cost, reported_cost, cache_savings,
    unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens, unpriced_cache_write_tokens,
    unpriced_output_tokens)
  SELECT
    of_day, tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
    user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source,
    public.clamped(sum(calls)),
    public.clamped(sum(errors)),
    public.clamped(sum(retries)),
    public.clamped(sum(retry_cost)),
    public.clamped(sum(failed_cost)),
    public.clamped(sum(successes)),
    public.clamped(sum(input_tokens)),
    public.clamped(sum(cache_read_tokens)),
    public.clamped(sum(cache_write_tokens)),
    public.clamped(sum(output_tokens)),
    public.clamped(sum(total_tokens)),
    public.clamped(sum(reasoning_tokens)),
    public.clamped(sum(input_cost)),
    public.clamped(sum(cache_read_cost)),
    public.clamped(sum(cache_write_cost)),
    public.clamped(sum(output_cost)),
    public.clamped(sum(reasoning_cost)),
    public.clamped(sum(other_cost)),
    public.clamped(sum(total_cost)),
    public.clamped(sum(reported_cost)),
    public.clamped(sum(cache_savings)),
    public.clamped(sum(unpriced_calls)),
    public.clamped(sum(unpriced_tokens)),
    public.clamped(sum(unpriced_cache_read_tokens)),
    public.clamped(sum(unpriced_cache_write_tokens)),
    public.clamped(sum(unpriced_output_tokens))
  FROM public.usage_1h_rollup
  WHERE bucket >= of_day AND bucket < ends
  GROUP BY tenant, project, team, environment, cost_center, provider, model, deployment, endpoint, operation, service_tier,
    user_segment, service, agent, pipeline, feature, release, status, unpriced_reason, quality, source;

  DELETE FROM public.usage_core_1d_today;
  INSERT INTO public.usage_core_1d_today (bucket, tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
    calls, errors, retries, retry_cost, failed_cost, successes, input_tokens, cache_read_tokens,
    cache_write_tokens, output_tokens, total_tokens, reasoning_tokens, input_cost, cache_read_cost,
    cache_write_cost, output_cost, reasoning_cost, other_cost, total_cost, reported_cost, cache_savings,
    unpriced_calls, unpriced_tokens, unpriced_cache_read_tokens, unpriced_cache_write_tokens,
    unpriced_output_tokens)
  SELECT
    of_day, tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason,
    public.clamped(sum(calls)),
    public.clamped(sum(errors)),
    public.clamped(sum(retries)),
    public.clamped(sum(retry_cost)),
    public.clamped(sum(failed_cost)),
    public.clamped(sum(successes)),
    public.clamped(sum(input_tokens)),
    public.clamped(sum(cache_read_tokens)),
    public.clamped(sum(cache_write_tokens)),
    public.clamped(sum(output_tokens)),
    public.clamped(sum(total_tokens)),
    public.clamped(sum(reasoning_tokens)),
    public.clamped(sum(input_cost)),
    public.clamped(sum(cache_read_cost)),
    public.clamped(sum(cache_write_cost)),
    public.clamped(sum(output_cost)),
    public.clamped(sum(reasoning_cost)),
    public.clamped(sum(other_cost)),
    public.clamped(sum(total_cost)),
    public.clamped(sum(reported_cost)),
    public.clamped(sum(cache_savings)),
    public.clamped(sum(unpriced_calls)),
    public.clamped(sum(unpriced_tokens)),
    public.clamped(sum(unpriced_cache_read_tokens)),
    public.clamped(sum(unpriced_cache_write_tokens)),
    public.clamped(sum(unpriced_output_tokens))
  FROM public.usage_core_1h_rollup
  WHERE bucket >= of_day AND bucket < ends
  GROUP BY tenant, project, team, environment, provider, model, deployment, endpoint, unpriced_reason;

  INSERT INTO public.rollup_today (day, until) VALUES (of_day, ends)
  ON CONFLICT (one_row) DO UPDATE SET day = excluded.day, until = excluded.until;
END $$;

CREATE FUNCTION public.today_settled(begins timestamptz, ends timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT FROM public.rollup_today WHERE day = begins AND until = ends)
    AND public.hours_settled(begins, ends);
END $$;

REVOKE EXECUTE ON FUNCTION public.sum_today FROM PUBLIC;
GRANT SELECT ON public.usage_1d_today, public.usage_core_1d_today, public.rollup_today TO llmcost_reader;

-- As in 0033: a collector that doesn't know these tables can't say that they are up to date.
CREATE OR REPLACE FUNCTION public.knows_all_rollups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('llmcost.rollups', true) IS DISTINCT FROM '4' THEN
    RETURN NULL;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
