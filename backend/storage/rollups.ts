import type { Pool, PoolClient } from 'pg';

/** Rollups in the order of their making: the core ones are summed from others. */
const HOURS = 'public.usage_1h_rollup';
const CORE_HOURS = 'public.usage_core_1h_rollup';
const MODEL_HOURS = 'public.usage_model_1h_rollup';
const WORK_HOURS = 'public.usage_work_1h_rollup';
const ARRIVAL_HOURS = 'public.usage_arrival_1h_rollup';
const DURATION_HOURS = 'public.usage_duration_1h_rollup';
const FIRST_TOKEN_HOURS = 'public.usage_first_token_1h_rollup';
/** Summed again by single hours where something changed. */
const SMALL_HOURS = [CORE_HOURS, MODEL_HOURS, WORK_HOURS, DURATION_HOURS, FIRST_TOKEN_HOURS, ARRIVAL_HOURS] as const;
const HOURLY = [HOURS, ...SMALL_HOURS] as const;
const DAYS = 'public.usage_1d_rollup';
const CORE_DAYS = 'public.usage_core_1d_rollup';
const USER_DAYS = 'public.usage_user_1d_rollup';
const MODEL_DAYS = 'public.usage_model_1d_rollup';
const USER_CORE_DAYS = 'public.usage_user_core_1d_rollup';
const WORK_DAYS = 'public.usage_work_1d_rollup';
const DURATION_DAYS = 'public.usage_duration_1d_rollup';
const FIRST_TOKEN_DAYS = 'public.usage_first_token_1d_rollup';
const DAILY = [
  DAYS,
  CORE_DAYS,
  USER_DAYS,
  'public.usage_run_1d_rollup',
  MODEL_DAYS,
  USER_CORE_DAYS,
  WORK_DAYS,
  DURATION_DAYS,
  FIRST_TOKEN_DAYS,
] as const;
/** SQL of when what a rollup is summed from begins. */
const firstOf = (rollup: string) => `(SELECT min(bucket) FROM ${rollup})`;
const FIRST_CALL = 'public.first_event_day()';
/** Rollups that came later, which get what the others have a week at a time: when what each is summed from begins. */
const LATER = [
  { name: 'usage_model_1d', rollup: MODEL_DAYS, first: firstOf(CORE_DAYS), grain: 'days' },
  { name: 'usage_user_core_1d', rollup: USER_CORE_DAYS, first: firstOf(USER_DAYS), grain: 'days' },
  { name: 'usage_model_1h', rollup: MODEL_HOURS, first: firstOf(CORE_HOURS), grain: 'hours' },
  { name: 'usage_work_1d', rollup: WORK_DAYS, first: firstOf(DAYS), grain: 'days' },
  { name: 'usage_work_1h', rollup: WORK_HOURS, first: firstOf(HOURS), grain: 'hours' },
  { name: 'usage_duration_1h', rollup: DURATION_HOURS, first: FIRST_CALL, grain: 'hours' },
  { name: 'usage_duration_1d', rollup: DURATION_DAYS, first: firstOf(DURATION_HOURS), grain: 'days' },
  { name: 'usage_first_token_1h', rollup: FIRST_TOKEN_HOURS, first: FIRST_CALL, grain: 'hours' },
  { name: 'usage_first_token_1d', rollup: FIRST_TOKEN_DAYS, first: firstOf(FIRST_TOKEN_HOURS), grain: 'days' },
  { name: 'usage_arrival_1h', rollup: ARRIVAL_HOURS, first: FIRST_CALL, grain: 'hours' },
] as const;

/** Says to the database that this code refreshes all of them (migration 0040, which has to be told of new ones). */
const KNOWS_ALL = 'llmcost.rollups';
const KNOWN_ROLLUPS = '5';

/** Any number that nothing else in the database locks by. */
const LOCK = 7_226_330_152;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Most days in one refresh, so that the embedded engine, which does one thing at a time, isn't busy for long. */
const MAX_DAYS = 7;

export interface RefreshOptions {
  /** An hour is left alone until nothing has changed in it for this long: a backfill would refresh it again and again. */
  readonly quietMs?: number;
  /** … but no longer than this. */
  readonly maxWaitMs?: number;
}

export interface RefreshResult {
  /** False when another process is at it; nothing was done then. */
  readonly ran: boolean;
  /** Marked hours that are in the rollups now. */
  readonly hours: number;
}

/**
 * Brings the rollups up to date: takes in hours that have become old enough, then the hours that changed afterwards.
 * Cheap when there is nothing to do; call it every second or so. The views are exact with or without it (migration
 * 0003 says why), it only makes them fast.
 *
 * One at a time over all processes. Never refresh the rollups in another way: past the hours that this function takes in,
 * or concurrently with it, the views would miss rows.
 */
export async function refreshRollups(pool: Pool, options: RefreshOptions = {}): Promise<RefreshResult> {
  const hours = await alone(pool, (client) => refresh(client, options));
  return hours === null ? { ran: false, hours: 0 } : { ran: true, hours };
}

/** From this age of its end on a chunk of an hourly rollup, which holds ten days, is compressed: its last days change most. */
const COMPRESS_HOURS_AFTER = '3 days';

/**
 * Compresses what is old in the rollups, and again what has changed since: of the daily ones all there is, since their days
 * are over, and a sum over a month is ten times faster where no part of it is in rows. A chunk at a time, so that others
 * come in between.
 *
 * @returns how many chunks.
 */
export async function compressRollups(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ chunk: string }>(
    `SELECT chunk::text FROM (
       SELECT show_chunks(rollup::regclass, older_than => interval '${COMPRESS_HOURS_AFTER}') FROM unnest($1::text[]) AS rollup
       UNION ALL SELECT show_chunks(rollup::regclass) FROM unnest($2::text[]) AS rollup
     ) AS old (chunk)
     JOIN _timescaledb_catalog.chunk AS known ON format('%I.%I', known.schema_name, known.table_name)::regclass = chunk
     WHERE known.status = 0 OR known.status & ${PARTLY_COMPRESSED} <> 0`,
    [HOURLY, DAILY]
  );
  let done = 0;
  for (const { chunk } of rows) {
    const compressed = await alone(pool, async (client) => {
      await client.query('SET statement_timeout = 0');
      await client.query('SELECT compress_chunk($1::regclass, true)', [chunk]);
      return true;
    });
    done += compressed ? 1 : 0;
  }
  return done;
}

/** A bit of a chunk's status. Source: timescaledb/src/ts_catalog/chunk.h, CHUNK_STATUS_COMPRESSED_PARTIAL. */
const PARTLY_COMPRESSED = 8;

/** Does something with the rollups that nobody else may do at the same time. @returns null when somebody else does. */
async function alone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T | null> {
  // Connections of the embedded engine share one session, so the database's lock doesn't part callers in this process.
  if (running.has(pool)) {
    return null;
  }
  running.add(pool);
  const client = await pool.connect().catch((error: unknown) => {
    running.delete(pool);
    throw error;
  });
  let failure: Error | undefined;
  try {
    const locked = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    return locked.rows[0]!.locked ? await work(client) : null;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    failure ??= await release(client);
    client.release(failure);
    running.delete(pool);
  }
}

const running = new WeakSet<Pool>();

/** Leaves the connection as it was for its next user; an error if that failed. */
async function release(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query(`RESET statement_timeout; RESET ${DECOMPRESSED_ROWS}; SET ${KNOWS_ALL} = ''`);
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** TimescaleDB's limit on the compressed rows that one transaction may have to unpack. */
const DECOMPRESSED_ROWS = 'timescaledb.max_tuples_decompressed_per_dml_transaction';

async function refresh(client: PoolClient, options: RefreshOptions): Promise<number> {
  // A day that changed late is replaced in rollups that are compressed by then.
  await client.query(`SET ${DECOMPRESSED_ROWS} = 0; SET ${KNOWS_ALL} = '${KNOWN_ROLLUPS}'`);
  const until = await advance(client);
  await sumToday(client, until);
  await fillLater(client, until);
  const marks = await readMarks(client, options);
  let hours = 0;
  const compressed = marks.length === 0 ? [] : await compressedRanges(client);
  for (const range of dayRanges(marks)) {
    // What is removed from a compressed chunk as whole batches is not in TimescaleDB's log of changes, nor is all that a
    // refresh writes into a rollup from which another is summed. Days are summed whole in any case.
    const force = compressed.some(({ from, to }) => from < range.to && range.from < to);
    await client.query('SET statement_timeout = 0');
    await refreshWindow(client, HOURS, range.from, Math.min(range.to, until.hours), force);
    for (const { from, to } of hourRanges(range.marks)) {
      for (const rollup of SMALL_HOURS) {
        await refreshWindow(client, rollup, from, Math.min(to, until.hours), true);
      }
    }
    for (const rollup of DAILY) {
      await refreshWindow(client, rollup, range.from, Math.min(range.to, until.days), true);
    }
    if (range.to > startOfDay(until.hours)) {
      await sumToday(client, until, true);
    }
    hours += await removeMarks(client, range.marks);
  }
  return hours;
}

/**
 * When there are compressed chunks of events or hourly rollups, ms since 1970. That the daily ones are compressed says nothing
 * about hours: a late event of today must not have all of today summed again.
 */
async function compressedRanges(client: PoolClient): Promise<Array<{ from: number; to: number }>> {
  const { rows } = await client.query<{ range_start: Date; range_end: Date }>(
    `SELECT DISTINCT range_start, range_end FROM timescaledb_information.chunks
     WHERE is_compressed AND hypertable_name NOT IN (
       SELECT materialization_hypertable_name FROM timescaledb_information.continuous_aggregates
       WHERE format('%s.%s', view_schema, view_name) = ANY ($1))`,
    [DAILY]
  );
  return rows.map((row) => ({ from: row.range_start.getTime(), to: row.range_end.getTime() }));
}

interface Until {
  /** ms since 1970 */
  readonly hours: number;
  readonly days: number;
}

/**
 * Takes the hours (days) that ended two hours ago into the rollups. Not earlier: changes to the newest hours come without
 * a mark, see dirtyHours.ts.
 */
async function advance(client: PoolClient): Promise<Until> {
  const { rows } = await client.query<{ hours: Date; days: Date; hours_until: Date | null; days_until: Date | null }>(
    `SELECT date_trunc('hour', now() - interval '2 hours', 'UTC') AS hours,
       date_trunc('day', now() - interval '2 hours', 'UTC') AS days, hours_until, days_until
     FROM public.rollup_progress`
  );
  const { hours, days, hours_until, days_until } = rows[0]!;
  if (hours_until === null || hours_until < hours) {
    await client.query('SET statement_timeout = 0');
    for (const rollup of HOURLY) {
      await refreshWindow(client, rollup, hours_until?.getTime(), hours.getTime());
    }
    await client.query('UPDATE public.rollup_progress SET hours_until = $1', [hours]);
  }
  if (days_until === null || days_until < days) {
    await client.query('SET statement_timeout = 0');
    for (const rollup of DAILY) {
      await refreshWindow(client, rollup, days_until?.getTime(), days.getTime());
    }
    await client.query('UPDATE public.rollup_progress SET days_until = $1', [days]);
  }
  return { hours: hours.getTime(), days: days.getTime() };
}

const startOfDay = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

/**
 * Sums the hours of the day that isn't over (migration 0039).
 *
 * @param again also when no hour has come since
 */
async function sumToday(client: PoolClient, { hours }: Until, again = false): Promise<void> {
  const range = [new Date(startOfDay(hours)), new Date(hours)];
  const known = await client.query('SELECT FROM public.rollup_today WHERE day = $1 AND until = $2', range);
  if (hours > startOfDay(hours) && (again || known.rowCount === 0)) {
    await client.query('SET statement_timeout = 0');
    await client.query('SELECT public.sum_today($1, $2)', range);
    // What was there before; the embedded engine has nobody else who takes it away.
    await client.query('VACUUM public.usage_1d_today, public.usage_core_1d_today');
  }
}

/**
 * Gives the rollups that came later what the others have. Until all of it is there queries read the views of the others
 * (`public.rollup_filled`).
 */
async function fillLater(client: PoolClient, until: Until): Promise<void> {
  const { rows } = await client.query<{ rollup: string }>('SELECT rollup FROM public.rollups_filled');
  const filled = new Set(rows.map((row) => row.rollup));
  for (const { name, rollup, first, grain } of LATER.filter((one) => !filled.has(one.name))) {
    await client.query('SET statement_timeout = 0');
    const begins = await client.query<{ bucket: Date | null }>(`SELECT ${first} AS bucket`);
    const begin = begins.rows[0]!.bucket?.getTime() ?? Infinity;
    for (let at = Math.floor(begin / DAY_MS) * DAY_MS; at < until[grain]; at += MAX_DAYS * DAY_MS) {
      await refreshWindow(client, rollup, at, Math.min(at + MAX_DAYS * DAY_MS, until[grain]), true);
    }
    await client.query('INSERT INTO public.rollups_filled (rollup) VALUES ($1)', [name]);
  }
}

interface Mark {
  /** ms since 1970 */
  readonly hour: number;
  readonly version: bigint;
}

async function readMarks(client: PoolClient, { quietMs = 1_000, maxWaitMs = 30_000 }: RefreshOptions): Promise<Mark[]> {
  const { rows } = await client.query<{ hour: Date; version: bigint }>(
    `SELECT hour, version FROM public.rollup_dirty
     WHERE marked_at <= clock_timestamp() - $1 * interval '1 millisecond'
       OR first_marked_at <= clock_timestamp() - $2 * interval '1 millisecond'
     ORDER BY hour`,
    [quietMs, maxWaitMs]
  );
  const marks = rows.map((row) => ({ hour: row.hour.getTime(), version: row.version }));
  return marks.length === 0 ? marks : withoutDropped(client, marks);
}

/**
 * Hours whose rows were dropped by retention stay as the rollups have them: to refresh them would empty them. The database
 * refuses marks there (migration 0004); what is found can only be a mark that retention overtook.
 */
async function withoutDropped(client: PoolClient, marks: Mark[]): Promise<Mark[]> {
  const { rows } = await client.query<{ oldest: Date | null }>(
    `SELECT min(range_start) AS oldest FROM timescaledb_information.chunks
     WHERE hypertable_schema = 'public' AND hypertable_name = 'usage_events'`
  );
  const oldest = rows[0]?.oldest?.getTime() ?? Infinity;
  await removeMarks(
    client,
    marks.filter((mark) => mark.hour < oldest)
  );
  return marks.filter((mark) => mark.hour >= oldest);
}

interface Range {
  readonly from: number;
  to: number;
  readonly marks: Mark[];
}

/** Whole days (UTC) that hold marked hours, neighbours joined. */
export function dayRanges(marks: readonly Mark[]): Range[] {
  const ranges: Range[] = [];
  for (const mark of marks) {
    const from = Math.floor(mark.hour / DAY_MS) * DAY_MS;
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to && from + DAY_MS - last.from <= MAX_DAYS * DAY_MS) {
      last.to = from + DAY_MS;
      last.marks.push(mark);
    } else {
      ranges.push({ from, to: from + DAY_MS, marks: [mark] });
    }
  }
  return ranges;
}

/** From the first to the last marked hour of each day, neighbours joined: a refresh has a price whatever it sums. */
export function hourRanges(marks: readonly Mark[]): Array<{ from: number; to: number }> {
  const ranges: Array<{ from: number; to: number }> = [];
  for (const { hour } of marks) {
    const last = ranges.at(-1);
    if (last && (last.to === hour || Math.floor(last.from / DAY_MS) === Math.floor(hour / DAY_MS))) {
      last.to = hour + HOUR_MS;
    } else {
      ranges.push({ from: hour, to: hour + HOUR_MS });
    }
  }
  return ranges;
}

/** @param force sums again also what TimescaleDB takes for unchanged */
async function refreshWindow(
  client: PoolClient,
  rollup: string,
  from: number | undefined,
  to: number,
  force = false
): Promise<void> {
  if (from === undefined || from < to) {
    const start = from === undefined ? 'NULL' : `'${new Date(from).toISOString()}'`;
    const end = `'${new Date(to).toISOString()}'`;
    await client.query(`CALL refresh_continuous_aggregate('${rollup}', ${start}, ${end}${force ? ', true' : ''})`);
  }
}

/**
 * Removes the marks that are still the ones that were read; the others have to wait again, see RefreshOptions. Both take the
 * marks in the order of hours, as writers do: two that take them in different orders would wait for each other.
 */
async function removeMarks(client: PoolClient, marks: readonly Mark[]): Promise<number> {
  const hours = marks.map((mark) => new Date(mark.hour));
  const { rowCount } = await client.query(
    `WITH held AS MATERIALIZED (SELECT hour, version FROM public.rollup_dirty WHERE hour = ANY ($1::timestamptz[]) ORDER BY hour FOR UPDATE)
     DELETE FROM public.rollup_dirty dirty USING held JOIN unnest($1::timestamptz[], $2::bigint[]) seen (hour, version) USING (hour, version)
     WHERE dirty.hour = held.hour AND dirty.version = held.version`,
    [hours, marks.map((mark) => mark.version)]
  );
  if (rowCount !== marks.length) {
    await client.query(
      `WITH held AS MATERIALIZED (SELECT hour FROM public.rollup_dirty WHERE hour = ANY ($1::timestamptz[]) ORDER BY hour FOR UPDATE)
       UPDATE public.rollup_dirty dirty SET first_marked_at = clock_timestamp() FROM held WHERE dirty.hour = held.hour`,
      [hours]
    );
  }
  return rowCount ?? 0;
}
