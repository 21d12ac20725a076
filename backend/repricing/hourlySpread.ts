import type { Pool, PoolClient } from 'pg';
import { instant, MEASURES } from '../../src/query';
import type { Costs, Pricing } from '../events/usageEvent';
import type { PriceBook } from '../pricing/book';
import { priceWith } from '../pricing/calculate';
import { CompiledPrice } from '../pricing/compiledPrice';
import { checkedPico, roundHalfEven, usdToPico } from '../pricing/decimal';
import { spreadAmount } from '../pricing/hourly';
import { type EventChange, updateEvents } from '../storage/changes';
import { supersededHourlyPrices } from '../storage/prices';
import { inTransaction } from '../storage/transaction';
import { type Row, ROW_COLUMNS, toEvent } from './pricedRow';

/**
 * Deployments that are paid by the hour (rule 10 of the price book): the amount of each finished hour (UTC) is spread over
 * the calls that its price row priced, and stored as a part of their `other_cost`.
 *
 * A row that was taken out of force charges the calls that it priced for the time until then, and another row charges only
 * what is left of that hour: each part of an hour is charged once.
 *
 * Every share is worked out from the row and the hour's calls, never added to what is there: doing it again changes nothing,
 * and calls that come late get their share while the others' become smaller. A price that holds for a part of the hour only
 * charges that part. Hours without calls charge nobody.
 */

const HOUR_MS = 3_600_000;

/** What an hour of a deployment holds. When it is another than at the last spreading, the hour is spread again. */
interface Content {
  readonly calls: bigint;
  readonly tokens: bigint;
  /** numeric as text */
  readonly other_cost: string;
}

interface Due {
  readonly deployment: string;
  /** ms since 1970 */
  readonly hour: number;
}

export interface SpreadReply {
  /** Hours that were spread. */
  readonly hours: number;
  /** Calls whose share changed. */
  readonly calls: number;
}

/**
 * Spreads what is due, an hour a transaction. Over all replicas an hour is spread once at a time.
 *
 * @param since ms since 1970: hours that began before are not looked at
 * @param now ms since 1970: hours that have ended by then are finished
 */
export async function spreadHourlyAmounts(
  pool: Pool,
  book: PriceBook,
  { since, now }: { readonly since: number; readonly now: number }
): Promise<SpreadReply> {
  const prices = await hourlyPrices(pool, book);
  const deployments = [...new Set(prices.map(({ price }) => price.row.deployment!))];
  let [hours, calls] = [0, 0];
  for (const due of deployments.length > 0 ? await dueHours(pool, deployments, since, now) : []) {
    const changed = await inTransaction(pool, (client) => spreadOne(client, due, prices));
    hours += changed === null ? 0 : 1;
    calls += changed ?? 0;
  }
  return { hours, calls };
}

/** A price with an hourly amount. */
interface HourlyPrice {
  readonly price: CompiledPrice;
  /** When it was taken out of force, µs since 1970; Infinity while it is in force. */
  readonly until: number;
}

/** Those that ended first come first, those in force last. */
async function hourlyPrices(pool: Pool, book: PriceBook): Promise<HourlyPrice[]> {
  const superseded = await supersededHourlyPrices(pool);
  return [
    ...superseded.map(({ row, at }) => ({ price: CompiledPrice.of(row), until: at })),
    ...book.rows.flatMap((row) =>
      row.hourly_amount === null ? [] : [{ price: book.get(row.price_id)!, until: Infinity }]
    ),
  ];
}

/** Finished hours that hold something else than at their last spreading; the hourly rollup tells. */
async function dueHours(pool: Pool, deployments: readonly string[], since: number, now: number): Promise<Due[]> {
  const { rows } = await pool.query<{ deployment: string; hour: Date }>(
    `SELECT held.deployment, held.hour
     FROM (SELECT deployment, bucket AS hour, sum(calls)::bigint AS calls, sum(total_tokens)::bigint AS tokens,
         coalesce(sum(other_cost), 0)::numeric AS other_cost
       FROM public.usage_1h
       WHERE deployment = ANY ($1::text[]) AND bucket >= ${instant(since)}
         AND bucket < ${instant(Math.floor(now / HOUR_MS) * HOUR_MS)}
       GROUP BY deployment, bucket) AS held
     LEFT JOIN public.hourly_spreads AS spread USING (deployment, hour)
     WHERE (held.calls, held.tokens, held.other_cost) IS DISTINCT FROM (spread.calls, spread.tokens, spread.other_cost)
     ORDER BY held.hour, held.deployment`,
    [deployments]
  );
  return rows.map(({ deployment, hour }) => ({ deployment, hour: hour.getTime() }));
}

/** @returns how many calls have another share now; null when another replica was first. */
async function spreadOne(client: PoolClient, due: Due, prices: readonly HourlyPrice[]): Promise<number | null> {
  // An advisory lock would not do: connections of the embedded engine share one session.
  await client.query('LOCK TABLE public.hourly_spreads IN SHARE ROW EXCLUSIVE MODE');
  if (await isSpread(client, due)) {
    return null;
  }
  const rows = await rowsOfHour(client, due);
  const changes = changesOf(prices, due.hour, rows);
  await updateEvents(client, changes);
  const { calls, tokens, other_cost } = await contentOf(client, due);
  await client.query(
    `INSERT INTO public.hourly_spreads (deployment, hour, calls, tokens, other_cost) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (deployment, hour) DO UPDATE SET calls = excluded.calls, tokens = excluded.tokens,
       other_cost = excluded.other_cost, spread_at = now()`,
    [due.deployment, new Date(due.hour), calls.toString(), tokens.toString(), other_cost]
  );
  return changes.length;
}

const within = ({ hour }: Due): string => `time >= ${instant(hour)} AND time < ${instant(hour + HOUR_MS)}`;

async function rowsOfHour(client: PoolClient, due: Due): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${ROW_COLUMNS} FROM public.usage_events WHERE ${within(due)} AND deployment = $1`,
    [due.deployment]
  );
  return rows;
}

async function contentOf(client: PoolClient, due: Due): Promise<Content> {
  const { rows } = await client.query<Content>(
    `SELECT count(*) AS calls, coalesce(sum(${MEASURES.total_tokens}), 0)::bigint AS tokens,
       coalesce(sum(other_cost), 0)::text AS other_cost
     FROM public.usage_events WHERE ${within(due)} AND deployment = $1`,
    [due.deployment]
  );
  return rows[0]!;
}

async function isSpread(client: PoolClient, due: Due): Promise<boolean> {
  const { rows } = await client.query<Content>(
    'SELECT calls, tokens, other_cost::text FROM public.hourly_spreads WHERE deployment = $1 AND hour = $2',
    [due.deployment, new Date(due.hour)]
  );
  const [spread] = rows;
  if (!spread) {
    return false;
  }
  const held = await contentOf(client, due);
  return held.calls === spread.calls && held.tokens === spread.tokens && held.other_cost === spread.other_cost;
}

/** What changes in an hour: every price that has calls in it charges its part to them. */
function changesOf(prices: readonly HourlyPrice[], hour: number, rows: readonly Row[]): EventChange[] {
  const ended: Array<Interval & { tenant: string | null }> = [];
  return prices.flatMap(({ price, until }) => {
    const own = rows.filter((row) => row.price_id === price.row.price_id);
    if (own.length === 0) {
      return [];
    }
    const { tenant } = price.row;
    const charged = intervalWithin(price, hour, until);
    const length = lengthWithout(
      charged,
      ended.filter((interval) => interval.tenant === tenant)
    );
    if (until !== Infinity) {
      ended.push({ ...charged, tenant });
    }
    return shares(price, amountFor(price, length), own);
  });
}

/** The calls of a price in one hour whose stored share is not the one that they should have. */
function shares(price: CompiledPrice, amount: bigint, rows: readonly Row[]): EventChange[] {
  const tokens = (row: Row): number => Number(row.input_tokens ?? 0n) + Number(row.output_tokens ?? 0n);
  const parts = spreadAmount(
    amount,
    rows.map((row) => ({ event_id: row.event_id, tokens: tokens(row) }))
  );
  return rows.flatMap((row): EventChange[] => {
    const pricing = withShare(priceWith(toEvent(row), price), parts.get(row.event_id)!);
    return pricing.priced && pricing.other_cost !== row.other_cost
      ? [{ time: Number(row.us), event_id: row.event_id, changes: { pricing } }]
      : [];
  });
}

function withShare(own: Pricing, share: bigint): Pricing {
  if (!own.priced) {
    return own;
  }
  const costs: Pick<Costs, 'other_cost' | 'total_cost'> = {
    other_cost: checkedPico(own.other_cost + share),
    total_cost: checkedPico(own.total_cost + share),
  };
  return { ...own, ...costs };
}

/** `[start, end)` in µs; empty where start ≥ end. */
interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The part of an hour in which a price holds, by its dates and until it was taken out of force. */
const intervalWithin = ({ from, to }: CompiledPrice, hour: number, until: number): Interval => ({
  start: Math.max(from, hour * 1000),
  end: Math.min(to, until, (hour + HOUR_MS) * 1000),
});

/** µs of an interval that lie in none of the others. */
function lengthWithout({ start, end }: Interval, others: readonly Interval[]): number {
  let [length, at] = [0, start];
  for (const other of others.toSorted((a, b) => a.start - b.start)) {
    if (other.start < other.end) {
      length += Math.max(0, Math.min(other.start, end) - at);
      at = Math.max(at, other.end);
    }
  }
  return length + Math.max(0, end - at);
}

/** The hourly amount (pico-USD) for a part of the hour, µs. */
const amountFor = ({ row }: CompiledPrice, length: number): bigint =>
  roundHalfEven(usdToPico(row.hourly_amount!) * BigInt(length), BigInt(HOUR_MS * 1000));
