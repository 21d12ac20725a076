import type { Pool } from 'pg';

/** Looks at every counter as every transaction leaves it, right before its commit. */
export async function watchLimits(pool: Pool) {
  await pool.query(`
    CREATE TABLE public.bench_watch (share numeric NOT NULL);
    CREATE FUNCTION public.bench_watch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO public.bench_watch SELECT (spent + settled + committed) / amount
      FROM public.budget_counters JOIN public.budgets USING (budget_id)
      WHERE counter_id = NEW.counter_id AND spent + settled + committed > 0.9 * amount;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER bench_watch AFTER UPDATE ON public.budget_counters
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.bench_watch()`);
  return {
    /** The highest share of a budget that was spent and reserved at any moment, and how many changes went beyond it. */
    result: async (): Promise<{ highest: number; exceeded: number }> => {
      const { rows } = await pool.query<{ highest: number; exceeded: number }>(
        'SELECT coalesce(max(share), 0)::float8 AS highest, count(*) FILTER (WHERE share > 1)::int AS exceeded FROM public.bench_watch'
      );
      return rows[0]!;
    },
  };
}
