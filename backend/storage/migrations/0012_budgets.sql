-- Budgets: what they are, what was spent and reserved of each of their windows, and who is told. Amounts are pico-USD.

CREATE TABLE public.budgets (
  budget_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Raised by every edit; the audit has every version.
  version integer NOT NULL DEFAULT 1,
  name text NOT NULL,
  -- NULL: over all tenants.
  tenant text,
  -- {dimension: [values]}: a call counts when it has one of the values of every dimension.
  scope jsonb NOT NULL,
  amount numeric NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
  currency text NOT NULL,
  period text NOT NULL CHECK (period IN ('hour', 'day', 'week', 'month', 'quarter', 'year', 'run')),
  time_zone text NOT NULL,
  starts_on smallint,
  -- Nothing is let through that would exceed it.
  hard boolean NOT NULL,
  -- What authorize says while the database is away.
  on_unavailable text NOT NULL CHECK (on_unavailable IN ('allow', 'deny')),
  webhook_url text,
  contact_point text,
  owner text,
  note text,
  enabled boolean NOT NULL,
  -- file: from the configuration file, and changed only there.
  origin text NOT NULL CHECK (origin IN ('api', 'file')),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL,
  deleted_at timestamptz
);

CREATE TABLE public.budget_thresholds (
  budget_id uuid NOT NULL REFERENCES public.budgets,
  -- A share of the amount: 0.8 is 80 %.
  threshold numeric NOT NULL CHECK (threshold > 0),
  actions text[] NOT NULL CHECK (actions <@ ARRAY['notify', 'webhook', 'approval', 'block']),
  PRIMARY KEY (budget_id, threshold)
);

-- One row: raised by every change to a budget, so that collectors know when to read them again.
CREATE TABLE public.budget_book (
  version bigint NOT NULL,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO public.budget_book (version) VALUES (0);

CREATE TABLE public.budget_audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  by text NOT NULL,
  -- create, update, delete, approve, deny
  action text NOT NULL,
  budget_id uuid NOT NULL,
  version integer NOT NULL,
  tenant text,
  details jsonb NOT NULL
);

-- What was spent of each window of each budget. Every transaction that adds, changes or removes calls changes these sums in
-- itself, so that they are exact in every snapshot; budgets/rebuild.ts makes them anew from the rows and finds the same.
CREATE TABLE public.budget_counters (
  counter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  budget_id uuid NOT NULL REFERENCES public.budgets,
  -- [start, end); a run has no calendar: -infinity to infinity.
  window_start timestamptz NOT NULL,
  window_end timestamptz NOT NULL,
  -- '' but for budgets per run.
  run_id text NOT NULL DEFAULT '',
  -- Cost of the calls in the window.
  spent numeric NOT NULL DEFAULT 0,
  -- What callers said that calls cost of which no usage event has come yet.
  settled numeric NOT NULL DEFAULT 0,
  -- Open reservations.
  committed numeric NOT NULL DEFAULT 0,
  calls bigint NOT NULL DEFAULT 0,
  unpriced_calls bigint NOT NULL DEFAULT 0,
  -- Up to where approvals let calls go, beyond thresholds and limit; NULL without one.
  ceiling numeric,
  -- Approved until the reset.
  unlimited boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (budget_id, window_start, run_id)
) WITH (fillfactor = 70);
CREATE INDEX budget_counters_runs ON public.budget_counters (budget_id, counter_id DESC) WHERE run_id <> '';

-- When a threshold was crossed: once per window. A higher amount re-arms what is no longer crossed.
CREATE TABLE public.budget_crossings (
  crossing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  counter_id bigint NOT NULL REFERENCES public.budget_counters ON DELETE CASCADE,
  budget_id uuid NOT NULL,
  threshold numeric NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  spent numeric NOT NULL,
  amount numeric NOT NULL,
  armed_again_at timestamptz
);
CREATE UNIQUE INDEX budget_crossings_once ON public.budget_crossings (counter_id, threshold) WHERE armed_again_at IS NULL;

-- Webhooks that wait to be delivered, written by the transaction that has something to tell.
CREATE TABLE public.budget_outbox (
  notification_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  budget_id uuid NOT NULL,
  kind text NOT NULL,
  url text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_error text,
  delivered_at timestamptz,
  -- Given up.
  failed_at timestamptz
);
CREATE INDEX budget_outbox_due ON public.budget_outbox (next_attempt_at)
  WHERE delivered_at IS NULL AND failed_at IS NULL;

-- Calls that were let through and are not known to have ended.
CREATE TABLE public.reservations (
  reservation_id uuid PRIMARY KEY,
  tenant text NOT NULL,
  -- The caller's; the same one again gets the same answer.
  request_id text NOT NULL,
  request jsonb NOT NULL,
  counters bigint[] NOT NULL,
  amount numeric NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'settled', 'expired')),
  -- What the caller said that it cost, until its usage event says it.
  settled numeric,
  by_event boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  UNIQUE (tenant, request_id)
);
CREATE INDEX reservations_open ON public.reservations (expires_at) WHERE state = 'open';

CREATE TABLE public.approvals (
  approval_id uuid PRIMARY KEY,
  tenant text NOT NULL,
  budget_id uuid NOT NULL REFERENCES public.budgets,
  counter_id bigint NOT NULL REFERENCES public.budget_counters ON DELETE CASCADE,
  request_id text NOT NULL,
  -- Who wants what, how much and why, and the budget's state when it was asked for.
  request jsonb NOT NULL,
  amount numeric NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'approved', 'denied', 'expired')),
  grant_kind text CHECK (grant_kind IN ('once', 'amount', 'until_reset')),
  grant_amount numeric,
  reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by text,
  UNIQUE (tenant, request_id, counter_id)
);
CREATE INDEX approvals_waiting ON public.approvals (expires_at) WHERE state = 'waiting';

-- Where windows are expected to end (forecast/). Amounts cover the whole window.
CREATE TABLE public.budget_projections (
  counter_id bigint PRIMARY KEY REFERENCES public.budget_counters ON DELETE CASCADE,
  low numeric NOT NULL,
  expected numeric NOT NULL,
  high numeric NOT NULL,
  method text NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now()
);

-- pico-USD as decimal text of USD, exact.
CREATE FUNCTION public.usd_text(pico numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT trim_scale(pico * 0.000000000001)::text
$$;

-- Begins a change to calls: budgets stay as they are until the transaction ends. Gives the version of the budgets.
CREATE FUNCTION public.begin_spending() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7226330161);
  -- A statement of its own, so that it sees what the lock waited for.
  RETURN (SELECT version FROM public.budget_book);
END $$;

-- Begins a change to budgets: no transaction that changes calls is under way until this one ends.
CREATE FUNCTION public.begin_budgeting() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  raised bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7226330161);
  UPDATE public.budget_book SET version = version + 1 RETURNING version INTO raised;
  RETURN raised;
END $$;

-- Records the thresholds that are crossed now, each once, and puts what is to be sent into the outbox.
CREATE FUNCTION public.record_crossings(ids bigint[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog AS $$
  WITH fresh AS (
    INSERT INTO public.budget_crossings (counter_id, budget_id, threshold, spent, amount)
    SELECT counter.counter_id, budget.budget_id, line.threshold, counter.spent + counter.settled, budget.amount
    FROM public.budget_counters counter
    JOIN public.budgets budget USING (budget_id)
    JOIN public.budget_thresholds line USING (budget_id)
    WHERE counter.counter_id = ANY (ids) AND budget.enabled AND budget.deleted_at IS NULL
      AND counter.spent + counter.settled >= line.threshold * budget.amount
    ON CONFLICT (counter_id, threshold) WHERE armed_again_at IS NULL DO NOTHING
    RETURNING counter_id, budget_id, threshold, at, spent, amount)
  INSERT INTO public.budget_outbox (budget_id, kind, url, payload)
  SELECT budget.budget_id, 'budget.threshold', budget.webhook_url, jsonb_build_object(
    'budget_id', budget.budget_id, 'budget', budget.name, 'tenant', budget.tenant, 'scope', budget.scope,
    'period', budget.period, 'run_id', nullif(counter.run_id, ''),
    'window_start', CASE WHEN budget.period <> 'run' THEN counter.window_start END,
    'window_end', CASE WHEN budget.period <> 'run' THEN counter.window_end END,
    'threshold', line.threshold, 'actions', line.actions, 'currency', budget.currency,
    'limit', public.usd_text(fresh.amount), 'spent', public.usd_text(fresh.spent), 'crossed_at', fresh.at,
    'owner', budget.owner)
  FROM fresh
  JOIN public.budget_counters counter USING (counter_id)
  JOIN public.budgets budget ON budget.budget_id = fresh.budget_id
  JOIN public.budget_thresholds line ON line.budget_id = fresh.budget_id AND line.threshold = fresh.threshold
  -- A window that ended long ago is history that came late: on record, but nobody is woken for it.
  WHERE 'webhook' = ANY (line.actions) AND budget.webhook_url IS NOT NULL AND counter.window_end > now() - interval '1 day'
$$;

-- Ends reservations and moves their amounts, in the order of counters that everybody locks in. By event: the usage event
-- has come. Else with what the caller said that each cost, or, NULL, without a cost: the lease ended. Gives those that
-- changed.
CREATE FUNCTION public.close_reservations(ids uuid[], costs numeric[], by_an_event boolean) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  touched bigint[];
BEGIN
  SELECT array_agg(DISTINCT one) INTO touched
  FROM public.reservations reservation, unnest(reservation.counters) one WHERE reservation.reservation_id = ANY (ids);
  PERFORM 1 FROM public.budget_counters WHERE counter_id = ANY (touched) ORDER BY counter_id FOR UPDATE;
  RETURN QUERY WITH closing AS (
    SELECT old.reservation_id, old.counters, old.state, given.cost,
      CASE WHEN old.state = 'open' THEN old.amount ELSE 0 END AS freed,
      coalesce(CASE WHEN by_an_event THEN 0 ELSE given.cost END, 0) - coalesce(old.settled, 0) AS more
    FROM public.reservations old JOIN unnest(ids, costs) given (reservation_id, cost) USING (reservation_id)
    WHERE NOT old.by_event AND (by_an_event OR old.state = 'open' OR (old.state = 'expired' AND given.cost IS NOT NULL))
    FOR UPDATE OF old
  ), closed AS (
    UPDATE public.reservations reservation SET
      state = CASE WHEN by_an_event OR closing.cost IS NOT NULL THEN 'settled' ELSE 'expired' END,
      settled = CASE WHEN by_an_event THEN NULL ELSE closing.cost END, by_event = by_an_event, closed_at = now()
    FROM closing WHERE reservation.reservation_id = closing.reservation_id
    RETURNING reservation.reservation_id
  ), moved AS (
    UPDATE public.budget_counters counter SET
      committed = counter.committed - sums.freed, settled = counter.settled + sums.more, changed_at = now()
    FROM (SELECT one AS counter_id, sum(freed) AS freed, sum(more) AS more
      FROM closing, unnest(closing.counters) one GROUP BY one) sums
    WHERE counter.counter_id = sums.counter_id
    RETURNING counter.counter_id
  )
  SELECT reservation_id FROM closed;
  PERFORM public.record_crossings(touched);
END $$;

-- Adds to the sums of windows what a transaction changed about calls, and ends the reservations whose calls have come. To be
-- called last in the transaction: the counters stay locked until its end. Windows of the calendar that have no row yet, or
-- none any more, are left out (they are summed from the rows when they are needed); runs get one.
CREATE FUNCTION public.apply_spend(
  budgets uuid[], starts timestamptz[], runs text[], amounts numeric[], counts bigint[], unpriced bigint[],
  arrived uuid[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  touched bigint[];
  reserved bigint[];
BEGIN
  INSERT INTO public.budget_counters (budget_id, window_start, window_end, run_id)
  SELECT budget_id, '-infinity', 'infinity', run_id FROM unnest(budgets, runs) change (budget_id, run_id)
  WHERE run_id <> '' ORDER BY budget_id, run_id
  ON CONFLICT DO NOTHING;
  SELECT array_agg(counter.counter_id) INTO touched
  FROM unnest(budgets, starts, runs) change (budget_id, window_start, run_id)
  JOIN public.budget_counters counter USING (budget_id, window_start, run_id);
  SELECT array_agg(DISTINCT one) INTO reserved
  FROM public.reservations reservation, unnest(reservation.counters) one
  WHERE reservation.reservation_id = ANY (arrived);
  PERFORM 1 FROM public.budget_counters WHERE counter_id = ANY (touched || reserved) ORDER BY counter_id FOR UPDATE;
  UPDATE public.budget_counters counter SET
    spent = counter.spent + change.amount, calls = counter.calls + change.calls,
    unpriced_calls = counter.unpriced_calls + change.unpriced, changed_at = now()
  FROM unnest(budgets, starts, runs, amounts, counts, unpriced)
    change (budget_id, window_start, run_id, amount, calls, unpriced)
  WHERE counter.budget_id = change.budget_id AND counter.window_start = change.window_start
    AND counter.run_id = change.run_id;
  IF cardinality(arrived) > 0 THEN
    PERFORM public.close_reservations(arrived, array_fill(NULL::numeric, ARRAY[cardinality(arrived)]), true);
  END IF;
  PERFORM public.record_crossings(touched);
END $$;

-- Every budget with its current window; budgets per run have a row for each run that was active in the last day. The one
-- place that says what a state is: alert rules, panels, API and pages read it. Amounts are pico-USD.
CREATE VIEW public.budget_status AS
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
  greatest(projection.expected, counter.spent + counter.settled) AS projected_end,
  (greatest(projection.expected, counter.spent + counter.settled) / budget.amount)::float8 AS projected_ratio,
  greatest(projection.low, counter.spent + counter.settled) AS projected_low,
  greatest(projection.high, counter.spent + counter.settled) AS projected_high,
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
  line.highest AS threshold_reached
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

-- One row per budget (run) and threshold: whether it is reached, and how far spending is beyond it (1 is at it).
CREATE VIEW public.budget_threshold_status AS
SELECT status.budget_id, status.name, status.tenant, status.project, status.run_id, status.period,
  status.window_start, status.window_end, line.threshold, line.actions, status."limit", status.spent, status.ratio,
  status.state, (status.ratio / line.threshold)::float8 AS reached,
  (status.projected_ratio / line.threshold)::float8 AS projected
FROM public.budget_status status JOIN public.budget_thresholds line USING (budget_id);

GRANT SELECT ON public.budget_status, public.budget_threshold_status TO llmcost_reader;

-- Begins to decide about calls: locks the counters that they would be reserved on, in the order that everybody locks in,
-- making those of new runs, and gives them with what is known of the requests. Only the version, and no lock, when the budgets
-- are not those that the caller knows.
CREATE FUNCTION public.begin_decisions(
  known bigint, budgets uuid[], starts timestamptz[], runs text[], tenants text[], requests text[]
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  current bigint := public.begin_spending();
  counters jsonb;
BEGIN
  IF current <> known THEN
    RETURN jsonb_build_object('version', current::text);
  END IF;
  INSERT INTO public.budget_counters (budget_id, window_start, window_end, run_id)
  SELECT budget_id, '-infinity', 'infinity', run_id FROM unnest(budgets, runs) change (budget_id, run_id)
  WHERE run_id <> '' ORDER BY budget_id, run_id
  ON CONFLICT DO NOTHING;
  SELECT jsonb_agg(jsonb_build_object('counter_id', counter_id::text, 'budget_id', budget_id,
    'start', CASE WHEN run_id = '' THEN (extract(epoch FROM window_start) * 1000)::bigint::text ELSE '-Infinity' END,
    'run_id', run_id, 'spent', (spent + settled)::text, 'committed', committed::text, 'ceiling', ceiling::text,
    'unlimited', unlimited)) INTO counters
  FROM (SELECT counter.* FROM public.budget_counters counter
    JOIN unnest(budgets, starts, runs) wanted (budget_id, window_start, run_id) USING (budget_id, window_start, run_id)
    ORDER BY counter.counter_id FOR UPDATE OF counter) locked;
  -- Statements of their own, so that they see what the locks waited for.
  RETURN jsonb_build_object('version', current::text, 'counters', coalesce(counters, '[]'),
    'reservations', (SELECT coalesce(jsonb_agg(jsonb_build_object('reservation_id', reservation_id, 'tenant', tenant,
        'request_id', request_id, 'state', state, 'amount', amount::text, 'expires_at', expires_at)), '[]')
      FROM public.reservations JOIN unnest(tenants, requests) asked (tenant, request_id) USING (tenant, request_id)),
    'approvals', (SELECT coalesce(jsonb_agg(jsonb_build_object('approval_id', approval_id, 'tenant', tenant,
        'request_id', request_id, 'counter_id', counter_id::text, 'state', state, 'grant_kind', grant_kind,
        'reason', reason, 'expires_at', expires_at)), '[]')
      FROM public.approvals JOIN unnest(tenants, requests) asked (tenant, request_id) USING (tenant, request_id)));
END $$;
