import type { Pool } from 'pg';

const UPDATES = 3_000;

/**
 * What is compared with: the counter of one budget changed once per call, as pgbench would, each change a transaction of its
 * own on one of the pool's connections. @returns changes a second.
 */
export async function bareUpdates(pool: Pool, budgetId: string, callers: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const caller = async () => {
    while (next++ < UPDATES) {
      await pool.query({
        name: 'bare_update',
        text: `UPDATE public.budget_counters SET calls = calls WHERE budget_id = $1::uuid
          AND window_start <= now() AND window_end > now() RETURNING calls`,
        values: [budgetId],
      });
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return UPDATES / ((performance.now() - started) / 1000);
}
