-- Writes reservations and what they hold of the counters that begin_decisions locked. A request that another replica took in
-- the meantime, without a budget in common, undoes the whole transaction: it is decided again, and meets that reservation.
CREATE FUNCTION public.reserve_calls(
  ids uuid[], tenants text[], requests text[], inputs jsonb[], counters text[], amounts numeric[], expiries timestamptz[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  made bigint;
BEGIN
  WITH made AS (
    INSERT INTO public.reservations (reservation_id, tenant, request_id, request, counters, amount, state, expires_at)
    SELECT id, tenant, request_id, request, counter_ids::bigint[], amount, 'open', expires_at
    FROM unnest(ids, tenants, requests, inputs, counters, amounts, expiries)
      new (id, tenant, request_id, request, counter_ids, amount, expires_at)
    ON CONFLICT (tenant, request_id) DO UPDATE SET request = excluded.request, counters = excluded.counters,
      amount = excluded.amount, state = 'open', expires_at = excluded.expires_at, closed_at = NULL
      WHERE reservations.state = 'expired'
    RETURNING reservations.counters AS held, amount
  ), moved AS (
    UPDATE public.budget_counters counter SET committed = counter.committed + sums.amount, changed_at = now()
    FROM (SELECT one, sum(amount) AS amount FROM made, unnest(made.held) one GROUP BY one) sums
    WHERE counter.counter_id = sums.one
  )
  SELECT count(*) INTO made FROM made;
  IF made <> cardinality(ids) THEN
    RAISE EXCEPTION 'a request was decided elsewhere' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;
