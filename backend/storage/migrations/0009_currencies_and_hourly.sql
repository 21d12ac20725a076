-- Rates of the day for showing amounts in other currencies. Costs stay USD; a panel multiplies what it shows.
CREATE TABLE public.currency_rates (
  date date NOT NULL,
  -- ISO 4217
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'USD'),
  -- Units of the currency for one USD.
  rate numeric NOT NULL CHECK (rate > 0 AND rate < 'Infinity'),
  source text NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (currency, date)
);
GRANT SELECT ON public.currency_rates TO llmcost_reader;

-- The rate of a day, or of the last day before it that has one (weekends and holidays have none); NULL where none is known.
CREATE FUNCTION public.currency_rate_on(wanted text, day date) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public
AS $$
  SELECT CASE WHEN wanted = 'USD' THEN 1 ELSE (
    SELECT rate FROM public.currency_rates WHERE currency = wanted AND date <= day ORDER BY date DESC LIMIT 1) END
$$;

-- What an hour (UTC) of a deployment that is paid by the hour held when its amount was last spread over its calls. As long
-- as the hour still holds that, there is nothing to do; late calls and repricing change it.
CREATE TABLE public.hourly_spreads (
  deployment text NOT NULL,
  hour timestamptz NOT NULL,
  calls bigint NOT NULL,
  tokens bigint NOT NULL,
  -- pico-USD, summed over the hour
  other_cost numeric NOT NULL,
  spread_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (deployment, hour)
);
