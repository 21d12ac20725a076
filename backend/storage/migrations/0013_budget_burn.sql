-- How fast budgets are being spent, as SREs judge error budgets: a multiple of the pace at which the amount would last
-- exactly until the reset. Alert rules compare a short and a long stretch of time.

-- What was spent of the current windows, a sample a minute, kept for some days.
CREATE TABLE public.budget_samples (
  counter_id bigint NOT NULL REFERENCES public.budget_counters ON DELETE CASCADE,
  at timestamptz NOT NULL,
  spent numeric NOT NULL,
  PRIMARY KEY (counter_id, at)
);

-- Before the first sample a window that has just begun held nothing, and of an older one nothing is known: its first sample
-- counts, so that what was there before is no burn.
CREATE VIEW public.budget_burn AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.period, status.window_end,
  status."limit", status.spent, status.ratio, burn.burn_5m, burn.burn_30m, burn.burn_1h, burn.burn_6h
FROM public.budget_status status
CROSS JOIN LATERAL (
  SELECT max(multiple) FILTER (WHERE minutes = 5) AS burn_5m, max(multiple) FILTER (WHERE minutes = 30) AS burn_30m,
    max(multiple) FILTER (WHERE minutes = 60) AS burn_1h, max(multiple) FILTER (WHERE minutes = 360) AS burn_6h
  FROM (
    SELECT minutes, ((status.spent - coalesce(
        (SELECT sample.spent FROM public.budget_samples sample
         WHERE sample.counter_id = status.counter_id AND sample.at <= now() - minutes * interval '1 minute'
         ORDER BY sample.at DESC LIMIT 1),
        CASE WHEN status.window_start > now() - minutes * interval '1 minute' THEN 0 END,
        (SELECT sample.spent FROM public.budget_samples sample
         WHERE sample.counter_id = status.counter_id ORDER BY sample.at LIMIT 1),
        status.spent)) / status."limit"
      * date_part('epoch', status.window_end - status.window_start)::numeric / (minutes * 60))::float8 AS multiple
    FROM unnest(ARRAY[5, 30, 60, 360]) minutes
  ) rates
) burn
WHERE status.period NOT IN ('run', 'hour');

GRANT SELECT ON public.budget_burn TO llmcost_reader;
