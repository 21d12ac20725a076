-- What the Efficiency dashboard asks beyond the cost query. Rows of tenants that the caller names; NULL: of all.

-- Tokens per call of a range against the seven days before it, of prompt and completion, per service and feature. What
-- happened within one and the same release no release explains: each release is compared with itself and weighted by its
-- calls in the range. Less than 50 calls on a side are no baseline.
CREATE FUNCTION public.token_inflation(begins timestamptz, ends timestamptz, tenants text[] DEFAULT NULL)
RETURNS TABLE (
  tenant text, service text, feature text, calls_before numeric, calls numeric,
  tokens_before float8, tokens float8, growth float8,
  prompt_before float8, prompt float8, prompt_growth float8,
  completion_before float8, completion float8, completion_growth float8,
  unexplained_growth float8
)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH sums AS (
    SELECT usage.tenant, usage.service, usage.feature, usage.release, usage.bucket >= begins AS recent,
      sum(usage.calls) AS calls, coalesce(sum(usage.input_tokens), 0) AS prompt,
      coalesce(sum(usage.output_tokens), 0) AS completion
    FROM public.usage_1h usage
    WHERE usage.bucket >= begins - interval '7 days' AND usage.bucket < ends
      AND (tenants IS NULL OR usage.tenant = ANY (tenants))
    GROUP BY 1, 2, 3, 4, 5
  ), releases AS (
    SELECT sums.tenant, sums.service, sums.feature, sums.release,
      coalesce(sum(sums.calls) FILTER (WHERE recent), 0) AS calls,
      coalesce(sum(sums.calls) FILTER (WHERE NOT recent), 0) AS calls_before,
      coalesce(sum(sums.prompt) FILTER (WHERE recent), 0) AS prompt,
      coalesce(sum(sums.prompt) FILTER (WHERE NOT recent), 0) AS prompt_before,
      coalesce(sum(sums.completion) FILTER (WHERE recent), 0) AS completion,
      coalesce(sum(sums.completion) FILTER (WHERE NOT recent), 0) AS completion_before
    FROM sums GROUP BY 1, 2, 3, 4
  ), features AS (
    SELECT one.tenant, one.service, one.feature,
      sum(one.calls_before) AS calls_before, sum(one.calls) AS calls,
      sum(one.prompt_before) / nullif(sum(one.calls_before), 0) AS prompt_before,
      sum(one.prompt) / nullif(sum(one.calls), 0) AS prompt,
      sum(one.completion_before) / nullif(sum(one.calls_before), 0) AS completion_before,
      sum(one.completion) / nullif(sum(one.calls), 0) AS completion,
      sum(one.prompt + one.completion) FILTER (WHERE one.calls_before > 0)
        / nullif(sum(one.calls * (one.prompt_before + one.completion_before) / nullif(one.calls_before, 0))
          FILTER (WHERE one.calls_before > 0), 0) - 1 AS unexplained
    FROM releases one GROUP BY 1, 2, 3
    HAVING sum(one.calls_before) >= 50 AND sum(one.calls) >= 50
  )
  SELECT features.tenant, features.service, features.feature, features.calls_before, features.calls,
    (features.prompt_before + features.completion_before)::float8, (features.prompt + features.completion)::float8,
    ((features.prompt + features.completion) / nullif(features.prompt_before + features.completion_before, 0) - 1)::float8,
    features.prompt_before::float8, features.prompt::float8,
    (features.prompt / nullif(features.prompt_before, 0) - 1)::float8,
    features.completion_before::float8, features.completion::float8,
    (features.completion / nullif(features.completion_before, 0) - 1)::float8,
    features.unexplained::float8
  FROM features
$$;

-- What each day (of the time zone) cost, how far that is from the mean of the seven days before it, and what part it is of
-- the day's part of the tenants' whole budgets in USD. Days that are not over yet have no variance.
CREATE FUNCTION public.daily_spend(begins timestamptz, ends timestamptz, zone text, tenants text[] DEFAULT NULL)
RETURNS TABLE (day timestamptz, cost numeric, usual numeric, variance float8, planned numeric, consumption float8)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  WITH days AS (
    SELECT generate_series(date_trunc('day', begins AT TIME ZONE zone) - interval '7 days',
      date_trunc('day', (ends - interval '1 microsecond') AT TIME ZONE zone), interval '1 day') AT TIME ZONE zone AS day
  ), spent AS (
    SELECT date_trunc('day', usage.bucket, zone) AS day, usage.tenant, sum(usage.total_cost) AS cost
    FROM public.usage_core_1h usage
    WHERE usage.bucket >= begins - interval '9 days' AND usage.bucket < least(ends, now() + interval '1 hour')
      AND (tenants IS NULL OR usage.tenant = ANY (tenants))
    GROUP BY 1, 2
  ), budget AS (
    -- Per day; the tightest of a tenant's budgets over all that it does.
    SELECT status.tenant, min(status."limit" / (extract(epoch FROM status.window_end - status.window_start) / 86400)) AS planned
    FROM public.budget_status status
    WHERE status.tenant IS NOT NULL AND status.scope = '{}' AND status.currency = 'USD'
      AND status.period IN ('day', 'week', 'month', 'quarter', 'year')
      AND (tenants IS NULL OR status.tenant = ANY (tenants))
    GROUP BY 1
  ), daily AS (
    SELECT days.day, coalesce(sum(spent.cost), 0) AS cost,
      sum(spent.cost) FILTER (WHERE spent.tenant IN (SELECT budget.tenant FROM budget)) AS budgeted
    FROM days LEFT JOIN spent USING (day) GROUP BY 1
  ), compared AS (
    SELECT daily.*, avg(daily.cost) OVER (ORDER BY daily.day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS usual FROM daily
  )
  SELECT compared.day, compared.cost, compared.usual,
    CASE WHEN compared.day + interval '1 day' <= now() THEN (compared.cost / nullif(compared.usual, 0) - 1)::float8 END,
    (SELECT sum(budget.planned) FROM budget),
    (coalesce(compared.budgeted, 0) / (SELECT nullif(sum(budget.planned), 0) FROM budget))::float8
  FROM compared WHERE compared.day >= date_trunc('day', begins, zone) ORDER BY 1
$$;
