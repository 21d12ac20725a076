-- Finds the outcomes of the calls that ended in [begins, ends) anew, as before. One at a time. What most calls need, whose status says
-- it all, is now next to nothing: chains are looked at only where one of their calls failed, rules once for each finish reason of
-- a tenant, and a call as a whole only where feedback, a rule or a failure before it says something of it. All calls of two hours
-- were sorted twice, with all of their columns, which took 50 µs for each of them every time.
CREATE OR REPLACE FUNCTION public.refresh_outcomes(begins timestamptz, ends timestamptz) RETURNS bigint
-- How many are few is estimated far too low: a nested loop of them would go over all of them for each.
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET enable_nestloop = off SET search_path = pg_catalog, public AS $$
DECLARE
  touched bigint[];
  more bigint[];
  found bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7226330170);
  WITH gone AS (
    DELETE FROM public.call_outcomes WHERE time >= begins AND time < ends RETURNING rated_by
  ) SELECT array_agg(DISTINCT rated_by) INTO touched FROM gone WHERE rated_by IS NOT NULL;

  WITH failed AS MATERIALIZED (
    -- What a retry may follow. The look back is longer than the pause that a retry may take.
    SELECT tenant, run_id, agent, tool, operation, tags ->> 'prompt_hash' AS prompt_hash FROM public.usage_events
    WHERE time >= begins - interval '15 minutes' AND time < ends
      AND attempt = 1 AND status IN ('error', 'timeout', 'rate_limited')
  ), steps AS MATERIALIZED (
    SELECT DISTINCT tenant, run_id, agent, tool, operation FROM failed WHERE run_id IS NOT NULL
  ), prompts AS MATERIALIZED (
    SELECT DISTINCT tenant, prompt_hash FROM failed WHERE prompt_hash IS NOT NULL
  ), chains AS (
    -- A chain: the step of a run, or the same prompt, again after it failed.
    SELECT event.time, event_id, attempt, duration_ms,
      lag(attempt) OVER step AS attempt_before, lag(status) OVER step AS status_before, lag(event.time) OVER step AS time_before
    FROM public.usage_events event JOIN steps ON event.tenant = steps.tenant AND event.run_id = steps.run_id
      AND event.agent IS NOT DISTINCT FROM steps.agent AND event.tool IS NOT DISTINCT FROM steps.tool
      AND event.operation IS NOT DISTINCT FROM steps.operation
    WHERE event.time >= begins - interval '15 minutes' AND event.time < ends
    WINDOW step AS (PARTITION BY event.tenant, event.run_id, event.agent, event.tool, event.operation ORDER BY event.time, event_id)
    UNION ALL
    SELECT event.time, event_id, attempt, duration_ms, lag(attempt) OVER prompt, lag(status) OVER prompt, lag(event.time) OVER prompt
    FROM public.usage_events event
    JOIN prompts ON event.tenant = prompts.tenant AND event.tags ->> 'prompt_hash' = prompts.prompt_hash
    WHERE event.time >= begins - interval '15 minutes' AND event.time < ends
    WINDOW prompt AS (PARTITION BY event.tenant, prompts.prompt_hash ORDER BY event.time, event_id)
  ), repeats AS MATERIALIZED (
    -- Who counts attempts is believed: an attempt 1 after an attempt 2 is a new request.
    SELECT DISTINCT time, event_id FROM chains
    CROSS JOIN LATERAL (SELECT time - coalesce(duration_ms, 0) * interval '1 millisecond' AS started) begun
    WHERE time >= begins AND attempt = 1 AND attempt_before = 1 AND status_before IN ('error', 'timeout', 'rate_limited')
      AND started >= time_before AND started < time_before + interval '10 minutes'
  ), hits AS MATERIALIZED (
    SELECT time, event_id, tenant, feedback_id FROM public.usage_events
      JOIN public.feedback_keys ON kind = 'event' AND key = event_id::text WHERE time >= begins AND time < ends
    UNION SELECT time, event_id, tenant, feedback_id FROM public.usage_events
      JOIN public.feedback_keys ON kind = 'response' AND key = response_id WHERE time >= begins AND time < ends
    UNION SELECT time, event_id, tenant, feedback_id FROM public.usage_events
      JOIN public.feedback_keys ON kind = 'run' AND key = run_id WHERE time >= begins AND time < ends
    UNION SELECT time, event_id, tenant, feedback_id FROM public.usage_events
      JOIN public.feedback_keys ON kind = 'session' AND key = session_id WHERE time >= begins AND time < ends
  ), rejected AS MATERIALIZED (
    SELECT tenant, finish_reason FROM (SELECT DISTINCT tenant, finish_reason FROM public.usage_events
      WHERE time >= begins AND time < ends AND status = 'ok' AND finish_reason IS NOT NULL) said
    CROSS JOIN LATERAL (SELECT * FROM public.outcome_rules one WHERE one.tenant IN ('', said.tenant)
      ORDER BY one.tenant DESC LIMIT 1) rule (of_tenant)
    CROSS JOIN LATERAL (SELECT translate(lower(said.finish_reason), ' -', '__') AS reason) word
    WHERE NOT CASE WHEN rule.accepted_finish_reasons IS NULL THEN reason <> ALL (rule.rejected_finish_reasons)
      ELSE reason = ANY (rule.accepted_finish_reasons) END
  ), few AS (
    SELECT time, event_id, bool_or(repeated) AS repeated FROM (
      SELECT time, event_id, true AS repeated FROM repeats
      UNION ALL SELECT time, event_id, false FROM hits
      UNION ALL SELECT time, event_id, false FROM public.usage_events JOIN rejected USING (tenant, finish_reason)
        WHERE time >= begins AND time < ends AND status = 'ok') reasons
    GROUP BY time, event_id
  ), here AS MATERIALIZED (
    SELECT event.*, repeated FROM few JOIN public.usage_events event USING (time, event_id)
    WHERE event.time >= begins AND event.time < ends
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
