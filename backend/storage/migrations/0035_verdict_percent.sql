-- What a change is, in a sentence; only what is significant at 1% is claimed. As before, but
-- for the per cent, which are written as on every screen.
CREATE OR REPLACE FUNCTION public.release_verdict(version text, changed public.release_changes) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT CASE
    WHEN least(changed.calls_before, changed.calls_after) < 30 THEN
      format('%s: too few priced calls to tell (%s before, %s after; 30 are needed)', version, changed.calls_before,
        changed.calls_after)
    WHEN said IS NULL THEN version || ': no significant change'
    ELSE version || ': ' || said
  END
  FROM (
    SELECT string_agg(concat(CASE WHEN change >= 0 THEN '+' ELSE '−' END,
      trim_scale(round(abs(change) * 100, CASE WHEN abs(change) < 0.1 THEN 1 ELSE 0 END)), '% ', what), ', ' ORDER BY place) AS said
    FROM (VALUES
      (1, 'cost per request', changed.cost_after / nullif(changed.cost_before, 0) - 1, changed.cost_p),
      (2, 'prompt tokens', changed.prompt_after / nullif(changed.prompt_before, 0) - 1, changed.prompt_p),
      (3, 'completion tokens', changed.completion_after / nullif(changed.completion_before, 0) - 1, changed.completion_p),
      (4, 'errors', changed.errors_after / nullif(changed.errors_before, 0) - 1, changed.errors_p),
      (5, 'retries', changed.retries_after / nullif(changed.retries_before, 0) - 1, changed.retries_p)
    ) parts (place, what, change, p)
    WHERE p < 0.01 AND change IS NOT NULL
  ) claims
$$;
