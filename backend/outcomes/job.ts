import type { Pool } from 'pg';
import { inTransaction } from '../storage/transaction';

/** Most hours of one refresh, so that the embedded engine, which does one thing at a time, isn't busy for long. */
const MAX_HOURS = 24;
const MAX_FEEDBACK = 500;
/** How far from its feedback a call is looked for: backwards, and forwards for calls whose clock is ahead. */
const LOOK_BACK = '30 days';
const LOOK_AHEAD = '1 day';
const HOUR_MS = 3_600_000;

interface Mark {
  readonly hour: Date;
  readonly version: bigint;
}

/** The first stretch of hours that follow each other, the newest marks first. */
function firstStretch(marks: readonly Mark[]): Mark[] {
  const stretch: Mark[] = [];
  for (const mark of marks) {
    const previous = stretch.at(-1);
    if (previous && previous.hour.getTime() - mark.hour.getTime() !== HOUR_MS) {
      break;
    }
    stretch.push(mark);
  }
  return stretch;
}

/** Finds the outcomes of marked hours anew. @returns whether there may be more. */
async function refreshMarked(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<Mark>(
    'SELECT hour, version FROM public.outcome_dirty ORDER BY hour DESC LIMIT $1',
    [MAX_HOURS]
  );
  const stretch = firstStretch(rows);
  if (stretch.length === 0) {
    return false;
  }
  const [last, first] = [stretch[0]!.hour, stretch.at(-1)!.hour];
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT public.refresh_outcomes($1, $2::timestamptz + interval '1 hour')`, [first, last]);
  });
  // Whoever marks an hour meanwhile gives it a new version; a mark that is locked stays for the next time.
  await pool.query(
    `DELETE FROM public.outcome_dirty WHERE hour IN (
       SELECT hour FROM public.outcome_dirty JOIN unnest($1::timestamptz[], $2::bigint[]) done (hour, version)
         USING (hour, version) ORDER BY hour FOR UPDATE OF outcome_dirty SKIP LOCKED)`,
    [stretch.map(({ hour }) => hour), stretch.map(({ version }) => version)]
  );
  return true;
}

/** How long one transaction should take: the embedded engine does nothing else meanwhile. */
const WANTED_MS = 200;
/** Each transaction looks back a quarter of an hour for what a call repeats: much shorter ones would read the same again and again. */
const SHORTEST_MS = 5 * 60_000;
const LONGEST_MS = 24 * HOUR_MS;

/** How much of the newest calls is looked at in one transaction, ms; learned from how long the last one took. */
export class Stretch {
  ms = 2 * HOUR_MS;

  took(ms: number): void {
    if (ms > 2 * WANTED_MS) {
      this.ms = Math.max(SHORTEST_MS, this.ms / 2);
    } else if (ms < WANTED_MS / 2) {
      this.ms = Math.min(LONGEST_MS, this.ms * 2);
    }
  }
}

/**
 * Changes to the newest hours aren't marked (storage/dirtyHours.ts): they are found anew as a whole, the oldest of them first. How far
 * that has come is kept with each stretch, so that a failure costs one of them.
 */
async function refreshNewest(pool: Pool, stretch: Stretch): Promise<void> {
  const { rows } = await pool.query<{ from: Date; last: Date }>(
    `SELECT least(until, date_trunc('hour', now(), 'UTC') - interval '1 hour') AS from, now() AS last
     FROM public.outcome_progress`
  );
  const { from, last } = rows[0]!;
  for (let begins = from.getTime(); begins <= last.getTime();) {
    const ends = begins + stretch.ms;
    const isLast = ends > last.getTime();
    const started = performance.now();
    await inTransaction(pool, async (client) => {
      // Clocks of others may be ahead.
      const values = [new Date(begins), isLast ? new Date(last.getTime() + 24 * HOUR_MS) : new Date(ends)];
      await client.query('SELECT public.refresh_outcomes($1, $2)', values);
      await client.query(
        `UPDATE public.outcome_progress SET until = least($1::timestamptz, date_trunc('hour', now(), 'UTC') - interval '1 hour')`,
        [values[1]]
      );
    });
    stretch.took(performance.now() - started);
    begins = ends;
  }
}

interface NewFeedback {
  readonly feedback_id: bigint;
  readonly kind: string;
  readonly key: string;
}

const COLUMN: Readonly<Record<string, string>> = {
  event: 'event_id::text',
  response: 'response_id',
  run: 'run_id',
  session: 'session_id',
};

const MARK = `INSERT INTO public.outcome_dirty (hour) SELECT hour FROM (SELECT DISTINCT date_trunc('hour', time, 'UTC') AS hour
  FROM found) touched ORDER BY hour ON CONFLICT (hour) DO UPDATE SET version = excluded.version`;

/** Marks the hours of the calls that new feedback speaks of. @returns how much feedback was looked at. */
async function markFeedback(pool: Pool): Promise<number> {
  const { rows: fresh } = await pool.query<{ feedback_id: bigint; corrections: number }>(
    'SELECT feedback_id, corrections FROM public.feedback WHERE NOT looked ORDER BY feedback_id LIMIT $1',
    [MAX_FEEDBACK]
  );
  if (fresh.length === 0) {
    return 0;
  }
  const ids = fresh.map(({ feedback_id: id }) => id);
  // Calls that it was known to be about.
  await pool.query(
    `WITH found AS (SELECT time FROM public.call_outcomes WHERE judged_by = ANY ($1) OR rated_by = ANY ($1)) ${MARK}`,
    [ids]
  );
  const { rows: keys } = await pool.query<NewFeedback>(
    'SELECT feedback_id, kind, key FROM public.feedback_keys WHERE feedback_id = ANY ($1)',
    [ids]
  );
  const { rows: span } = await pool.query<{ begins: Date; ends: Date }>(
    `SELECT min(time) - interval '${LOOK_BACK}' AS begins, max(time) + interval '${LOOK_AHEAD}' AS ends
     FROM public.feedback WHERE feedback_id = ANY ($1)`,
    [ids]
  );
  const { begins, ends } = span[0]!;
  for (const kind of new Set(keys.map((one) => one.kind))) {
    const wanted = keys.filter((one) => one.kind === kind).map(({ key }) => key);
    // Only the column itself and the time are read: compressed days are then scanned fast (storage/events.ts).
    const column = kind === 'event' ? 'event_id = ANY ($1::uuid[])' : `${COLUMN[kind]!} = ANY ($1::text[])`;
    await pool.query(
      `WITH found AS (SELECT time FROM public.usage_events WHERE ${column} AND time >= $2 AND time < $3) ${MARK}`,
      [wanted, begins, ends]
    );
  }
  await pool.query(
    `UPDATE public.feedback SET looked = true FROM unnest($1::bigint[], $2::integer[]) seen (id, was)
     WHERE feedback_id = seen.id AND corrections = seen.was`,
    [ids, fresh.map(({ corrections }) => corrections)]
  );
  return fresh.length;
}

/**
 * Brings `call_outcomes` up to date with calls and feedback. Any replica may run it at any time.
 *
 * @param newest how much of the newest hours, which are read as a whole, is looked at in one transaction
 */
export async function refreshOutcomes(pool: Pool, newest: Stretch): Promise<void> {
  while ((await markFeedback(pool)) > 0) {
    // Until there is none left.
  }
  await refreshNewest(pool, newest);
  while (await refreshMarked(pool)) {
    // Until no hour is marked.
  }
}
