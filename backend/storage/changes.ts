import type { PoolClient } from 'pg';
import { lockChanges, type Spend, spendOf, type StoredCall } from '../budgets/spend';
import type { PricedEvent } from '../events/usageEvent';
import { HOUR_US, markDirty } from './dirtyHours';
import { COST_COLUMNS, EVENT_COLUMNS, type EventColumn, timestamp } from './eventColumns';
import { unlimitDecompression } from './writer';

export type EventKey = Pick<PricedEvent, 'time' | 'event_id'>;

export interface EventChange extends EventKey {
  /** New values of the fields that change; `pricing` stands for all that it holds and for `priced_at`. */
  readonly changes: Partial<Omit<PricedEvent, keyof EventKey>>;
}

/**
 * Removes events inside the transaction that is open on `client`, and marks their hours for the rollups. Compressed days
 * too. Keys that aren't there are passed over.
 *
 * @returns the keys that were removed.
 */
export async function deleteEvents(client: PoolClient, keys: readonly EventKey[]): Promise<EventKey[]> {
  const removed: EventKey[] = [];
  if (keys.length === 0) {
    return removed;
  }
  const spend = await spendOf(client);
  if (spend.watches) {
    await lockChanges(client);
  }
  await unlimitDecompression(client);
  for (const hour of byHour(keys)) {
    const { rows } = await client.query<StoredKey & StoredCall>(
      `DELETE FROM public.usage_events event USING unnest($1::timestamptz[], $2::uuid[]) gone (at, id)
        WHERE ${BOUNDS} AND event.time = gone.at AND event.event_id = gone.id RETURNING ${watched(spend)}`,
      keyValues(hour)
    );
    rows.forEach((row) => spend.removed(row));
    removed.push(...rows.map(toKey));
  }
  await markKeys(client, removed);
  return removed;
}

/**
 * Changes fields of events inside the transaction that is open on `client`, and marks their hours for the rollups.
 * Compressed days too. Keys that aren't there are passed over; of two changes to one event in one call the last counts.
 *
 * @returns the keys that were found.
 * @throws the database's error when a value doesn't fit or the costs don't add up; the transaction is aborted then.
 */
export async function updateEvents(client: PoolClient, changes: readonly EventChange[]): Promise<EventKey[]> {
  const changed: EventKey[] = [];
  if (changes.length === 0) {
    return changed;
  }
  const spend = await spendOf(client);
  await unlimitDecompression(client);
  for (const { columns, repriced, events } of bySetOfColumns(changes)) {
    for (const hour of byHour(events)) {
      changed.push(...(await watchChange(client, spend, hour, () => updateHour(client, columns, repriced, hour))));
    }
  }
  await markKeys(client, changed);
  return changed;
}

interface StoredKey {
  us: bigint;
  event_id: string;
}

const KEY = '(extract(epoch FROM event.time) * 1000000)::bigint AS us, event.event_id';

/** The join alone would make TimescaleDB decompress every compressed chunk; constants on time leave one batch or few. */
const BOUNDS = 'event.time >= $3 AND event.time <= $4';

/** The key of a row and what budgets ask of it. */
const watched = (spend: Spend): string =>
  [KEY, ...(spend.watches ? spend.columns.map((name) => `event.${name}`) : [])].join(', ');

/**
 * Changes rows by `change` and tells the budgets what the rows were before and are after it. Inside a transaction that
 * {@link spendOf} follows.
 *
 * @param keys all rows that may change; near each other in time, see BOUNDS.
 */
export async function watchChange<T>(
  client: PoolClient,
  spend: Spend,
  keys: readonly EventKey[],
  change: () => Promise<T>
): Promise<T> {
  if (!spend.watches || keys.length === 0) {
    return change();
  }
  await lockChanges(client);
  const before = await watchedRows(client, spend, keys);
  const result = await change();
  const there = new Set(before.map(keyText));
  // A row that somebody else added meanwhile is theirs to count.
  const after = (await watchedRows(client, spend, keys)).filter((row) => there.has(keyText(row)));
  before.forEach((row) => spend.removed(row));
  after.forEach((row) => spend.added(row));
  return result;
}

async function watchedRows(
  client: PoolClient,
  spend: Spend,
  keys: readonly EventKey[]
): Promise<Array<StoredKey & StoredCall>> {
  const { rows } = await client.query<StoredKey & StoredCall>(
    `SELECT ${watched(spend)} FROM public.usage_events event JOIN unnest($1::timestamptz[], $2::uuid[]) wanted (at, id)
       ON event.time = wanted.at AND event.event_id = wanted.id WHERE ${BOUNDS}`,
    keyValues(keys)
  );
  return rows;
}

const keyText = ({ us, event_id }: StoredKey): string => `${us} ${event_id}`;

const toKey = ({ us, event_id }: StoredKey): EventKey => ({ time: Number(us), event_id });

function keyValues(keys: readonly EventKey[]): unknown[] {
  const times = keys.map((event) => event.time);
  return [
    times.map(timestamp),
    keys.map((event) => event.event_id),
    timestamp(Math.min(...times)),
    timestamp(Math.max(...times)),
  ];
}

async function updateHour(
  client: PoolClient,
  columns: readonly EventColumn[],
  repriced: boolean,
  events: readonly EventChange[]
): Promise<EventKey[]> {
  const set = columns.map(({ name }) => `${name} = new.${name}`).concat(repriced ? ['priced_at = now()'] : []);
  const names = columns.map(({ name }) => name);
  const arrays = columns.map(({ type }, index) => `$${index + 5}::${type}[]`);
  const { rows } = await client.query<StoredKey>(
    `UPDATE public.usage_events event SET ${set.join(', ')}
     FROM unnest($1::timestamptz[], $2::uuid[], ${arrays.join(', ')}) new (at, id, ${names.join(', ')})
     WHERE ${BOUNDS} AND event.time = new.at AND event.event_id = new.id RETURNING ${KEY}`,
    // A column reads only fields that the change has: the set of columns was made from them.
    [...keyValues(events), ...columns.map(({ text }) => events.map(({ changes }) => text(changes as PricedEvent)))]
  );
  return rows.map(toKey);
}

const markKeys = (client: PoolClient, keys: readonly EventKey[]): Promise<void> =>
  markDirty(
    client,
    keys.map((event) => event.time)
  );

const PRICING_COLUMNS: readonly string[] = [...COST_COLUMNS, 'price_id', 'price_version', 'unpriced_reason'];

interface ColumnSet {
  readonly columns: readonly EventColumn[];
  readonly repriced: boolean;
  readonly events: EventChange[];
}

/** Changes of the same columns together, each of them one statement per hour. */
function bySetOfColumns(changes: readonly EventChange[]): ColumnSet[] {
  const sets = new Map<string, ColumnSet>();
  for (const change of lastPerEvent(changes)) {
    const repriced = change.changes.pricing !== undefined;
    const columns = EVENT_COLUMNS.filter(({ name }) =>
      PRICING_COLUMNS.includes(name) ? repriced : name in change.changes
    );
    const id = columns.map(({ name }) => name).join();
    const set = sets.get(id) ?? { columns, repriced, events: [] };
    sets.set(id, set);
    set.events.push(change);
  }
  return [...sets.values()].filter(({ columns }) => columns.length > 0);
}

function lastPerEvent(changes: readonly EventChange[]): Iterable<EventChange> {
  return new Map(changes.map((change) => [`${change.time} ${change.event_id}`, change])).values();
}

/** In the order of (time, event_id), in which every writer locks rows. */
function byHour<Key extends EventKey>(keys: readonly Key[]): Key[][] {
  const hours = new Map<number, Key[]>();
  for (const key of [...keys].sort((a, b) => a.time - b.time || (a.event_id < b.event_id ? -1 : 1))) {
    const hour = Math.floor(key.time / HOUR_US);
    hours.get(hour)?.push(key) ?? hours.set(hour, [key]);
  }
  return [...hours.values()];
}
