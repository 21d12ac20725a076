import type { Pool } from 'pg';

const KEEP_DAYS = 3;

/**
 * Notes what is spent of each current window this minute, for the burn rates; without what came late (migration 0034). Every
 * replica may call it.
 *
 * @returns how many.
 */
export async function sampleSpending(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `INSERT INTO public.budget_samples (counter_id, at, spent)
     SELECT counter_id, date_trunc('minute', now()), status.spent - counter.late
     FROM public.budget_status status JOIN public.budget_counters counter USING (counter_id)
     WHERE period NOT IN ('run', 'hour')
     ON CONFLICT DO NOTHING`
  );
  return rowCount ?? 0;
}

/** Removes samples that no burn rate looks at any more. @returns how many. */
export async function pruneSamples(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(`DELETE FROM public.budget_samples WHERE at < now() - $1 * interval '1 day'`, [
    KEEP_DAYS,
  ]);
  return rowCount ?? 0;
}
