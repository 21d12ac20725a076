-- What decides about calls and adds up their cost finds a few rows by their keys. A session keeps the plan that it made when
-- the tables were small or had no statistics yet, which read them whole: a millisecond for every ten thousand reservations,
-- for each decision, until somebody analyzed them. These settings hold inside of the functions only.
ALTER FUNCTION public.begin_decisions(bigint, uuid[], timestamptz[], text[], text[], text[])
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION public.reserve_calls(uuid[], text[], text[], jsonb[], text[], numeric[], timestamptz[])
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION public.close_reservations(uuid[], numeric[], boolean)
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION public.apply_spend(uuid[], timestamptz[], text[], numeric[], bigint[], bigint[], uuid[])
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION public.record_crossings(bigint[])
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
