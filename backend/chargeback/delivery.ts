import { randomUUID } from 'node:crypto';
import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { postSigned } from '../webhook';
import type { Delivery } from './deliveryConfig';
import { rendered, type StatementFile } from './file';
import { statement } from './statement';

/** Seconds until the next attempt double from the first to the last of these; it is never given up. */
const FIRST_PAUSE_S = 30;
const LONGEST_PAUSE_S = 3_600;

export interface DeliveryOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly deliveries: readonly Delivery[];
  /** Signs what goes to webhooks; without it nothing goes there. */
  readonly secret: string | null;
}

/** What became of the delivery of a month. */
export interface DeliveryState {
  readonly name: string;
  /** `YYYY-MM` */
  readonly month: string;
  readonly attempts: number;
  readonly delivered_at: Date | null;
  /** Null once it is delivered. */
  readonly next_attempt_at: Date | null;
  readonly last_error: string | null;
}

/** The newest months first. */
export async function deliveryStates(pool: Pool): Promise<DeliveryState[]> {
  const { rows } = await pool.query<DeliveryState>(
    `SELECT name, to_char(month, 'YYYY-MM') AS month, attempts, delivered_at,
       CASE WHEN delivered_at IS NULL THEN next_attempt_at END AS next_attempt_at, last_error
     FROM public.chargeback_deliveries ORDER BY chargeback_deliveries.month DESC, name`
  );
  return rows;
}

/** Has a closed month sent again, or for the first time. @returns false when the month is not closed. */
export async function sendAgain(pool: Pool, name: string, month: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO public.chargeback_deliveries (name, month)
     SELECT $1, month FROM public.chargeback_closings WHERE month = $2::date
     ON CONFLICT (name, month) DO UPDATE SET delivered_at = NULL, attempts = 0, next_attempt_at = now(), last_error = NULL`,
    [name, `${month}-01`]
  );
  return rowCount === 1;
}

/** Every month that is closed from now on; a new delivery begins with the last closed one. */
async function plan(pool: Pool, names: readonly string[]): Promise<void> {
  await pool.query(
    `INSERT INTO public.chargeback_deliveries (name, month)
     SELECT name, closed.month FROM unnest($1::text[]) AS name, public.chargeback_closings AS closed
     WHERE closed.month >= coalesce(
       (SELECT min(month) FROM public.chargeback_deliveries AS known WHERE known.name = name.name),
       (SELECT max(month) FROM public.chargeback_closings))
     ON CONFLICT DO NOTHING`,
    [names]
  );
}

interface Due {
  readonly name: string;
  readonly month: string;
  readonly currency: string;
  readonly attempts: number;
}

/** Takes one that is due; while it is being sent nobody else does, and a crash only means that it is sent again. */
async function take(pool: Pool, names: readonly string[]): Promise<Due | undefined> {
  const { rows } = await pool.query<Due>(
    `UPDATE public.chargeback_deliveries AS due SET attempts = attempts + 1,
       next_attempt_at = now() + least($2 * 2 ^ least(attempts, 20), $3) * interval '1 second'
     FROM public.chargeback_closings AS closed
     WHERE closed.month = due.month AND (due.name, due.month) = (
       SELECT name, month FROM public.chargeback_deliveries
       WHERE delivered_at IS NULL AND next_attempt_at <= now() AND name = ANY ($1)
       ORDER BY month, name LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING due.name, to_char(due.month, 'YYYY-MM') AS month, closed.currency, due.attempts`,
    [names, FIRST_PAUSE_S, LONGEST_PAUSE_S]
  );
  return rows[0];
}

/** Written beside its place and moved there: whoever reads the folder never sees half of a file. */
async function write(folder: string, { name, content }: StatementFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `.${name}.${randomUUID()}`);
  try {
    await writeFile(draft, content, { flag: 'wx', flush: true });
    await rename(draft, path.join(folder, name));
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** @returns why it could not be delivered, or null. */
async function deliver(to: Delivery, due: Due, { pool, secret }: DeliveryOptions): Promise<string | null> {
  try {
    const made = await statement(pool, due.month, due.currency, to.tenant === undefined ? null : [to.tenant]);
    const file = rendered(made, to.format, to.tenant);
    if (to.folder !== undefined) {
      await write(to.folder, file);
      return null;
    }
    if (secret === null || to.webhook_url === undefined) {
      return 'LLMCOST_WEBHOOK_SECRET is not set: nothing signs what would be sent';
    }
    return await postSigned(to.webhook_url, secret, {
      id: `chargeback/${encodeURIComponent(due.name)}/${due.month}`,
      body: file.content,
      headers: { 'content-type': file.type, 'content-disposition': `attachment; filename="${file.name}"` },
    });
  } catch (error) {
    return (error as Error).message.slice(0, 500);
  }
}

/**
 * Sends the statements of closed months, each at least once: until the file stands in its folder, or its receiver answered
 * 2xx. Every replica may call this.
 *
 * @returns how many were delivered.
 */
export async function deliverStatements(options: DeliveryOptions): Promise<number> {
  const { pool, log, deliveries } = options;
  if (deliveries.length === 0) {
    return 0;
  }
  const byName = new Map(deliveries.map((one) => [one.name, one]));
  const names = [...byName.keys()];
  await plan(pool, names);
  let delivered = 0;
  for (let due = await take(pool, names); due; due = await take(pool, names)) {
    const error = await deliver(byName.get(due.name)!, due, options);
    await pool.query(
      `UPDATE public.chargeback_deliveries SET last_error = $3, delivered_at = CASE WHEN $3::text IS NULL THEN now() END
       WHERE name = $1 AND month = $2::date`,
      [due.name, `${due.month}-01`, error]
    );
    const told = { delivery: due.name, month: due.month };
    if (error === null) {
      delivered++;
      log.info(told, 'a statement is delivered');
    } else if (due.attempts === 1) {
      log.warn({ ...told, error }, 'a statement could not be delivered; it is tried again');
    }
  }
  return delivered;
}
