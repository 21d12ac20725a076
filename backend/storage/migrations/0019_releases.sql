-- Releases: which version of a service came when, and what it did to cost, tokens, errors and retries.

CREATE TABLE public.releases (
  release_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  service text NOT NULL,
  version text NOT NULL,
  -- NULL: whatever environment the calls are of.
  environment text,
  time timestamptz NOT NULL,
  url text,
  description text,
  -- api: posted; seen: the first call with this version.
  origin text NOT NULL CHECK (origin IN ('api', 'seen')),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  -- When its calls were last compared; NULL: not yet, or not since it was changed.
  measured_at timestamptz
);
CREATE UNIQUE INDEX releases_key ON public.releases (tenant, service, version, coalesce(environment, ''));
CREATE INDEX releases_time ON public.releases (time);

-- Up to which hour versions were looked for in usage.
CREATE TABLE public.release_progress (
  until timestamptz NOT NULL,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO public.release_progress (until) VALUES ('-infinity');

-- Hours older than that whose calls changed: late ones may carry versions too.
CREATE TABLE public.release_dirty (hour timestamptz PRIMARY KEY);
CREATE FUNCTION public.mark_releases_dirty() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO public.release_dirty (hour) VALUES (NEW.hour) ON CONFLICT (hour) DO UPDATE SET hour = excluded.hour;
  RETURN NULL;
END $$;
CREATE TRIGGER releases_follow AFTER INSERT OR UPDATE ON public.rollup_dirty
  FOR EACH ROW EXECUTE FUNCTION public.mark_releases_dirty();

-- A release's calls after it against those before it: of the service, and of each of its features and models.
CREATE TABLE public.release_changes (
  release_id bigint NOT NULL REFERENCES public.releases ON DELETE CASCADE,
  -- service, feature or model
  dimension text NOT NULL,
  value text NOT NULL,
  -- The version that came before, NULL where none is known.
  previous text,
  before_from timestamptz NOT NULL,
  after_to timestamptz NOT NULL,
  -- Priced calls; the mean cost of one, pico-USD.
  calls_before bigint NOT NULL, calls_after bigint NOT NULL,
  cost_before numeric, cost_after numeric,
  -- Two-sided, of Welch's t test that both means are the same; NULL below 30 priced calls on a side.
  cost_p double precision,
  -- Per call, of all calls.
  prompt_before numeric, prompt_after numeric, prompt_p double precision,
  completion_before numeric, completion_after numeric, completion_p double precision,
  errors_before numeric, errors_after numeric, errors_p double precision,
  retries_before numeric, retries_after numeric, retries_p double precision,
  PRIMARY KEY (release_id, dimension, value)
);

-- Lanczos' approximation (g = 7, n = 9), to 15 digits for x > 0.
CREATE FUNCTION public.log_gamma(x double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT 0.9189385332046727 + (x - 0.5) * ln(x + 6.5) - (x + 6.5) + ln(0.99999999999980993 + 676.5203681218851 / x
    - 1259.1392167224028 / (x + 1) + 771.32342877765313 / (x + 2) - 176.61502916214059 / (x + 3)
    + 12.507343278686905 / (x + 4) - 0.13857109526572012 / (x + 5) + 9.9843695780195716e-6 / (x + 6)
    + 1.5056327351493116e-7 / (x + 7))
$$;

-- Probability of a |t| at least as large under Student's distribution: the regularised incomplete beta function
-- I(df / (df + t²); df / 2, 1/2) by its continued fraction (Lentz).
CREATE FUNCTION public.student_p(t double precision, df double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
  x double precision := df / (df + t * t);
  a double precision := df / 2;
  b double precision := 0.5;
  swapped boolean := false;
  c double precision := 1;
  d double precision;
  h double precision;
  step double precision;
  front double precision;
BEGIN
  IF x >= 1 THEN RETURN 1; END IF;
  -- Far out in the tail the powers below would be no numbers any more.
  IF x < 1e-300 THEN RETURN 0; END IF;
  IF x > (a + 1) / (a + b + 2) THEN
    swapped := true; x := 1 - x; b := a; a := 0.5;
  END IF;
  step := public.log_gamma(a + b) - public.log_gamma(a) - public.log_gamma(b) + a * ln(x) + b * ln(1 - x);
  front := CASE WHEN step < -700 THEN 0 ELSE exp(step) END;
  d := 1 - (a + b) * x / (a + 1);
  d := 1 / CASE WHEN abs(d) < 1e-30 THEN 1e-30 ELSE d END;
  h := d;
  FOR m IN 1..300 LOOP
    step := m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d := 1 + step * d; d := 1 / CASE WHEN abs(d) < 1e-30 THEN 1e-30 ELSE d END;
    c := 1 + step / c; c := CASE WHEN abs(c) < 1e-30 THEN 1e-30 ELSE c END;
    h := h * d * c;
    step := -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d := 1 + step * d; d := 1 / CASE WHEN abs(d) < 1e-30 THEN 1e-30 ELSE d END;
    c := 1 + step / c; c := CASE WHEN abs(c) < 1e-30 THEN 1e-30 ELSE c END;
    h := h * d * c;
    EXIT WHEN abs(d * c - 1) < 1e-14;
  END LOOP;
  RETURN least(1, greatest(0, CASE WHEN swapped THEN 1 - front * h / a ELSE front * h / a END));
END $$;

-- Welch's t test of two means, two-sided; NULL below 30 values on a side, where nothing is claimed.
CREATE FUNCTION public.welch_p(
  mean_a double precision, variance_a double precision, n_a bigint,
  mean_b double precision, variance_b double precision, n_b bigint
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT CASE
    WHEN n_a < 30 OR n_b < 30 OR mean_a IS NULL OR mean_b IS NULL THEN NULL
    WHEN error = 0 THEN CASE WHEN mean_a = mean_b THEN 1 ELSE 0 END
    ELSE public.student_p((mean_b - mean_a) / sqrt(error), error ^ 2
      / ((variance_a / n_a) ^ 2 / (n_a - 1) + (variance_b / n_b) ^ 2 / (n_b - 1)))
  END FROM (SELECT variance_a / n_a + variance_b / n_b AS error) one
$$;

-- Compares the calls of a service in up to seven days before and after a release, not beyond the releases beside it. Calls
-- that name another version after it (an old instance), or this one before it (a trial), stay out.
CREATE FUNCTION public.measure_release(of_release bigint) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, public AS $$
DECLARE
  it public.releases;
  before_from timestamptz;
  after_to timestamptz;
  previous text;
BEGIN
  SELECT * INTO it FROM public.releases WHERE release_id = of_release FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT version, time INTO previous, before_from FROM public.releases one
  WHERE one.tenant = it.tenant AND one.service = it.service AND one.time < it.time
    AND (one.environment IS NULL OR it.environment IS NULL OR one.environment = it.environment)
  ORDER BY one.time DESC LIMIT 1;
  before_from := greatest(coalesce(before_from, '-infinity'), it.time - interval '7 days');
  SELECT least(min(time), it.time + interval '7 days', now()) INTO after_to FROM public.releases one
  WHERE one.tenant = it.tenant AND one.service = it.service AND one.time > it.time
    AND (one.environment IS NULL OR it.environment IS NULL OR one.environment = it.environment);
  DELETE FROM public.release_changes WHERE release_id = of_release;
  INSERT INTO public.release_changes
  SELECT of_release, dimension, value, previous, before_from, after_to,
    count(total_cost) FILTER (WHERE NOT after), count(total_cost) FILTER (WHERE after),
    avg(total_cost) FILTER (WHERE NOT after), avg(total_cost) FILTER (WHERE after),
    public.welch_p(avg(total_cost) FILTER (WHERE NOT after), var_samp(total_cost) FILTER (WHERE NOT after),
      count(total_cost) FILTER (WHERE NOT after), avg(total_cost) FILTER (WHERE after),
      var_samp(total_cost) FILTER (WHERE after), count(total_cost) FILTER (WHERE after)),
    avg(prompt) FILTER (WHERE NOT after), avg(prompt) FILTER (WHERE after),
    public.welch_p(avg(prompt) FILTER (WHERE NOT after), var_samp(prompt) FILTER (WHERE NOT after),
      count(*) FILTER (WHERE NOT after), avg(prompt) FILTER (WHERE after), var_samp(prompt) FILTER (WHERE after),
      count(*) FILTER (WHERE after)),
    avg(completion) FILTER (WHERE NOT after), avg(completion) FILTER (WHERE after),
    public.welch_p(avg(completion) FILTER (WHERE NOT after), var_samp(completion) FILTER (WHERE NOT after),
      count(*) FILTER (WHERE NOT after), avg(completion) FILTER (WHERE after), var_samp(completion) FILTER (WHERE after),
      count(*) FILTER (WHERE after)),
    avg(failed) FILTER (WHERE NOT after), avg(failed) FILTER (WHERE after),
    public.welch_p(avg(failed) FILTER (WHERE NOT after), var_samp(failed) FILTER (WHERE NOT after),
      count(*) FILTER (WHERE NOT after), avg(failed) FILTER (WHERE after), var_samp(failed) FILTER (WHERE after),
      count(*) FILTER (WHERE after)),
    avg(retried) FILTER (WHERE NOT after), avg(retried) FILTER (WHERE after),
    public.welch_p(avg(retried) FILTER (WHERE NOT after), var_samp(retried) FILTER (WHERE NOT after),
      count(*) FILTER (WHERE NOT after), avg(retried) FILTER (WHERE after), var_samp(retried) FILTER (WHERE after),
      count(*) FILTER (WHERE after))
  FROM (
    SELECT feature, model, time >= it.time AS after, total_cost, coalesce(input_tokens, 0) AS prompt,
      coalesce(output_tokens, 0) AS completion, (status <> 'ok')::int AS failed, (attempt > 1)::int AS retried
    FROM public.usage_events
    WHERE time >= before_from AND time < after_to AND tenant = it.tenant AND service = it.service
      AND (it.environment IS NULL OR environment = it.environment)
      AND CASE WHEN time >= it.time THEN coalesce(release, it.version) = it.version
        ELSE release IS DISTINCT FROM it.version END
  ) calls CROSS JOIN LATERAL (VALUES ('service', it.service), ('feature', feature), ('model', model)) part (dimension, value)
  WHERE value IS NOT NULL
  GROUP BY dimension, value;
  UPDATE public.releases SET measured_at = now() WHERE release_id = of_release;
END $$;

-- What a change is, in a sentence; only what is significant at 1 % is claimed.
CREATE FUNCTION public.release_verdict(version text, changed public.release_changes) RETURNS text
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
      trim_scale(round(abs(change) * 100, CASE WHEN abs(change) < 0.1 THEN 1 ELSE 0 END)), ' % ', what), ', ' ORDER BY place) AS said
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

-- Releases with what they changed; read by dashboards and by the API. Money per call in USD, for drawing.
CREATE VIEW public.release_effects AS
SELECT release.release_id, release.tenant, release.service, release.version, release.environment, release.time, release.url,
  release.description, release.origin, changed.dimension, changed.value, changed.previous, changed.before_from, changed.after_to,
  changed.calls_before, changed.calls_after, changed.cost_before, changed.cost_after,
  (changed.cost_after / nullif(changed.cost_before, 0) - 1)::float8 AS cost_change, changed.cost_p,
  changed.prompt_before, changed.prompt_after,
  (changed.prompt_after / nullif(changed.prompt_before, 0) - 1)::float8 AS prompt_change, changed.prompt_p,
  changed.completion_before, changed.completion_after,
  (changed.completion_after / nullif(changed.completion_before, 0) - 1)::float8 AS completion_change, changed.completion_p,
  changed.errors_before, changed.errors_after, changed.errors_p,
  changed.retries_before, changed.retries_after, changed.retries_p,
  coalesce(changed.cost_p < 0.01, false) AS significant,
  public.release_verdict(release.version, changed) AS verdict
FROM public.releases release JOIN public.release_changes changed USING (release_id);

GRANT SELECT ON public.releases, public.release_effects TO llmcost_reader;
