-- Statements that are sent out once their month is closed: to a folder or a webhook, each under a name of the configuration.
CREATE TABLE public.chargeback_deliveries (
  name text NOT NULL,
  month date NOT NULL REFERENCES public.chargeback_closings,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  last_error text,
  PRIMARY KEY (name, month)
);
