import type { Pool } from 'pg';
import { inTransaction } from './transaction';

/** Most rows that are kept; each may be some kilobytes. */
export const MAX_REFUSED = 10_000;

/** What people see of a report that could not be stored. */
export interface RefusedSummary {
  readonly event_id: string | null;
  readonly time: Date | null;
  readonly tenant: string | null;
  readonly project: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly source: string | null;
}

export interface RefusedRow extends RefusedSummary {
  readonly refused_id: string;
  readonly reason: string;
  /** The whole report, encoded. */
  readonly report: Buffer;
}

/** A row as it is listed. */
export interface ListedRefusal extends RefusedSummary {
  readonly refused_id: string;
  readonly refused_at: Date;
  /** How often it was tried to store it. */
  readonly tries: number;
  readonly reason: string;
}

/** There is no room; nothing was taken. */
export class RefusedFull extends Error {
  override name = 'RefusedFull';

  constructor() {
    super(
      `${MAX_REFUSED} refused events are kept and no more fit: store them with "llmcost refused replay" or let them go with "llmcost refused discard"; until then the spool waits`
    );
  }
}

const COLUMNS = 'refused_id, refused_at, tries, reason, event_id, time, tenant, project, provider, model, source';

/**
 * Keeps what could not be stored; a report that is kept already gets the new reason and one more try.
 *
 * @throws RefusedFull when there is no room.
 */
export async function keepRefused(pool: Pool, rows: readonly RefusedRow[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows: counts } = await client.query<{ kept: bigint }>(
      'SELECT count(*) AS kept FROM public.refused_events WHERE refused_id <> ALL ($1::uuid[])',
      [rows.map(({ refused_id }) => refused_id)]
    );
    if (Number(counts[0]!.kept) + rows.length > MAX_REFUSED) {
      throw new RefusedFull();
    }
    for (const row of rows) {
      await client.query(
        `INSERT INTO public.refused_events
           (refused_id, reason, event_id, time, tenant, project, provider, model, source, report)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (refused_id) DO UPDATE SET reason = excluded.reason, tries = refused_events.tries + 1`,
        [
          row.refused_id,
          row.reason,
          row.event_id,
          row.time,
          row.tenant,
          row.project,
          row.provider,
          row.model,
          row.source,
          row.report,
        ]
      );
    }
  });
}

/** Which rows: of one tenant or of all (null), and these ids or all (null). */
export interface RefusedScope {
  readonly tenant: string | null;
  readonly ids: readonly string[] | null;
}

const IN_SCOPE = `($1::text IS NULL OR tenant = $1) AND ($2::uuid[] IS NULL OR refused_id = ANY ($2::uuid[]))`;
const scoped = ({ tenant, ids }: RefusedScope): unknown[] => [tenant, ids];

/** The latest first. */
export async function listRefused(pool: Pool, scope: RefusedScope, limit: number): Promise<ListedRefusal[]> {
  const { rows } = await pool.query<ListedRefusal>(
    `SELECT ${COLUMNS} FROM public.refused_events WHERE ${IN_SCOPE} ORDER BY refused_at DESC, refused_id LIMIT $3`,
    [...scoped(scope), limit]
  );
  return rows;
}

export async function countRefused(pool: Pool, scope: RefusedScope = { tenant: null, ids: null }): Promise<number> {
  const { rows } = await pool.query<{ kept: bigint }>(
    `SELECT count(*) AS kept FROM public.refused_events WHERE ${IN_SCOPE}`,
    scoped(scope)
  );
  return Number(rows[0]!.kept);
}

/** Ids of the rows in the scope, in the order in which they were refused. */
export async function refusedIds(pool: Pool, scope: RefusedScope): Promise<string[]> {
  const { rows } = await pool.query<{ refused_id: string }>(
    `SELECT refused_id FROM public.refused_events WHERE ${IN_SCOPE} ORDER BY refused_at, refused_id`,
    scoped(scope)
  );
  return rows.map(({ refused_id }) => refused_id);
}

/** The encoded reports of these rows, in the order of the ids; ids that are gone are left out. */
export async function refusedReports(
  pool: Pool,
  ids: readonly string[]
): Promise<Array<{ refused_id: string; report: Buffer }>> {
  const { rows } = await pool.query<{ refused_id: string; report: Buffer }>(
    `SELECT refused_id, report FROM public.refused_events JOIN unnest($1::uuid[]) WITH ORDINALITY AS asked(refused_id, place)
       USING (refused_id) ORDER BY place`,
    [ids]
  );
  return rows;
}

/** @returns how many there were. */
export async function deleteRefused(pool: Pool, scope: RefusedScope): Promise<number> {
  const { rowCount } = await pool.query(`DELETE FROM public.refused_events WHERE ${IN_SCOPE}`, scoped(scope));
  return rowCount ?? 0;
}
