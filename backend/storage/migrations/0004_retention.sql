-- Retention drops old rows, a day at a time, and keeps the rollups. It is off until setRetention (maintenance.ts) turns it
-- on; TimescaleDB's own policy then does the work.

-- Events before this instant are refused; NULL without retention. A day more than is kept, so that no change can reach a
-- day while it is being dropped: summing such a day again would take its dropped rows out of the rollups.
CREATE FUNCTION public.oldest_accepted_time() RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT now() - (config ->> 'drop_after')::interval + interval '1 day'
  FROM timescaledb_information.jobs
  WHERE hypertable_schema = 'public' AND hypertable_name = 'usage_events' AND proc_name = 'policy_retention'
$$;

CREATE FUNCTION public.refuse_dropped_hour() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  oldest timestamptz := public.oldest_accepted_time();
BEGIN
  IF NEW.hour < oldest THEN
    RAISE EXCEPTION 'events before % are no longer kept, so none can be added, changed or removed there', oldest
      USING ERRCODE = 'data_exception', HINT = 'Keep events for longer (retention) or leave this one out.';
  END IF;
  RETURN NEW;
END $$;

-- Every change to an old hour marks it: the mark is the one place that sees them all.
CREATE TRIGGER refuse_dropped_hour BEFORE INSERT ON public.rollup_dirty
FOR EACH ROW EXECUTE FUNCTION public.refuse_dropped_hour();
