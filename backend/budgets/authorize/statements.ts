import type { PoolClient } from 'pg';
import { sendAlong } from '../../storage/transaction';
import type { Held } from './decide';
import { keyText, type Located, requestKey } from './located';
import type { Before, Reserving } from './tick';

interface Counter {
  counter_id: string;
  budget_id: string;
  start: string;
  run_id: string;
  spent: string;
  committed: string;
  ceiling: string | null;
  unlimited: boolean;
}

/** What public.begin_decisions returns; the version alone where that is another than the known one. */
export interface State {
  version: string;
  counters?: Counter[];
  reservations?: Array<{
    reservation_id: string;
    tenant: string;
    request_id: string;
    state: string;
    amount: string;
    expires_at: string;
  }>;
  approvals?: Array<{
    approval_id: string;
    tenant: string;
    request_id: string;
    counter_id: string;
    state: 'waiting' | 'approved' | 'denied' | 'expired';
    grant_kind: string | null;
    reason: string | null;
  }>;
}

/** Locks the counters that requests are reserved on, and reads what was decided about the same requests before. */
export async function begin(client: PoolClient, version: bigint, located: readonly Located[]): Promise<State> {
  const list = [...new Map(located.flatMap(({ keys }) => keys.map((key) => [key.text, key]))).values()];
  const { rows } = await client.query<{ state: State }>({
    name: 'begin_decisions',
    text: 'SELECT public.begin_decisions($1::bigint, $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[]) AS state',
    values: [
      String(version),
      list.map(({ matched }) => matched.budget.budget_id),
      list.map(({ start }) => (start === -Infinity ? '-infinity' : new Date(start).toISOString())),
      list.map(({ run }) => run),
      located.map(({ ask }) => ask.tenant),
      located.map(({ ask }) => ask.requestId),
    ],
  });
  return rows[0]!.state;
}

export function toBefore({ counters = [], approvals = [], reservations = [] }: State): Before {
  return {
    held: new Map(counters.map((row) => [keyText(row.budget_id, row.start, row.run_id), toHeld(row)])),
    asked: new Map(
      approvals.map((row) => [
        `${requestKey(row.tenant, row.request_id)} ${row.counter_id}`,
        { approvalId: row.approval_id, state: row.state, once: row.grant_kind === 'once', reason: row.reason },
      ])
    ),
    reservations: new Map(
      reservations.map((row) => [
        requestKey(row.tenant, row.request_id),
        { id: row.reservation_id, expires: row.expires_at, amount: row.amount, open: row.state !== 'expired' },
      ])
    ),
  };
}

type Amounts = Pick<Counter, 'counter_id' | 'spent' | 'committed' | 'ceiling' | 'unlimited'>;

export const toHeld = ({ counter_id, spent, committed, ceiling, unlimited }: Amounts): Held => ({
  counterId: counter_id,
  spent: BigInt(spent),
  committed: BigInt(committed),
  ceiling: ceiling === null ? null : BigInt(ceiling),
  unlimited,
});

/** An array of numbers, ids and times as PostgreSQL reads it. `pg` would quote and escape each of them. */
const arrayOf = (values: ReadonlyArray<string | bigint | null>): string =>
  `{${values.map((value) => value ?? 'NULL').join()}}`;

/** Reservations as columns; texts alone, so that they can be kept as a text. */
export interface Columns {
  readonly ids: readonly string[];
  readonly tenants: readonly string[];
  readonly requests: readonly string[];
  /** JSON */
  readonly inputs: readonly string[];
  /** Arrays as PostgreSQL reads them. */
  readonly counters: readonly string[];
  /** pico-USD */
  readonly amounts: readonly string[];
  readonly expiries: readonly string[];
}

export const columnsOf = (list: readonly Reserving[]): Columns => ({
  ids: list.map(({ id }) => id),
  tenants: list.map(({ ask }) => ask.tenant),
  requests: list.map(({ ask }) => ask.requestId),
  inputs: list.map(({ ask }) => JSON.stringify(ask.input)),
  counters: list.map(({ counters }) => arrayOf(counters)),
  amounts: list.map(({ ask }) => String(ask.estimate ?? 0n)),
  expiries: list.map(({ expires }) => expires.toISOString()),
});

/** The same of any texts. `pg` looks for each character with two searches that leave garbage behind, found or not. */
const textsOf = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`).join()}}`;

/** The same of JSON without control characters, which JSON.stringify writes none of: quoted as JSON is as quoted here. */
const documentsOf = (texts: readonly string[]): string => `{${texts.map((text) => JSON.stringify(text)).join()}}`;

/** As the database's functions take them. */
const valuesOf = ({ ids, tenants, requests, inputs, counters, amounts, expiries }: Columns): unknown[] => [
  arrayOf(ids),
  textsOf(tenants),
  textsOf(requests),
  documentsOf(inputs),
  textsOf(counters),
  arrayOf(amounts),
  arrayOf(expiries),
];

/** Writes reservations and what they hold; sent together with the commit. */
export function reserve(client: PoolClient, list: readonly Reserving[]): void {
  const statement = client.query({
    name: 'reserve_calls',
    text: 'SELECT public.reserve_calls($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::numeric[], $7::timestamptz[])',
    values: valuesOf(columnsOf(list)),
  });
  sendAlong(client, statement);
}

/** Reserves again what is missing of what was reserved before, whatever is left of the budgets now; leases that ended are not. */
export async function restore(client: PoolClient, columns: Columns): Promise<void> {
  await client.query(
    'SELECT public.restore_reservations($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::numeric[], $7::timestamptz[])',
    valuesOf(columns)
  );
}

/** What requests together take of one counter, and how far that may go; pico-USD. */
export interface Share {
  readonly counterId: string;
  readonly sum: bigint;
  /** Spent and reserved may be as much; null where nothing is limited. */
  readonly line: bigint | null;
  /** Spent must be less; null where nothing is blocked. */
  readonly block: bigint | null;
}

/**
 * Locks the counters, looks whether all of it stays within the lines, reserves and commits: all in one statement.
 *
 * @param soon whether the commit may reach the disk a moment after the answer; see {@link Recent}.
 * @returns the counters as they stand afterwards; none when nothing was done, because something doesn't stay within its
 * line, a request was decided before, a counter is gone, or the budgets are no longer of this version.
 */
export async function reserveWithin(
  client: PoolClient,
  version: bigint,
  shares: readonly Share[],
  columns: Columns,
  soon: boolean
): Promise<Held[]> {
  const { rows } = await client.query<Record<keyof Amounts, string> & { unlimited: boolean }>({
    name: soon ? 'reserve_soon' : 'reserve_within',
    text: `SELECT held::text AS counter_id, spent, committed, ceiling, unlimited FROM ${
      soon ? "set_config('synchronous_commit', 'off', true)," : ''
    } public.reserve_within($1::bigint,
      $2::bigint[], $3::numeric[], $4::numeric[], $5::numeric[],
      $6::uuid[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::numeric[], $12::timestamptz[])`,
    values: [
      String(version),
      arrayOf(shares.map(({ counterId }) => counterId)),
      arrayOf(shares.map(({ sum }) => sum)),
      arrayOf(shares.map(({ line }) => line)),
      arrayOf(shares.map(({ block }) => block)),
      ...valuesOf(columns),
    ],
  });
  return rows.map(toHeld);
}
