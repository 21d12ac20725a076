import type { Pool, PoolClient } from 'pg';
import { spendOf } from '../budgets/spend';
import type { PricedEvent } from '../events/usageEvent';
import { CopyWriter } from './copyBinary';
import { copyIn } from './copyQuery';
import { isUniqueViolation, ShortWayFailed } from './errors';
import { type EventColumn, EVENT_COLUMNS } from './eventColumns';
import { HOUR_US, markDirty, MARK_INSERTED } from './dirtyHours';
import { inTransaction, sendAlong, transactionOf } from './transaction';

export interface WriteResult {
  /** Per event of the input, in its order: stored by this call, or already there (or earlier in the same input). */
  readonly inserted: readonly boolean[];
  readonly insertedCount: number;
}

/** Rows in one INSERT; from this number on COPY with its savepoint is faster. Measured. */
const PIECE = 500;
/** From this number on a COPY that nobody waits for takes half of the INSERT's processor time. Measured. */
const COPIED_ALONG = 16;

/** Stores events in a transaction of its own, see {@link writeEvents}. Resolves after the commit. */
export function storeEvents(pool: Pool, events: readonly PricedEvent[]): Promise<WriteResult> {
  return inTransaction(pool, (client) => writeEvents(client, events));
}

/**
 * Stores events, each (time, event_id) once however often it comes, inside the transaction that is open on `client`, and
 * marks the hours whose rollups have to be summed again. Rows are locked in the order of (time, event_id), so that two
 * writers can't deadlock on them; a transaction (of inTransaction) should hold one such call.
 *
 * On a pipelined connection many rows are sent without waiting for what becomes of them: all of them are taken to be new.
 * Where that turns out to be wrong, the transaction is run again, and then each row is asked about.
 *
 * @throws the database's error when a value doesn't fit its column (SQLSTATE class 22) or the costs don't add up
 * (23514); the transaction is aborted then.
 */
export async function writeEvents(client: PoolClient, events: readonly PricedEvent[]): Promise<WriteResult> {
  const order = distinctInOrder(events);
  const rows = order.map((index) => events[index]!);
  if (rows.length === 0) {
    return { inserted: [], insertedCount: 0 };
  }
  const spend = await spendOf(client);
  await allowOldRows(client, rows[0]!.time);
  const stored = (await copyNew(client, rows)) || (await insert(client, rows));
  const inserted = events.map(() => false);
  order.forEach((index, row) => (inserted[index] = stored === true || stored.has(key(rows[row]!))));
  if (spend.watches) {
    events.forEach((event, index) => inserted[index] && spend.insertedEvent(event));
  }
  return { inserted, insertedCount: stored === true ? rows.length : stored.size };
}

const key = (event: PricedEvent): string => `${event.time} ${event.event_id}`;

/** Positions of the events, sorted by (time, event_id), without repetitions of the same key: the first one stays. */
function distinctInOrder(events: readonly PricedEvent[]): number[] {
  const sorted = events.map((_, index) => index).sort((a, b) => compare(events[a]!, events[b]!) || a - b);
  return sorted.filter((index, at) => at === 0 || compare(events[sorted[at - 1]!]!, events[index]!) !== 0);
}

function compare(a: PricedEvent, b: PricedEvent): number {
  return a.time - b.time || (a.event_id < b.event_id ? -1 : Number(a.event_id > b.event_id));
}

/**
 * To find duplicates in a compressed chunk TimescaleDB decompresses what might hold them, by default at most 100,000
 * rows per transaction. Recent chunks are never compressed.
 */
async function allowOldRows(client: PoolClient, oldest: number): Promise<void> {
  if (oldest < Date.now() * 1000 - 24 * HOUR_US) {
    const unlimited = unlimitDecompression(client);
    await (client.pipeline ? sendAlong(client, unlimited) : unlimited);
  }
}

/** Lets the open transaction write to compressed chunks without TimescaleDB's limit on rows to decompress. */
export async function unlimitDecompression(client: PoolClient): Promise<void> {
  await client.query('SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0');
}

const NAMES = EVENT_COLUMNS.map((column) => column.name).join(', ');
const copyInto = (columns: readonly EventColumn[]): string =>
  `COPY public.usage_events (${columns.map(({ name }) => name).join(', ')}) FROM STDIN (FORMAT binary)`;

/** Stores rows that are all new. @returns false, with nothing stored, when one of them was already there, or for a few. */
async function copyNew(client: PoolClient, rows: readonly PricedEvent[]): Promise<boolean> {
  if (!client.pipeline) {
    return rows.length >= PIECE && copyOrNot(client, rows);
  }
  return rows.length >= COPIED_ALONG && transactionOf(client).attempt === 1 && copyAlong(client, rows);
}

/** Always true: where it is not, the transaction is run again. */
function copyAlong(client: PoolClient, rows: readonly PricedEvent[]): boolean {
  const copied = send(client, rows).catch((error: unknown) => {
    throw isUniqueViolation(error) ? new ShortWayFailed(error) : error;
  });
  sendAlong(client, copied);
  sendAlong(client, markHours(client, rows));
  return true;
}

async function copyOrNot(client: PoolClient, rows: readonly PricedEvent[]): Promise<boolean> {
  await client.query('SAVEPOINT copy_events');
  try {
    await send(client, rows);
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error;
    }
    await client.query('ROLLBACK TO SAVEPOINT copy_events');
    return false;
  }
  await client.query('RELEASE SAVEPOINT copy_events');
  await markHours(client, rows);
  return true;
}

const markHours = (client: PoolClient, rows: readonly PricedEvent[]): Promise<void> =>
  markDirty(
    client,
    rows.map((event) => event.time)
  );

function send(client: PoolClient, rows: readonly PricedEvent[]): Promise<void> {
  const columns = usedColumns(rows);
  const writer = new CopyWriter(columns);
  for (const row of rows) {
    writer.add(row);
  }
  return copyIn(client, copyInto(columns), writer.finish());
}

/** The columns that are not NULL in all of the rows: a third of them are, and leaving them out saves both sides work. */
const usedColumns = (rows: readonly PricedEvent[]): EventColumn[] =>
  EVENT_COLUMNS.filter(({ read }) => rows.some((row) => read(row) !== null));

const INSERT = `INSERT INTO public.usage_events (${NAMES})
    SELECT * FROM unnest(${EVENT_COLUMNS.map((column, index) => `$${index + 1}::${column.type}[]`).join(', ')})
    ON CONFLICT DO NOTHING
    RETURNING time, event_id`;
const KEYS = `SELECT (extract(epoch FROM time) * 1000000)::bigint::text || ' ' || event_id AS key FROM inserted`;

/** One statement for the common case of a small batch: a second round trip would cost as much as the first. */
const INSERT_AND_MARK = `WITH inserted AS (${INSERT}), marked AS (${MARK_INSERTED}) ${KEYS}`;
const INSERT_ONLY = `WITH inserted AS (${INSERT}) ${KEYS}`;

/** Stores the rows that aren't there yet; the keys of those. */
async function insert(client: PoolClient, rows: readonly PricedEvent[]): Promise<Set<string>> {
  if (rows.length <= PIECE) {
    return insertPiece(client, 'insert_and_mark_usage_events', INSERT_AND_MARK, rows);
  }
  const stored = new Set<string>();
  for (let at = 0; at < rows.length; at += PIECE) {
    const keys = await insertPiece(client, 'insert_usage_events', INSERT_ONLY, rows.slice(at, at + PIECE));
    keys.forEach((key) => stored.add(key));
  }
  // Marks come after all rows: whoever holds a mark waits for no row any more.
  await markHours(
    client,
    rows.filter((row) => stored.has(key(row)))
  );
  return stored;
}

async function insertPiece(
  client: PoolClient,
  name: string,
  text: string,
  rows: readonly PricedEvent[]
): Promise<Set<string>> {
  const values = EVENT_COLUMNS.map((column) => rows.map(column.text));
  const result = await client.query<{ key: string }>({ name, text, values });
  return new Set(result.rows.map((row) => row.key));
}
