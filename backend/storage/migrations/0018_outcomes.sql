-- Outcomes: what calls, runs and sessions brought. Feedback says it, else the tenant's rule, else the call's own status.
-- Rollups keep successes by status alone; call_outcomes holds what is to be added to that, call by call, so that a late or
-- corrected verdict costs one row instead of a rollup. Amounts are pico-USD.

-- One row per target and evaluator: the newest verdict.
CREATE TABLE public.feedback (
  feedback_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- '': calls of every tenant.
  tenant text NOT NULL,
  target_kind text NOT NULL CHECK (target_kind IN ('call', 'run', 'session')),
  target text NOT NULL,
  -- The evaluator or what was evaluated, e.g. thumbs or relevance; '' where nobody says.
  name text NOT NULL DEFAULT '',
  -- When it was given: of two, the later one holds.
  time timestamptz NOT NULL,
  success boolean,
  score numeric CHECK (score > '-Infinity' AND score < 'Infinity'),
  label text,
  comment text,
  source text NOT NULL,
  by text NOT NULL,
  -- How often it was changed.
  corrections integer NOT NULL DEFAULT 0,
  received_at timestamptz NOT NULL DEFAULT now(),
  -- Whether calls of long ago were looked for.
  looked boolean NOT NULL DEFAULT false,
  UNIQUE (tenant, target_kind, target, name)
);
CREATE INDEX feedback_new ON public.feedback (feedback_id) WHERE NOT looked;
CREATE INDEX feedback_time ON public.feedback (time);

-- By what the calls of a target are found: any of these.
CREATE TABLE public.feedback_keys (
  kind text NOT NULL CHECK (kind IN ('event', 'response', 'run', 'session')),
  key text NOT NULL,
  feedback_id bigint NOT NULL REFERENCES public.feedback ON DELETE CASCADE,
  PRIMARY KEY (kind, key, feedback_id)
);
CREATE INDEX feedback_keys_of ON public.feedback_keys (feedback_id);

-- What success means where feedback says nothing of it, and what labels and scores mean. Tenant '' is for all that have none.
CREATE TABLE public.outcome_rules (
  tenant text PRIMARY KEY,
  -- Only these finish reasons are a success; NULL: all but the rejected ones. Lower case, with _.
  accepted_finish_reasons text[],
  rejected_finish_reasons text[] NOT NULL,
  -- A score from here on is a success, below it a failure; NULL: scores say nothing of success.
  min_score numeric,
  good_labels text[] NOT NULL,
  bad_labels text[] NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL
);
INSERT INTO public.outcome_rules (tenant, rejected_finish_reasons, good_labels, bad_labels, changed_by) VALUES ('',
  ARRAY['length', 'max_tokens', 'max_output_tokens', 'content_filter', 'content_filtered', 'refusal', 'safety', 'recitation',
    'blocklist', 'prohibited_content', 'spii', 'malformed_function_call', 'error', 'incomplete',
    'model_context_window_exceeded', 'guardrail_intervened'],
  ARRAY['pass', 'passed', 'good', 'correct', 'relevant', 'yes', 'true', 'positive', 'thumbs_up', 'success', 'resolved'],
  ARRAY['fail', 'failed', 'bad', 'incorrect', 'irrelevant', 'no', 'false', 'negative', 'thumbs_down', 'failure', 'unresolved'],
  'default');

-- What a success may cost, by tenant ('': all) and feature ('': all).
CREATE TABLE public.success_targets (
  tenant text NOT NULL,
  feature text NOT NULL,
  -- pico-USD
  target bigint NOT NULL CHECK (target > 0),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  PRIMARY KEY (tenant, feature)
);
INSERT INTO public.success_targets (tenant, feature, target, changed_by) VALUES ('', '', 5000000000, 'default');

-- The target of a feature: its own, its tenant's, everybody's for the feature, everybody's.
CREATE FUNCTION public.success_target(of_tenant text, of_feature text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
  SELECT target FROM public.success_targets
  WHERE tenant IN ('', of_tenant) AND feature IN ('', coalesce(of_feature, ''))
  ORDER BY (tenant <> '' AND feature <> '') DESC, tenant DESC, feature DESC LIMIT 1
$$;

-- What is to be added to the sums of usage for one call. Only calls whose outcome is not what their status and attempt say,
-- and those that feedback speaks of. The dimensions are those of the call.
CREATE TABLE public.call_outcomes (
  time timestamptz NOT NULL,
  event_id uuid NOT NULL,
  tenant text NOT NULL, project text NOT NULL, team text, environment text, cost_center text,
  provider text, model text, request_model text, deployment text, endpoint text, operation text, service_tier text,
  user_id text, user_segment text, session_id text,
  service text, agent text, run_id text, pipeline text, feature text, release text, tool text,
  status text NOT NULL, error_type text, finish_reason text, unpriced_reason text, quality text, source text,
  price_id text, trace_id text, tags jsonb,
  total_cost bigint,
  success boolean NOT NULL,
  -- feedback, rule or status
  decided_by text NOT NULL,
  -- The feedback that decided, and the one that gave the score.
  judged_by bigint,
  rated_by bigint,
  label text,
  -- Of the whole target.
  score numeric,
  successes_change smallint NOT NULL,
  retries_change smallint NOT NULL,
  retry_cost_change bigint,
  unsuccessful_cost_change bigint,
  wasted_cost_change bigint,
  -- NULL where a call of the target has no price.
  rated_cost bigint,
  -- The score divided over the target's calls by their cost; they add up to it exactly.
  points numeric NOT NULL DEFAULT 0,
  priced_points numeric NOT NULL DEFAULT 0,
  -- 1 at one call of a target, so that their sum counts targets.
  ratings smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (time, event_id)
);
CREATE INDEX call_outcomes_judged ON public.call_outcomes (judged_by) WHERE judged_by IS NOT NULL;
CREATE INDEX call_outcomes_rated ON public.call_outcomes (rated_by) WHERE rated_by IS NOT NULL;

-- Hours whose outcomes are to be found again: rows changed there, or feedback came.
CREATE SEQUENCE public.outcome_dirty_version;
CREATE TABLE public.outcome_dirty (
  hour timestamptz PRIMARY KEY,
  version bigint NOT NULL DEFAULT nextval('public.outcome_dirty_version')
);

CREATE FUNCTION public.mark_outcomes_dirty() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO public.outcome_dirty (hour) VALUES (NEW.hour)
  ON CONFLICT (hour) DO UPDATE SET version = excluded.version;
  RETURN NULL;
END $$;
CREATE TRIGGER outcomes_follow AFTER INSERT OR UPDATE ON public.rollup_dirty
  FOR EACH ROW EXECUTE FUNCTION public.mark_outcomes_dirty();

-- Up to where outcomes of the newest hours were found.
CREATE TABLE public.outcome_progress (
  until timestamptz NOT NULL,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO public.outcome_progress (until) VALUES (date_trunc('hour', now(), 'UTC'));
-- What was there before.
INSERT INTO public.outcome_dirty (hour) SELECT DISTINCT bucket FROM public.usage_core_1h;

-- Finds the outcomes of the calls that ended in [begins, ends) anew. One at a time.
CREATE FUNCTION public.refresh_outcomes(begins timestamptz, ends timestamptz) RETURNS bigint
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, public AS $$
DECLARE
  touched bigint[];
  more bigint[];
  found bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7226330170);
  WITH gone AS (
    DELETE FROM public.call_outcomes WHERE time >= begins AND time < ends RETURNING rated_by
  ) SELECT array_agg(DISTINCT rated_by) INTO touched FROM gone WHERE rated_by IS NOT NULL;

  WITH calls AS MATERIALIZED (
    -- A chain: the step of a run, or the same prompt, again after it failed. The look back is longer than the pause that a
    -- retry may take.
    SELECT event.*,
      lag(status) OVER step AS step_status, lag(attempt) OVER step AS step_attempt, lag(time) OVER step AS step_time,
      lag(status) OVER prompt AS prompt_status, lag(attempt) OVER prompt AS prompt_attempt, lag(time) OVER prompt AS prompt_time,
      time - coalesce(duration_ms, 0) * interval '1 millisecond' AS started
    FROM public.usage_events event
    WHERE time >= begins - interval '15 minutes' AND time < ends
    WINDOW step AS (PARTITION BY tenant, run_id, agent, tool, operation ORDER BY time, event_id),
      prompt AS (PARTITION BY tenant, tags ->> 'prompt_hash' ORDER BY time, event_id)
  ), here AS (
    -- Who counts attempts is believed: an attempt 1 after an attempt 2 is a new request.
    SELECT calls.*, coalesce(attempt = 1 AND (
      (run_id IS NOT NULL AND step_attempt = 1 AND step_status IN ('error', 'timeout', 'rate_limited')
        AND started >= step_time AND started < step_time + interval '10 minutes')
      OR (tags ->> 'prompt_hash' IS NOT NULL AND prompt_attempt = 1 AND prompt_status IN ('error', 'timeout', 'rate_limited')
        AND started >= prompt_time AND started < prompt_time + interval '10 minutes')), false) AS repeated
    FROM calls WHERE time >= begins
  ), hits AS (
    SELECT time, event_id, tenant, feedback_id FROM here
      JOIN public.feedback_keys ON kind = 'event' AND key = event_id::text
    UNION SELECT time, event_id, tenant, feedback_id FROM here
      JOIN public.feedback_keys ON kind = 'response' AND key = response_id
    UNION SELECT time, event_id, tenant, feedback_id FROM here JOIN public.feedback_keys ON kind = 'run' AND key = run_id
    UNION SELECT time, event_id, tenant, feedback_id FROM here
      JOIN public.feedback_keys ON kind = 'session' AND key = session_id
  ), said AS (
    SELECT hits.time, hits.event_id, feedback.feedback_id, feedback.score, feedback.label,
      array_position(ARRAY['call', 'run', 'session'], feedback.target_kind) AS place, feedback.time AS at,
      coalesce(feedback.success,
        CASE WHEN word.label = ANY (rule.good_labels) THEN true WHEN word.label = ANY (rule.bad_labels) THEN false END,
        feedback.score >= rule.min_score) AS verdict
    FROM hits JOIN public.feedback USING (feedback_id)
    CROSS JOIN LATERAL (SELECT translate(lower(feedback.label), ' -', '__') AS label) word
    CROSS JOIN LATERAL (SELECT * FROM public.outcome_rules one WHERE one.tenant IN ('', hits.tenant)
      ORDER BY one.tenant DESC LIMIT 1) rule
    WHERE feedback.tenant IN ('', hits.tenant)
  ), verdicts AS (
    -- What is said of the call itself before what is said of its run or session; of those the latest.
    SELECT DISTINCT ON (time, event_id) time, event_id, verdict, feedback_id, label
    FROM said WHERE verdict IS NOT NULL ORDER BY time, event_id, place, at DESC, feedback_id DESC
  ), scores AS (
    SELECT DISTINCT ON (time, event_id) time, event_id, score, feedback_id
    FROM said WHERE score IS NOT NULL ORDER BY time, event_id, place, at DESC, feedback_id DESC
  ), decided AS (
    SELECT here.*, verdicts.feedback_id AS judge, verdicts.label AS judge_label, scores.feedback_id AS rater,
      scores.score AS rating, attempt > 1 OR repeated AS is_retry,
      coalesce(verdicts.verdict, status = 'ok' AND accepted.yes) AS succeeded,
      CASE WHEN verdicts.verdict IS NOT NULL THEN 'feedback' WHEN status = 'ok' AND NOT accepted.yes THEN 'rule' ELSE 'status' END
        AS decided_by
    FROM here LEFT JOIN verdicts USING (time, event_id) LEFT JOIN scores USING (time, event_id)
    CROSS JOIN LATERAL (SELECT * FROM public.outcome_rules one WHERE one.tenant IN ('', here.tenant)
      ORDER BY one.tenant DESC LIMIT 1) rule
    CROSS JOIN LATERAL (SELECT here.finish_reason IS NULL OR CASE WHEN rule.accepted_finish_reasons IS NULL
      THEN translate(lower(here.finish_reason), ' -', '__') <> ALL (rule.rejected_finish_reasons)
      ELSE translate(lower(here.finish_reason), ' -', '__') = ANY (rule.accepted_finish_reasons) END AS yes) accepted
  )
  INSERT INTO public.call_outcomes (time, event_id, tenant, project, team, environment, cost_center, provider, model,
    request_model, deployment, endpoint, operation, service_tier, user_id, user_segment, session_id, service, agent, run_id,
    pipeline, feature, release, tool, status, error_type, finish_reason, unpriced_reason, quality, source, price_id, trace_id,
    tags, total_cost, success, decided_by, judged_by, rated_by, label, score, successes_change, retries_change,
    retry_cost_change, unsuccessful_cost_change, wasted_cost_change)
  SELECT time, event_id, tenant, project, team, environment, cost_center, provider, model,
    request_model, deployment, endpoint, operation, service_tier, user_id, user_segment, session_id, service, agent, run_id,
    pipeline, feature, release, tool, status, error_type, finish_reason, unpriced_reason, quality, source, price_id, trace_id,
    tags, total_cost, succeeded, decided_by, judge, rater, judge_label, rating,
    succeeded::int - (status = 'ok')::int, repeated::int,
    CASE WHEN repeated THEN total_cost END,
    total_cost * ((NOT succeeded)::int - (status <> 'ok')::int),
    total_cost * ((NOT succeeded OR is_retry)::int - (status <> 'ok' OR attempt > 1)::int)
  FROM decided
  WHERE judge IS NOT NULL OR rater IS NOT NULL OR repeated OR succeeded <> (status = 'ok');
  GET DIAGNOSTICS found = ROW_COUNT;

  SELECT array_agg(DISTINCT rated_by) INTO more FROM public.call_outcomes
  WHERE time >= begins AND time < ends AND rated_by IS NOT NULL;
  PERFORM public.divide_scores(touched || more);
  RETURN found;
END $$;

-- Divides the score of each of these ratings over its calls by their cost (equally where there is none); the last call has
-- what rounding left.
CREATE FUNCTION public.divide_scores(ratings_of bigint[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public AS $$
  WITH whole AS (
    SELECT time, event_id, rated_by, score, total_cost, count(*) OVER target AS calls, count(total_cost) OVER target AS priced,
      sum(total_cost) OVER target AS cost,
      row_number() OVER (PARTITION BY rated_by ORDER BY time DESC, event_id DESC) = 1 AS last
    FROM public.call_outcomes WHERE rated_by = ANY (ratings_of) WINDOW target AS (PARTITION BY rated_by)
  ), parts AS (
    SELECT *, CASE WHEN last THEN 0 WHEN priced = calls AND cost > 0 THEN round(score * total_cost / cost, 12)
      ELSE round(score / calls, 12) END AS part FROM whole
  ), exact AS (
    SELECT time, event_id, last, priced = calls AS all_priced, total_cost,
      CASE WHEN last THEN score - sum(part) OVER (PARTITION BY rated_by) ELSE part END AS part FROM parts
  )
  UPDATE public.call_outcomes outcome SET points = exact.part, ratings = exact.last::int,
    priced_points = CASE WHEN all_priced THEN exact.part ELSE 0 END,
    rated_cost = CASE WHEN all_priced THEN exact.total_cost END
  FROM exact WHERE outcome.time = exact.time AND outcome.event_id = exact.event_id
$$;

GRANT SELECT ON public.call_outcomes, public.success_targets TO llmcost_reader;
