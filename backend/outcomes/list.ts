import type { Pool } from 'pg';

/** Feedback as it is held, with what was found for it. */
export interface HeldFeedback {
  readonly tenant: string | null;
  readonly target_kind: string;
  readonly target: string;
  readonly name: string;
  readonly time: Date;
  readonly success: boolean | null;
  readonly score: string | null;
  readonly label: string | null;
  readonly comment: string | null;
  readonly source: string;
  readonly corrections: number;
  /** Calls whose success it decides, or whose score it gives; 0 while no such call has come. */
  readonly calls: number;
}

/**
 * The newest feedback of a range.
 *
 * @param range ms since 1970
 * @param tenants whose; null for all
 */
export async function listFeedback(
  pool: Pool,
  range: { readonly from: number; readonly to: number },
  tenants: readonly string[] | null,
  limit: number
): Promise<HeldFeedback[]> {
  const { rows } = await pool.query<HeldFeedback>(
    `SELECT nullif(tenant, '') AS tenant, target_kind, target, name, time, success, score::text, label, comment, source,
       corrections, (SELECT count(*)::int FROM (
         SELECT time, event_id FROM public.call_outcomes WHERE judged_by = feedback_id
         UNION SELECT time, event_id FROM public.call_outcomes WHERE rated_by = feedback_id) found) AS calls
     FROM public.feedback WHERE time >= $1 AND time < $2 AND ($3::text[] IS NULL OR tenant = ANY ($3))
     ORDER BY time DESC, feedback_id DESC LIMIT $4`,
    [new Date(range.from), new Date(range.to), tenants, limit]
  );
  return rows;
}
