-- Saved what-if scenarios: what was asked, never what came out of it, which follows from the usage of the day it is asked.
CREATE TABLE public.what_if_scenarios (
  scenario_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- NULL: by somebody who sees every tenant.
  tenant text,
  name text NOT NULL,
  scenario jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL
);
