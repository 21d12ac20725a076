-- What was counted of the Prometheus counters of self-hosted vLLM servers: one row per server and series.

CREATE TABLE public.vllm_counters (
  -- URL of the metrics page.
  target text NOT NULL,
  -- Model name and engine.
  series text NOT NULL,
  -- When the server's process began, as it says; 0 when it doesn't. Another one means that the counters began anew.
  epoch double precision NOT NULL,
  -- Counter values up to which usage was counted: {"prompt": 12, "cached": 3, "generation": 4, "requests": 1}
  counted jsonb NOT NULL,
  scraped_at timestamptz NOT NULL,
  -- The interval that is being handed over: written with the counter values, removed once its event is durable. A
  -- collector that ends in between hands it over again at its next start, under the same id.
  pending jsonb,
  PRIMARY KEY (target, series)
);
