-- As before, but points of the past say nothing of what is expected.
CREATE OR REPLACE VIEW public.budget_burn_down AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.period, status.window_start,
  status.window_end, status."limit", point.at, point.spent, point.low, point.expected, point.high
FROM public.budget_status status
CROSS JOIN LATERAL (
  SELECT now() AS at, status.spent, status.spent AS low, status.spent AS expected, status.spent AS high
  UNION ALL
  SELECT one.at, one.spent, NULL, NULL, NULL
  FROM public.budget_points one WHERE one.counter_id = status.counter_id AND one.spent IS NOT NULL AND one.at < now()
  UNION ALL
  SELECT one.at, NULL, greatest(one.low, status.spent), greatest(one.expected, status.spent),
    greatest(one.high, status.spent)
  FROM public.budget_points one WHERE one.counter_id = status.counter_id AND one.spent IS NULL AND one.at > now()
) point
WHERE status.period <> 'run';
