-- Chargeback: who is charged for a month (UTC), what shared costs are divided by, credits, and months that are closed.
-- Amounts are pico-USD; `converted` is 1e-12 of the statement's currency.

-- Costs that are shared: taken from the source and divided over the targets.
CREATE TABLE public.chargeback_splits (
  name text NOT NULL,
  tenant text NOT NULL,
  -- {source, targets, by}: see backend/chargeback/request.ts
  rule jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (tenant, name)
);

CREATE TABLE public.chargeback_credits (
  -- The caller's own id: the same credit can't be booked twice.
  credit_id text PRIMARY KEY,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  tenant text NOT NULL,
  team text,
  cost_center text,
  -- Above 0 lowers what is charged.
  amount numeric NOT NULL CHECK (amount <> 0),
  description text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL
);

-- A closed month does not change any more: its lines stand in chargeback_lines.
CREATE TABLE public.chargeback_closings (
  month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
  currency text NOT NULL,
  closed_at timestamptz NOT NULL DEFAULT now(),
  closed_by text NOT NULL
);

CREATE TABLE public.chargeback_lines (
  month date NOT NULL REFERENCES public.chargeback_closings,
  line_id uuid NOT NULL,
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('usage', 'split', 'credit', 'adjustment')),
  -- The month that the usage is of; an earlier one for adjustments.
  of_month date NOT NULL,
  amount numeric NOT NULL,
  converted numeric NOT NULL,
  -- The line as it was shown.
  line jsonb NOT NULL,
  PRIMARY KEY (month, line_id)
);
CREATE INDEX chargeback_lines_of ON public.chargeback_lines (of_month);
