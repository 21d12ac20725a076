-- Reserves again what a crash of the database took away: reservations are committed without waiting for the disk, so the last of
-- them (three times wal_writer_delay at most) may be gone, while their calls are under way. What is there, in whatever state, and what
-- was decided again meanwhile, stays as it is. Nothing is asked of the budgets: these calls were let through.
CREATE FUNCTION public.restore_reservations(
  ids uuid[], tenants text[], requests text[], inputs jsonb[], counters text[], amounts numeric[], expiries timestamptz[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  -- In the same order as everywhere, so that no two transactions wait for each other.
  PERFORM FROM public.budget_counters
  WHERE counter_id IN (SELECT unnest(list::bigint[]) FROM unnest(counters) list) ORDER BY counter_id FOR UPDATE;
  WITH made AS (
    INSERT INTO public.reservations (reservation_id, tenant, request_id, request, counters, amount, state, expires_at)
    SELECT id, tenant, request_id, request, counter_ids::bigint[], amount, 'open', expires_at
    FROM unnest(ids, tenants, requests, inputs, counters, amounts, expiries)
      new (id, tenant, request_id, request, counter_ids, amount, expires_at)
    WHERE expires_at > now()
    ON CONFLICT DO NOTHING
    RETURNING reservations.counters AS held, amount
  )
  UPDATE public.budget_counters counter SET committed = counter.committed + sums.amount, changed_at = now()
  FROM (SELECT one, sum(amount) AS amount FROM made, unnest(made.held) one GROUP BY one) sums
  WHERE counter.counter_id = sums.one;
END $$;
