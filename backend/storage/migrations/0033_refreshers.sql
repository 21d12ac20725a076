-- A collector of an earlier version that still runs beside this one (replicas are replaced one after the other) refreshes only
-- the rollups that it knows. What it says it has taken in, or summed again, does not count: hours are raised and marks removed
-- only by those who know all rollups (storage/rollups.ts says so by this setting). Until it ends it refreshes in vain, and
-- nothing is missing from the rollups that it doesn't know.
CREATE FUNCTION public.knows_all_rollups() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF current_setting('llmcost.rollups', true) IS DISTINCT FROM '2' THEN
    RETURN NULL;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER knows_all_rollups BEFORE DELETE ON public.rollup_dirty
FOR EACH ROW EXECUTE FUNCTION public.knows_all_rollups();
CREATE TRIGGER knows_all_rollups BEFORE UPDATE ON public.rollup_progress
FOR EACH ROW EXECUTE FUNCTION public.knows_all_rollups();
