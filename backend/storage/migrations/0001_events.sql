-- Usage events, the price book, API keys. Times are UTC; money is integer pico-USD (1e-12 USD); NULL means unknown.

-- One row per model call. The columns are the fields of UsageEvent and Pricing (backend/events/usageEvent.ts), the
-- dimensions among them those of src/query/dimensions.ts: a test compares the three.
CREATE TABLE public.usage_events (
  time timestamptz NOT NULL,
  event_id uuid NOT NULL,

  -- who pays
  tenant text NOT NULL,
  project text NOT NULL,
  team text,
  environment text,
  cost_center text,
  -- what ran
  provider text,
  model text,
  request_model text,
  deployment text,
  endpoint text,
  operation text,
  service_tier text,
  -- for whom
  user_id text,
  user_segment text,
  session_id text,
  -- on whose behalf
  service text,
  agent text,
  run_id text,
  pipeline text,
  feature text,
  release text,
  tool text,
  -- outcome
  status text NOT NULL,
  error_type text,
  finish_reason text,
  attempt smallint NOT NULL,
  duration_ms double precision,
  time_to_first_token_ms double precision,

  -- usage, inclusive: cached and audio tokens are parts of input, reasoning is a part of output
  input_tokens bigint,
  cache_read_tokens bigint,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens bigint,
  reasoning_tokens bigint,
  audio_input_tokens bigint,
  audio_output_tokens bigint,
  image_input_tokens bigint,
  requests bigint,
  web_searches bigint,
  other_units bigint,

  -- money; reasoning_cost is a part of output_cost, cache_savings is no cost
  input_cost bigint,
  cache_read_cost bigint,
  cache_write_cost bigint,
  output_cost bigint,
  reasoning_cost bigint,
  other_cost bigint,
  total_cost bigint,
  cache_savings bigint,
  reported_cost bigint,

  -- provenance
  price_id text,
  price_version bigint,
  priced_at timestamptz NOT NULL DEFAULT now(),
  unpriced_reason text,
  quality text NOT NULL,
  source text NOT NULL,
  trace_id text,
  span_id text,
  response_id text,
  tags jsonb,

  -- An event is either priced, with costs that add up, or unpriced, with a reason and no cost at all.
  CONSTRAINT costs_add_up CHECK (
    (CASE WHEN unpriced_reason IS NULL
      THEN total_cost = input_cost + cache_read_cost + cache_write_cost + output_cost + other_cost
        AND reasoning_cost IS NOT NULL AND cache_savings IS NOT NULL
        AND price_id IS NOT NULL AND price_version IS NOT NULL
      ELSE num_nonnulls(input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost, other_cost,
        total_cost, cache_savings, price_id, price_version) = 0
    END) IS TRUE)
);

SELECT create_hypertable('public.usage_events', 'time', chunk_time_interval => interval '1 day',
  create_default_indexes => false);

-- The only index. Each further text index costs 25 to 40 % of the ingest rate; reports read rollups instead.
CREATE UNIQUE INDEX usage_events_key ON public.usage_events (time, event_id);

-- event_id in the order makes the duplicate check of late rows ten times cheaper.
ALTER TABLE public.usage_events SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'tenant',
  timescaledb.compress_orderby = 'time DESC, event_id'
);
SELECT add_compression_policy('public.usage_events', compress_after => interval '3 days');

-- Hours (UTC) in which rows were added, changed or removed after the rollups took them in, and that are to be summed
-- again. Written in the same transaction as the rows; see 0003 for how the views use it.
CREATE SEQUENCE public.rollup_dirty_version;
CREATE TABLE public.rollup_dirty (
  hour timestamptz PRIMARY KEY,
  -- New with every mark, never reused: the refresher removes a mark only if it is still the one that it read.
  version bigint NOT NULL DEFAULT nextval('public.rollup_dirty_version'),
  first_marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  marked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The time that was given to an event that came with an id and without a time: the first arrival decides, so that
-- redelivery meets the same (time, event_id).
CREATE TABLE public.event_times (
  event_id uuid PRIMARY KEY,
  time timestamptz NOT NULL
);

-- The price book. A row is never changed: a correction supersedes it.
CREATE TABLE public.prices (
  price_id text PRIMARY KEY,
  -- Version of the whole book that brought the row.
  version bigint NOT NULL,
  tenant text,
  deployment text,
  provider text,
  model text,
  effective_from timestamptz NOT NULL DEFAULT '-infinity',
  effective_to timestamptz NOT NULL DEFAULT 'infinity',
  -- The row as it was posted: decimal strings, USD.
  price jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  superseded_at timestamptz,
  -- Version of the book that took the row away.
  superseded_version bigint,
  CHECK (effective_from < effective_to),
  CHECK ((superseded_at IS NULL) = (superseded_version IS NULL))
);
CREATE INDEX prices_in_force ON public.prices (provider, model, tenant, deployment) WHERE superseded_at IS NULL;

-- One row: the version of the price book, raised by every change to it.
CREATE TABLE public.price_book (
  version bigint NOT NULL,
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row)
);
INSERT INTO public.price_book (version) VALUES (0);

-- Who changed the price book, or the prices of past events, when and why.
CREATE TABLE public.price_audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  by text NOT NULL,
  -- add, supersede, reprice
  action text NOT NULL,
  why text,
  -- Version of the book after the change.
  version bigint NOT NULL,
  details jsonb NOT NULL
);

-- What a repriced event cost before.
CREATE TABLE public.repriced_events (
  audit_id bigint NOT NULL REFERENCES public.price_audit,
  time timestamptz NOT NULL,
  event_id uuid NOT NULL,
  price_id text,
  price_version bigint,
  unpriced_reason text,
  input_cost bigint,
  cache_read_cost bigint,
  cache_write_cost bigint,
  output_cost bigint,
  reasoning_cost bigint,
  other_cost bigint,
  total_cost bigint,
  cache_savings bigint,
  PRIMARY KEY (audit_id, time, event_id)
);

-- Keys that callers present; only a hash is kept.
CREATE TABLE public.api_keys (
  key_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  name text NOT NULL,
  scopes text[] NOT NULL CHECK (scopes <@ ARRAY['ingest', 'read', 'admin'] AND cardinality(scopes) > 0),
  -- The tenant that the key is bound to; NULL for every tenant.
  tenant text,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
