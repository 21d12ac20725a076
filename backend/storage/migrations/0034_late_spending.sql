-- A burn rate says how fast money is being spent now. What is added to a window about calls that are over for more than an
-- hour (an import, repricing, a deletion, a summing anew) is spent of the budget, but not now: it is kept apart, so that history
-- pages nobody.

-- The part of `spent` that came so late, pico-USD; below zero where more was taken back.
ALTER TABLE public.budget_counters ADD COLUMN late numeric NOT NULL DEFAULT 0;

-- After apply_spend, which has locked the counters. Planned as in migration 0028, by the index at any size.
CREATE FUNCTION public.apply_late(budgets uuid[], starts timestamptz[], amounts numeric[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
  UPDATE public.budget_counters counter SET late = counter.late + change.amount
  FROM unnest(budgets, starts, amounts) change (budget_id, window_start, amount)
  WHERE counter.budget_id = change.budget_id AND counter.window_start = change.window_start AND counter.run_id = '';
$$;

-- As in migration 0013, without what came late; samples (backend/budgets/samples.ts) are without it as well.
CREATE OR REPLACE VIEW public.budget_burn AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.period, status.window_end,
  status."limit", status.spent, status.ratio, burn.burn_5m, burn.burn_30m, burn.burn_1h, burn.burn_6h
FROM public.budget_status status
JOIN public.budget_counters counter USING (counter_id)
CROSS JOIN LATERAL (
  SELECT max(multiple) FILTER (WHERE minutes = 5) AS burn_5m, max(multiple) FILTER (WHERE minutes = 30) AS burn_30m,
    max(multiple) FILTER (WHERE minutes = 60) AS burn_1h, max(multiple) FILTER (WHERE minutes = 360) AS burn_6h
  FROM (
    SELECT minutes, ((status.spent - counter.late - coalesce(
        (SELECT sample.spent FROM public.budget_samples sample
         WHERE sample.counter_id = status.counter_id AND sample.at <= now() - minutes * interval '1 minute'
         ORDER BY sample.at DESC LIMIT 1),
        CASE WHEN status.window_start > now() - minutes * interval '1 minute' THEN 0 END,
        (SELECT sample.spent FROM public.budget_samples sample
         WHERE sample.counter_id = status.counter_id ORDER BY sample.at LIMIT 1),
        status.spent - counter.late)) / status."limit"
      * date_part('epoch', status.window_end - status.window_start)::numeric / (minutes * 60))::float8 AS multiple
    FROM unnest(ARRAY[5, 30, 60, 360]) minutes
  ) rates
) burn
WHERE status.period NOT IN ('run', 'hour');
