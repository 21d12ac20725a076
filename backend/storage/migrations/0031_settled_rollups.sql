-- Whether the rollups of a whole range are up to date: everything is taken in and nothing changed since. Then a query sums the
-- rollup itself: the database reads compressed columns a thousand rows at a time only where nothing but constants is
-- compared, which the views can't do, since they look for changed hours row by row. Asked in the query's own snapshot, so
-- what 0003 and 0014 say about exactness holds; where the answer is no, the views are read.
CREATE FUNCTION public.hours_settled(begins timestamptz, ends timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
  RETURN coalesce((SELECT hours_until >= ends FROM public.rollup_progress), false)
    AND NOT EXISTS (SELECT FROM public.rollup_dirty WHERE hour >= begins AND hour < ends);
END $$;

CREATE FUNCTION public.days_settled(begins timestamptz, ends timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
  RETURN coalesce((SELECT days_until >= ends FROM public.rollup_progress), false)
    AND NOT EXISTS (SELECT FROM public.rollup_dirty WHERE hour >= begins AND hour < ends);
END $$;

-- Hours and versions of marks tell nothing.
GRANT SELECT ON public.rollup_dirty TO llmcost_reader;
