-- What the providers say that their models cost and used, as their admin APIs report it per day (UTC).

-- Days that were asked for: a day without a row here is unknown, one without costs below was free.
CREATE TABLE public.provider_report_days (
  provider text NOT NULL,
  day date NOT NULL,
  pulled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, day)
);

CREATE TABLE public.provider_costs (
  provider text NOT NULL,
  day date NOT NULL,
  -- NULL where the line is not of a model.
  model text,
  service_tier text,
  -- The provider's own words for the line.
  line_item text NOT NULL,
  -- pico-USD; negative for credits.
  amount numeric NOT NULL
);
CREATE INDEX provider_costs_day ON public.provider_costs (provider, day);

CREATE TABLE public.provider_usage (
  provider text NOT NULL,
  day date NOT NULL,
  model text,
  service_tier text,
  -- Inclusive: cached tokens are a part of input.
  input_tokens bigint NOT NULL,
  cache_read_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  -- NULL where the provider doesn't count them.
  requests bigint
);
CREATE INDEX provider_usage_day ON public.provider_usage (provider, day);
