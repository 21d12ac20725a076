-- What each day (of the time zone) cost, how far that is from the mean of the seven days before it, and what part it is of
-- the day's part of the tenants' whole budgets in USD. Days that are not over yet, or that lack
-- usage on one of the seven days, have no variance: a beginning is no deviation.
CREATE OR REPLACE FUNCTION public.daily_spend(begins timestamptz, ends timestamptz, zone text, tenants text[] DEFAULT NULL)
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
    SELECT daily.*, avg(daily.cost) OVER week AS usual, count(*) FILTER (WHERE daily.cost > 0) OVER week = 7 AS known
    FROM daily WINDOW week AS (ORDER BY daily.day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING)
  )
  SELECT compared.day, compared.cost, compared.usual,
    CASE WHEN compared.known AND compared.day + interval '1 day' <= now() THEN (compared.cost / nullif(compared.usual, 0) - 1)::float8 END,
    (SELECT sum(budget.planned) FROM budget),
    (coalesce(compared.budgeted, 0) / (SELECT nullif(sum(budget.planned), 0) FROM budget))::float8
  FROM compared WHERE compared.day >= date_trunc('day', begins, zone) ORDER BY 1
$$;
