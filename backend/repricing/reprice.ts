import type { Pool, PoolClient } from 'pg';
import { type Filter, filterSql, instant } from '../../src/query';
import type { Pricing } from '../events/usageEvent';
import type { PriceBook } from '../pricing/book';
import { price } from '../pricing/calculate';
import { spendOf } from '../budgets/spend';
import { watchChange } from '../storage/changes';
import { markDirty } from '../storage/dirtyHours';
import { inTransaction } from '../storage/transaction';
import { COST_COLUMNS, PRICE_COLUMNS, pricingOf, type Row, ROW_COLUMNS, toEvent } from './pricedRow';
import { Summary, type SummaryReply } from './summary';

/** Which events are priced again. */
export interface RepriceRange {
  /** ms since 1970, included. */
  readonly from: number;
  /** ms since 1970, excluded. */
  readonly to: number;
  readonly filters: readonly Filter[];
}

export interface RepriceOrder extends RepriceRange {
  /** Count and compare only. */
  readonly dryRun: boolean;
  readonly by: string;
  readonly why: string;
}

/** What repricing does, or would do. Money as decimal USD text. */
export interface RepriceReply extends SummaryReply {
  readonly dry_run: boolean;
  /** The audit entry, by which it can be undone; null for a dry run. */
  readonly audit_id: number | null;
}

/** Rows in one step: read, priced and, in its own transaction, written. */
const STEP_ROWS = 10_000;
const DAY_MS = 86_400_000;

/** A row whose price is another one now. */
export interface Change {
  readonly time: number;
  readonly event_id: string;
  readonly row: Row;
  readonly pricing: Pricing;
}

/** Whether money or its reason changed; a new version of a row with the same amounts is no change. */
function differs(row: Row, pricing: Pricing): boolean {
  return pricing.priced
    ? row.price_id !== pricing.price_id || COST_COLUMNS.some((name) => row[name] !== pricing[name])
    : row.unpriced_reason !== pricing.unpriced_reason;
}

/** A call of a deployment that is paid by the hour keeps the share of the amount that hourlySpread.ts gave it. */
function keepsShare(row: Row, pricing: Pricing, book: PriceBook): boolean {
  return pricing.priced && row.price_id === pricing.price_id && book.get(pricing.price_id)?.row.hourly_amount != null;
}

/** The next rows after a key, in the order of the unique index. */
async function nextRows(
  client: Pool | PoolClient,
  { from, to, filters }: RepriceRange,
  after: { us: bigint; event_id: string } | null
): Promise<Row[]> {
  const where = [
    `time >= ${instant(from)} AND time < ${instant(to)}`,
    ...filters.map(filterSql),
    ...(after ? ["(time, event_id) > (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::uuid)"] : []),
  ];
  const { rows } = await client.query<Row>(
    `SELECT ${ROW_COLUMNS} FROM public.usage_events
     WHERE ${where.join(' AND ')} ORDER BY time, event_id LIMIT ${STEP_ROWS}`,
    after ? [after.us.toString(), after.event_id] : []
  );
  return rows;
}

const text = (value: bigint | string | null): string | null => (value === null ? null : String(value));

/** Keeps what the rows cost before, then writes what they cost now, all in the open transaction. */
async function write(client: PoolClient, auditId: number, changes: readonly Change[]): Promise<void> {
  const times = changes.map(({ time }) => String(time));
  const ids = changes.map(({ event_id }) => event_id);
  await client.query('SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0');
  const old = PRICE_COLUMNS.map((name) => changes.map(({ row }) => text(row[name])));
  const types = PRICE_COLUMNS.map((name) => (name === 'price_id' || name === 'unpriced_reason' ? 'text' : 'bigint'));
  await client.query(
    `INSERT INTO public.repriced_events (audit_id, time, event_id, ${PRICE_COLUMNS.join(', ')})
     SELECT $1::bigint, timestamptz 'epoch' + us * interval '1 microsecond', id, ${PRICE_COLUMNS.join(', ')}
     FROM unnest($2::bigint[], $3::uuid[], ${types.map((type, i) => `$${i + 4}::${type}[]`).join(', ')})
       AS old(us, id, ${PRICE_COLUMNS.join(', ')})`,
    [auditId, times, ids, ...old]
  );
  const values = PRICE_COLUMNS.map((name) => changes.map(({ pricing }) => text(priceColumn(pricing, name))));
  // The bounds let TimescaleDB leave out every other chunk; the join alone would not.
  const [first, last] = [Math.min(...changes.map(({ time }) => time)), Math.max(...changes.map(({ time }) => time))];
  const update = () =>
    client.query(
      `UPDATE public.usage_events AS event
     SET ${PRICE_COLUMNS.map((name) => `${name} = new.${name}`).join(', ')}, priced_at = now()
     FROM (SELECT timestamptz 'epoch' + us * interval '1 microsecond' AS at, id, ${PRICE_COLUMNS.join(', ')}
       FROM unnest($1::bigint[], $2::uuid[], ${types.map((type, i) => `$${i + 3}::${type}[]`).join(', ')})
         AS row(us, id, ${PRICE_COLUMNS.join(', ')})) AS new
     WHERE event.time = new.at AND event.event_id = new.id
       AND event.time >= ${instant(Math.floor(first / 1000))} AND event.time < ${instant(Math.floor(last / 1000) + 1)}`,
      [times, ids, ...values]
    );
  await watchChange(client, await spendOf(client), changes, update);
  await markDirty(
    client,
    changes.map(({ time }) => time)
  );
}

function priceColumn(pricing: Pricing, name: (typeof PRICE_COLUMNS)[number]): bigint | string | null {
  if (!pricing.priced) {
    return name === 'unpriced_reason' ? pricing.unpriced_reason : null;
  }
  return name === 'unpriced_reason' ? null : name === 'price_version' ? BigInt(pricing.price_version) : pricing[name];
}

async function startAudit(pool: Pool, order: RepriceOrder): Promise<number> {
  const { rows } = await pool.query<{ audit_id: bigint }>(
    `INSERT INTO public.price_audit (by, action, why, version, details)
     SELECT $1, 'reprice', $2, version, $3::jsonb FROM public.price_book RETURNING audit_id`,
    [order.by, order.why, JSON.stringify({ from: order.from, to: order.to, filters: order.filters, done: false })]
  );
  return Number(rows[0]!.audit_id);
}

/** The UTC days of a range that have events, as ms since 1970. */
async function daysWithEvents(pool: Pool, { from, to }: RepriceRange): Promise<number[]> {
  const { rows } = await pool.query<{ day: Date }>(
    `SELECT DISTINCT bucket AS day FROM public.usage_1d
     WHERE bucket > ${instant(from)} - interval '1 day' AND bucket < ${instant(to)} ORDER BY day`
  );
  return rows.map(({ day }) => day.getTime());
}

/**
 * Prices the events of a range again with a book (rule 8 of the price book): counts what changes and how much money that
 * is, and, unless it is a dry run, writes the new amounts, keeps the old ones under an audit entry, and marks the touched
 * hours for the rollups. Goes on in steps of its own transactions: a crash leaves a part repriced, and running it again
 * finishes it.
 *
 * @param progress is told after each step how many events were looked at.
 */
export async function reprice(
  pool: Pool,
  book: PriceBook,
  order: RepriceOrder,
  progress: (events: number) => void = () => undefined
): Promise<RepriceReply> {
  const summary = new Summary();
  const auditId = order.dryRun ? null : await startAudit(pool, order);
  // Day by day, so that a step reads one chunk.
  for (const day of await daysWithEvents(pool, order)) {
    const range = { ...order, from: Math.max(day, order.from), to: Math.min(day + DAY_MS, order.to) };
    let next = nextRows(pool, range, null);
    for (;;) {
      const rows: Row[] = await next;
      const last = rows.length < STEP_ROWS ? null : rows.at(-1)!;
      if (last) {
        // Read while these are priced and written.
        next = nextRows(pool, range, { us: last.us, event_id: last.event_id });
        next.catch(() => undefined);
      }
      const changes = rows.flatMap((row): Change[] => {
        const priced = price(toEvent(row), book);
        const pricing = keepsShare(row, priced, book) ? pricingOf(row) : priced;
        const changed = differs(row, pricing);
        summary.add(row, pricing, changed);
        return changed ? [{ time: Number(row.us), event_id: row.event_id, row, pricing }] : [];
      });
      if (auditId !== null && changes.length) {
        await inTransaction(pool, (client) => write(client, auditId, changes));
      }
      progress(summary.events);
      if (!last) {
        break;
      }
    }
  }
  const reply = summary.reply();
  if (auditId !== null) {
    await pool.query(`UPDATE public.price_audit SET details = details || $2::jsonb WHERE audit_id = $1`, [
      auditId,
      JSON.stringify({ ...reply, done: true }),
    ]);
  }
  return { dry_run: order.dryRun, audit_id: auditId, ...reply };
}

/**
 * Gives the events of a repricing the amounts that they had before it; an audit entry of its own, so that it can be undone
 * too. Events that were repriced again since keep what the later repricing gave them.
 *
 * @returns the audit entry and how many events were changed back; null when there is no such repricing.
 */
export async function undoReprice(
  pool: Pool,
  auditId: number,
  by: string,
  why: string
): Promise<{ audit_id: number; events: number } | null> {
  const { rowCount } = await pool.query(`SELECT 1 FROM public.price_audit WHERE audit_id = $1 AND action = 'reprice'`, [
    auditId,
  ]);
  if (!rowCount) {
    return null;
  }
  const undo = await startAudit(pool, { from: 0, to: 0, filters: [], dryRun: false, by, why });
  let events = 0;
  for (;;) {
    const step = await inTransaction(pool, (client) => undoStep(client, auditId, undo));
    events += step;
    if (step === 0) {
      break;
    }
  }
  await pool.query(`UPDATE public.price_audit SET details = $2::jsonb WHERE audit_id = $1`, [
    undo,
    JSON.stringify({ undone: auditId, events, done: true }),
  ]);
  return { audit_id: undo, events };
}

/** Changes back the events of a repricing that no later entry changed, a step at a time. */
async function undoStep(client: PoolClient, auditId: number, undo: number): Promise<number> {
  const { rows } = await client.query<Row>(
    `SELECT (extract(epoch FROM old.time) * 1000000)::bigint AS us, old.event_id, ${PRICE_COLUMNS.map((name) => `old.${name}`).join(', ')}
     FROM public.repriced_events AS old
     WHERE old.audit_id = $1 AND NOT EXISTS (
       SELECT 1 FROM public.repriced_events AS later
       WHERE later.audit_id > $1 AND later.time = old.time AND later.event_id = old.event_id)
     ORDER BY old.time, old.event_id LIMIT ${STEP_ROWS}`,
    [auditId]
  );
  if (!rows.length) {
    return 0;
  }
  const { rows: now } = await client.query<Row>(
    `SELECT (extract(epoch FROM event.time) * 1000000)::bigint AS us, event.event_id, ${PRICE_COLUMNS.map((name) => `event.${name}`).join(', ')}
     FROM public.usage_events AS event
     JOIN (SELECT timestamptz 'epoch' + us * interval '1 microsecond' AS at, id FROM unnest($1::bigint[], $2::uuid[]) AS key(us, id)) AS wanted
       ON event.time = wanted.at AND event.event_id = wanted.id
     WHERE event.time >= ${instant(Number(rows[0]!.us / 1000n))} AND event.time < ${instant(Number(rows.at(-1)!.us / 1000n) + 1)}`,
    [rows.map(({ us }) => us.toString()), rows.map(({ event_id }) => event_id)]
  );
  const current = new Map(now.map((row) => [`${row.us} ${row.event_id}`, row]));
  const changes = rows.flatMap((old): Change[] => {
    const row = current.get(`${old.us} ${old.event_id}`);
    return row ? [{ time: Number(old.us), event_id: old.event_id, row, pricing: pricingOf(old) }] : [];
  });
  if (!changes.length) {
    return 0;
  }
  await write(client, undo, changes);
  return changes.length;
}
