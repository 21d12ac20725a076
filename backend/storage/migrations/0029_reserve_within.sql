-- Reserves what requests take of counters, where all of it stays within their lines, in one statement: with begin_decisions and
-- reserve_calls counters are locked while the collector decides, and each request waits for two ways to the database.
-- Returns the counters as they stand afterwards, or nothing where nothing was done: the budgets are of another version, a counter
-- is gone or would exceed its line, or a request was decided before. Then the longer way decides.
-- A line is up to where spent and reserved may go (or up to the ceiling of an approval), a block is what spent must stay below; NULL
-- where it doesn't matter.
CREATE FUNCTION public.reserve_within(
  known bigint, wanted bigint[], sums numeric[], lines numeric[], blocks numeric[],
  ids uuid[], tenants text[], requests text[], inputs jsonb[], counters text[], amounts numeric[], expiries timestamptz[]
) RETURNS TABLE (held bigint, spent numeric, committed numeric, ceiling numeric, unlimited boolean)
LANGUAGE plpgsql SET search_path = pg_catalog
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  fitting bigint;
  made bigint;
BEGIN
  IF public.begin_spending() <> known THEN
    RETURN;
  END IF;
  -- In the same order as everywhere, so that no two transactions wait for each other.
  SELECT count(*) INTO fitting
  FROM (SELECT counter.*, share.sum, share.line, share.block
    FROM public.budget_counters counter
    JOIN unnest(wanted, sums, lines, blocks) share (counter_id, sum, line, block) USING (counter_id)
    ORDER BY counter.counter_id FOR UPDATE OF counter) locked
  WHERE (block IS NULL OR locked.spent + locked.settled < block)
    AND (locked.unlimited OR line IS NULL
      OR locked.spent + locked.settled + locked.committed + locked.sum <= greatest(line, locked.ceiling));
  IF fitting <> cardinality(wanted) OR EXISTS (
    SELECT FROM public.reservations JOIN unnest(tenants, requests) asked (tenant, request_id) USING (tenant, request_id)
  ) THEN
    RETURN;
  END IF;
  INSERT INTO public.reservations (reservation_id, tenant, request_id, request, counters, amount, state, expires_at)
  SELECT id, tenant, request_id, request, counter_ids::bigint[], amount, 'open', expires_at
  FROM unnest(ids, tenants, requests, inputs, counters, amounts, expiries)
    new (id, tenant, request_id, request, counter_ids, amount, expires_at)
  ON CONFLICT (tenant, request_id) DO NOTHING;
  GET DIAGNOSTICS made = ROW_COUNT;
  IF made <> cardinality(ids) THEN
    RAISE EXCEPTION 'a request was decided elsewhere' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN QUERY
    UPDATE public.budget_counters counter SET committed = counter.committed + share.sum, changed_at = now()
    FROM unnest(wanted, sums) share (counter_id, sum) WHERE counter.counter_id = share.counter_id
    RETURNING counter.counter_id, counter.spent + counter.settled, counter.committed, counter.ceiling, counter.unlimited;
END $$;
