import type { Pool, PoolClient } from 'pg';
import { picoToUsd } from '../pricing/decimal';
import { inTransaction } from '../storage/transaction';
import {
  type Line,
  lineId,
  type LineSubject,
  monthRange,
  nextMonth,
  SUBJECT_FIELDS,
  subjectKey,
  subjectOf,
} from './line';
import type { CreditInput, SplitRule } from './request';
import { type Split, splitLines } from './split';
import { MissingRate, unpricedOf, usageLines } from './usage';

/** The month is closed, or not over yet. */
export class ClosedMonth extends Error {
  override name = 'ClosedMonth';
}

/** Who is charged what for a month. */
export interface Statement {
  readonly month: string;
  readonly currency: string;
  /** A closed one doesn't change any more. */
  readonly closed_at: Date | null;
  readonly lines: readonly Line[];
  /** Calls that are charged to nobody because they have no price. */
  readonly unpriced_calls: number;
  readonly notes: readonly string[];
}

type Db = Pool | PoolClient;

const firstDay = (month: string): string => `${month}-01`;

interface Closing {
  readonly month: string;
  readonly currency: string;
  readonly closed_at: Date;
  readonly closed_by: string;
}

/** The closed months, in their order. */
export async function closings(db: Db): Promise<Closing[]> {
  const { rows } = await db.query<Closing>(
    `SELECT to_char(month, 'YYYY-MM') AS month, currency, closed_at, closed_by FROM public.chargeback_closings ORDER BY month`
  );
  return rows;
}

interface StoredLine {
  readonly line: Omit<Line, 'amount' | 'converted' | 'quantity' | 'calls'> & {
    readonly quantity: string | null;
    readonly calls: string | null;
  };
  readonly amount: string;
  readonly converted: string;
}

const big = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

const restored = ({ line, amount, converted }: StoredLine): Line => ({
  ...line,
  quantity: big(line.quantity),
  calls: big(line.calls),
  amount: BigInt(amount),
  converted: BigInt(converted),
});

async function storedLines(db: Db, where: string, values: readonly unknown[]): Promise<Line[]> {
  const { rows } = await db.query<StoredLine>(
    `SELECT line, amount::text, converted::text FROM public.chargeback_lines WHERE ${where} ORDER BY tenant, kind DESC, line_id`,
    [...values]
  );
  return rows.map(restored);
}

async function creditLines(
  db: Db,
  month: string,
  currency: string,
  tenants: readonly string[] | null
): Promise<Line[]> {
  const { rows } = await db.query<{
    credit_id: string;
    tenant: string;
    team: string | null;
    cost_center: string | null;
    amount: string;
    converted: string | null;
    description: string;
  }>(
    // At the rate of the month's last day.
    `SELECT credit_id, tenant, team, cost_center, (-amount)::text AS amount, description,
       round(-amount * public.currency_rate_on($2, ($1::date + interval '1 month' - interval '1 day')::date))::text AS converted
     FROM public.chargeback_credits WHERE month = $1 AND ($3::text[] IS NULL OR tenant = ANY ($3)) ORDER BY credit_id`,
    [firstDay(month), currency, tenants]
  );
  return rows.map((row) => {
    if (row.converted === null) {
      throw new MissingRate(`${currency} has no rate for the end of ${month}: POST /v1/currencies`);
    }
    const subject = subjectOf(row.tenant, { team: row.team, cost_center: row.cost_center });
    return {
      ...subject,
      line_id: lineId('credit', month, month, subject, row.credit_id),
      kind: 'credit',
      month,
      of_month: month,
      description: `${row.description} (credit ${row.credit_id})`,
      quantity: null,
      calls: null,
      amount: BigInt(row.amount),
      converted: BigInt(row.converted),
    };
  });
}

interface Sums {
  readonly subject: LineSubject;
  amount: bigint;
  converted: bigint;
}

/** Adds lines up by subject; `sign` -1 takes them away. */
function addUp(sums: Map<string, Sums>, lines: readonly Line[], sign: bigint): void {
  for (const line of lines) {
    const key = subjectKey(line);
    const subject = Object.fromEntries(SUBJECT_FIELDS.map((name) => [name, line[name]])) as unknown as LineSubject;
    const found = sums.get(key) ?? { subject, amount: 0n, converted: 0n };
    found.amount += sign * line.amount;
    found.converted += sign * line.converted;
    sums.set(key, found);
  }
}

/** What changed about a closed month since it was charged: late calls, repricing, deletion. */
async function adjustmentsOf(
  db: Db,
  closed: Closing,
  month: string,
  currency: string,
  tenants: readonly string[] | null
): Promise<{ readonly lines: Line[]; readonly note: string | null }> {
  const { complete } = await unpricedOf(db, closed.month, tenants);
  if (!complete) {
    return { lines: [], note: `single calls of ${closed.month} are not all kept any more: it is no longer adjusted` };
  }
  const now = await usageLines(db, closed.month, currency, tenants);
  const charged = await storedLines(
    db,
    `of_month = $1 AND kind IN ('usage', 'adjustment') AND ($2::text[] IS NULL OR tenant = ANY ($2))`,
    [firstDay(closed.month), tenants]
  );
  const sums = new Map<string, Sums>();
  addUp(sums, now, 1n);
  addUp(sums, charged, -1n);
  const lines = [...sums.values()]
    .filter(({ amount }) => amount !== 0n)
    .map(({ subject, amount, converted }): Line => {
      // Amounts of another currency than it was closed in can't be compared: the difference is converted like a credit.
      return {
        ...subject,
        line_id: lineId('adjustment', month, closed.month, subject),
        kind: 'adjustment',
        month,
        of_month: closed.month,
        description: `${closed.month} corrected: ${[subject.provider, subject.model, subject.cost_type].filter(Boolean).join(' ')}`,
        quantity: null,
        calls: null,
        amount,
        converted,
      };
    });
  return { lines, note: null };
}

async function splitsOf(db: Db, tenants: readonly string[] | null): Promise<Split[]> {
  const { rows } = await db.query<{ name: string; tenant: string; rule: Omit<SplitRule, 'name' | 'tenant'> }>(
    `SELECT name, tenant, rule FROM public.chargeback_splits WHERE $1::text[] IS NULL OR tenant = ANY ($1) ORDER BY name`,
    [tenants]
  );
  return rows.map(({ name, tenant, rule }) => ({ ...rule, name, tenant }));
}

async function openStatement(
  db: Db,
  month: string,
  currency: string,
  tenants: readonly string[] | null,
  closed: readonly Closing[]
): Promise<Statement> {
  const usage = await usageLines(db, month, currency, tenants);
  const { unpriced } = await unpricedOf(db, month, tenants);
  const splits = (await splitsOf(db, tenants)).flatMap((split) => splitLines(split, usage, month));
  const credits = await creditLines(db, month, currency, tenants);
  const notes: string[] = [];
  const adjustments: Line[] = [];
  // The first open month after the closed ones takes what changed about them.
  const last = closed.at(-1);
  if (last && nextMonth(last.month) === month) {
    for (const one of closed) {
      if (one.currency !== currency) {
        notes.push(
          `${one.month} was closed in ${one.currency}: ask in ${one.currency} for what changed about it since`
        );
        continue;
      }
      const { lines, note } = await adjustmentsOf(db, one, month, currency, tenants);
      adjustments.push(...lines);
      notes.push(...(note === null ? [] : [note]));
    }
  }
  if (unpriced > 0) {
    notes.push(`${unpriced} calls have no price and are charged to nobody`);
  }
  const lines = [...usage, ...splits, ...credits, ...adjustments];
  return { month, currency, closed_at: null, lines, unpriced_calls: unpriced, notes };
}

/**
 * The statement of a month: as it was closed, or as things stand.
 *
 * @param tenants whose; null for all
 * @throws MissingRate, or ClosedMonth when it was closed in another currency.
 */
export async function statement(
  db: Db,
  month: string,
  currency: string,
  tenants: readonly string[] | null
): Promise<Statement> {
  const closed = await closings(db);
  const own = closed.find((one) => one.month === month);
  if (!own) {
    return openStatement(db, month, currency, tenants, closed);
  }
  if (own.currency !== currency) {
    throw new ClosedMonth(`${month} was closed in ${own.currency}; ask for it in ${own.currency}`);
  }
  const lines = await storedLines(db, `month = $1 AND ($2::text[] IS NULL OR tenant = ANY ($2))`, [
    firstDay(month),
    tenants,
  ]);
  return { month, currency, closed_at: own.closed_at, lines, unpriced_calls: 0, notes: [] };
}

/**
 * Closes a month for all tenants: its statement is kept as it is now, and what changes afterwards appears as adjustments in
 * the next. Months are closed in their order.
 *
 * @throws ClosedMonth when it is closed already, not over, or follows one that is open.
 */
export async function closeMonth(
  pool: Pool,
  month: string,
  currency: string,
  by: string,
  now: number
): Promise<Statement> {
  if (Date.parse(monthRange(month).to) > now) {
    throw new ClosedMonth(`${month} is not over yet (UTC)`);
  }
  return inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE public.chargeback_closings IN SHARE ROW EXCLUSIVE MODE');
    const closed = await closings(client);
    const last = closed.at(-1);
    if (closed.some((one) => one.month === month)) {
      throw new ClosedMonth(`${month} is closed already`);
    }
    if (last && nextMonth(last.month) !== month) {
      throw new ClosedMonth(`months are closed in their order: after ${last.month} comes ${nextMonth(last.month)}`);
    }
    const made = await openStatement(client, month, currency, null, closed);
    await client.query('INSERT INTO public.chargeback_closings (month, currency, closed_by) VALUES ($1, $2, $3)', [
      firstDay(month),
      currency,
      by,
    ]);
    await client.query(
      `INSERT INTO public.chargeback_lines (month, line_id, tenant, kind, of_month, amount, converted, line)
       SELECT $1, line_id, tenant, kind, of_month, amount, converted, line
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::numeric[], $8::jsonb[])
         given (line_id, tenant, kind, of_month, amount, converted, line)`,
      [
        firstDay(month),
        made.lines.map((line) => line.line_id),
        made.lines.map((line) => line.tenant),
        made.lines.map((line) => line.kind),
        made.lines.map((line) => firstDay(line.of_month)),
        made.lines.map((line) => String(line.amount)),
        made.lines.map((line) => String(line.converted)),
        made.lines.map(({ amount: _, converted: __, quantity, calls, ...line }) =>
          JSON.stringify({
            ...line,
            quantity: quantity === null ? null : String(quantity),
            calls: calls === null ? null : String(calls),
          })
        ),
      ]
    );
    return { ...made, closed_at: new Date(now) };
  });
}

/** @throws ClosedMonth when the month is closed; false when there is such a credit already. */
export async function addCredit(pool: Pool, credit: CreditInput & { tenant: string }, by: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE public.chargeback_closings IN SHARE MODE');
    if ((await closings(client)).some(({ month }) => month === credit.month)) {
      throw new ClosedMonth(`${credit.month} is closed; give the credit in a month that is open`);
    }
    const { rowCount } = await client.query(
      `INSERT INTO public.chargeback_credits (credit_id, month, tenant, team, cost_center, amount, description, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [
        credit.id,
        firstDay(credit.month),
        credit.tenant,
        credit.team ?? null,
        credit.cost_center ?? null,
        String(credit.amount),
        credit.description,
        by,
      ]
    );
    return rowCount === 1;
  });
}

/** Sets a rule; one of the same name takes its place. */
export async function setSplit(pool: Pool, { name, tenant, ...rule }: Split, by: string): Promise<void> {
  await pool.query(
    `INSERT INTO public.chargeback_splits (name, tenant, rule, created_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, name) DO UPDATE SET rule = excluded.rule, created_by = excluded.created_by`,
    [name, tenant, JSON.stringify(rule), by]
  );
}

export const listSplits = splitsOf;

/** @returns whether there was one. */
export async function removeSplit(pool: Pool, name: string, tenants: readonly string[] | null): Promise<boolean> {
  const { rowCount } = await pool.query(
    'DELETE FROM public.chargeback_splits WHERE name = $1 AND ($2::text[] IS NULL OR tenant = ANY ($2))',
    [name, tenants]
  );
  return rowCount === 1;
}

export const total = (lines: readonly Line[], of: 'amount' | 'converted'): string =>
  picoToUsd(lines.reduce((sum, line) => sum + line[of], 0n));
