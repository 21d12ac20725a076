-- What budgets are expected to do, for the screens: the line of what was spent and what is expected, the dates on which
-- thresholds will be crossed, and what a day, a week and a month of a budget's scope will cost. Amounts are pico-USD; all of
-- it is made anew by forecast/ and may be thrown away.

ALTER TABLE public.budget_projections
  ADD COLUMN back_test_error float8,
  -- Days of calls that it rests on.
  ADD COLUMN days integer;

-- Thresholds that are expected to be crossed before the reset.
CREATE TABLE public.budget_projected_crossings (
  counter_id bigint NOT NULL REFERENCES public.budget_projections ON DELETE CASCADE,
  threshold numeric NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (counter_id, threshold)
);

-- What is spent of a window over time (spent), and from now on what is expected (low, expected, high).
CREATE TABLE public.budget_points (
  counter_id bigint NOT NULL REFERENCES public.budget_counters ON DELETE CASCADE,
  at timestamptz NOT NULL,
  spent numeric,
  low numeric,
  expected numeric,
  high numeric,
  PRIMARY KEY (counter_id, at)
);

-- What the next day, week and month of a budget's calls cost, whatever its period; expected is NULL where it is too early.
CREATE TABLE public.budget_outlooks (
  budget_id uuid NOT NULL REFERENCES public.budgets,
  horizon text NOT NULL CHECK (horizon IN ('day', 'week', 'month')),
  low numeric,
  expected numeric,
  high numeric,
  method text,
  back_test_error float8,
  days integer NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (budget_id, horizon)
);

-- As before, but for projections: NULL instead of what is spent while it is too early to say, and how they were made.
CREATE OR REPLACE VIEW public.budget_status AS
SELECT
  budget.budget_id, budget.name, budget.tenant,
  CASE WHEN jsonb_array_length(budget.scope -> 'project') = 1 THEN budget.scope -> 'project' ->> 0 END AS project,
  budget.scope, budget.period, budget.time_zone, budget.currency, budget.hard, budget.owner,
  counter.counter_id, nullif(counter.run_id, '') AS run_id,
  CASE WHEN budget.period <> 'run' THEN counter.window_start END AS window_start,
  CASE WHEN budget.period <> 'run' THEN counter.window_end END AS window_end,
  budget.amount AS "limit",
  counter.spent + counter.settled AS spent,
  counter.committed,
  greatest(budget.amount - counter.spent - counter.settled - counter.committed, 0) AS remaining,
  ((counter.spent + counter.settled) / budget.amount)::float8 AS ratio,
  counter.calls, counter.unpriced_calls,
  CASE WHEN projection.expected IS NOT NULL THEN greatest(projection.expected, counter.spent + counter.settled) END AS projected_end,
  (CASE WHEN projection.expected IS NOT NULL THEN greatest(projection.expected, counter.spent + counter.settled) END
    / budget.amount)::float8 AS projected_ratio,
  CASE WHEN projection.low IS NOT NULL THEN greatest(projection.low, counter.spent + counter.settled) END AS projected_low,
  CASE WHEN projection.high IS NOT NULL THEN greatest(projection.high, counter.spent + counter.settled) END AS projected_high,
  CASE
    WHEN line.blocked OR (budget.hard AND NOT line.approvable AND NOT counter.unlimited
      AND counter.spent + counter.settled >= greatest(budget.amount, counter.ceiling)) THEN 'blocked'
    WHEN NOT counter.unlimited AND counter.spent + counter.settled >= coalesce(counter.ceiling, 0)
      AND (line.to_approve OR (budget.hard AND line.approvable AND counter.spent + counter.settled >= budget.amount))
      THEN 'needs_approval'
    WHEN counter.spent + counter.settled >= budget.amount THEN 'exceeded'
    WHEN line.reached THEN 'warning'
    ELSE 'ok'
  END AS state,
  line.highest AS threshold_reached,
  projection.method AS projection_method, projection.back_test_error
FROM public.budgets budget
JOIN LATERAL (
  (SELECT * FROM public.budget_counters one
   WHERE budget.period <> 'run' AND one.budget_id = budget.budget_id AND one.run_id = '' AND one.window_start <= now()
   ORDER BY one.window_start DESC LIMIT 1)
  UNION ALL
  (SELECT * FROM public.budget_counters one
   WHERE budget.period = 'run' AND one.budget_id = budget.budget_id AND one.run_id <> ''
     AND one.changed_at > now() - interval '1 day'
   ORDER BY one.counter_id DESC LIMIT 1000)
) counter ON counter.window_end > now()
LEFT JOIN public.budget_projections projection USING (counter_id)
LEFT JOIN LATERAL (
  SELECT coalesce(bool_or('block' = ANY (actions) AND reached), false) AS blocked,
    coalesce(bool_or('approval' = ANY (actions) AND reached), false) AS to_approve,
    coalesce(bool_or('approval' = ANY (actions)), false) AS approvable,
    coalesce(bool_or(reached), false) AS reached,
    max(threshold) FILTER (WHERE reached) AS highest
  FROM (SELECT threshold, actions, counter.spent + counter.settled >= threshold * budget.amount AS reached
    FROM public.budget_thresholds one WHERE one.budget_id = budget.budget_id) lines
) line ON true
WHERE budget.enabled AND budget.deleted_at IS NULL;

-- As before, with the time at which the threshold was crossed in this window, or is expected to be.
CREATE OR REPLACE VIEW public.budget_threshold_status AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.run_id, status.period,
  status.window_start, status.window_end, line.threshold, line.actions, status."limit", status.spent, status.ratio,
  status.state, (status.ratio / line.threshold)::float8 AS reached,
  (status.projected_ratio / line.threshold)::float8 AS projected,
  crossing.at AS crossed_at,
  CASE WHEN status.spent < line.threshold * status."limit" THEN coming.at END AS crosses_at
FROM public.budget_status status
JOIN public.budget_thresholds line USING (budget_id)
LEFT JOIN public.budget_crossings crossing ON crossing.counter_id = status.counter_id
  AND crossing.threshold = line.threshold AND crossing.armed_again_at IS NULL
LEFT JOIN public.budget_projected_crossings coming ON coming.counter_id = status.counter_id
  AND coming.threshold = line.threshold;

-- A row for every point of the current windows, and one for this moment.
CREATE VIEW public.budget_burn_down AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.period, status.window_start,
  status.window_end, status."limit", point.at, point.spent, point.low, point.expected, point.high
FROM public.budget_status status
CROSS JOIN LATERAL (
  SELECT now() AS at, status.spent, status.spent AS low, status.spent AS expected, status.spent AS high
  UNION ALL
  SELECT one.at, one.spent, greatest(one.low, status.spent), greatest(one.expected, status.spent),
    greatest(one.high, status.spent)
  FROM public.budget_points one WHERE one.counter_id = status.counter_id
    AND CASE WHEN one.spent IS NULL THEN one.at > now() ELSE one.at < now() END
) point
WHERE status.period <> 'run';

-- A row for each budget and horizon.
CREATE VIEW public.budget_outlook AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.period, status."limit", outlook.horizon,
  outlook.low, outlook.expected, outlook.high, outlook.method, outlook.back_test_error, outlook.days,
  outlook.computed_at
FROM public.budget_status status JOIN public.budget_outlooks outlook USING (budget_id)
WHERE status.period <> 'run';

GRANT SELECT ON public.budget_burn_down, public.budget_outlook TO llmcost_reader;
