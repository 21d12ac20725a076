-- When each provider's bill is to be read next by itself. The row is the lock as well: whoever moves `due_at` on reads it,
-- and a collector that dies meanwhile leaves it due again later.
CREATE TABLE public.provider_pulls (
  provider text PRIMARY KEY,
  due_at timestamptz NOT NULL DEFAULT now(),
  -- The last time that it worked.
  read_at timestamptz,
  -- Why it didn't work the last time; NULL when it did.
  error text
);

-- For panels of our total against theirs.
GRANT SELECT ON public.provider_report_days, public.provider_costs, public.provider_usage, public.provider_pulls
TO llmcost_reader;
