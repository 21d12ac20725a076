import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { postSigned } from '../webhook';

/** Seconds until the next attempt double from the first to the last of these; then it is given up after about a day. */
const FIRST_PAUSE_S = 5;
const LONGEST_PAUSE_S = 3_600;
export const MAX_ATTEMPTS = 30;
const AT_ONCE = 20;

interface Due {
  notification_id: string;
  kind: string;
  url: string;
  payload: unknown;
  created_at: Date;
  attempts: number;
}

export interface WebhookOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** LLMCOST_WEBHOOK_SECRET; without it nothing is sent. */
  readonly secret: string | null;
}

/** Takes due notifications; while they are being sent nobody else does, and a crash only means that they are sent again. */
async function take(pool: Pool): Promise<Due[]> {
  const { rows } = await pool.query<Due>(
    `UPDATE public.budget_outbox SET attempts = attempts + 1,
       next_attempt_at = now() + least($1 * 2 ^ attempts, $2) * interval '1 second'
     WHERE notification_id IN (
       SELECT notification_id FROM public.budget_outbox
       WHERE delivered_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
       ORDER BY next_attempt_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
     RETURNING notification_id, kind, url, payload, created_at, attempts`,
    [FIRST_PAUSE_S, LONGEST_PAUSE_S]
  );
  return rows;
}

/** @returns why it was not delivered, or null. */
const post = (due: Due, secret: string): Promise<string | null> =>
  postSigned(due.url, secret, {
    id: due.notification_id,
    body: JSON.stringify({ type: due.kind, timestamp: due.created_at.toISOString(), data: due.payload }),
    headers: { 'content-type': 'application/json' },
  });

/**
 * Sends what is due, each notification at least once: until its receiver answers 2xx, with pauses that double, for about a
 * day. Every replica may call this.
 *
 * @returns how many were delivered.
 */
export async function sendWebhooks({ pool, log, secret }: WebhookOptions): Promise<number> {
  if (secret === null) {
    return 0;
  }
  const failures = await Promise.all((await take(pool)).map(async (due) => [due, await post(due, secret)] as const));
  for (const [{ notification_id: id, attempts }, error] of failures) {
    const over = error !== null && attempts >= MAX_ATTEMPTS;
    await pool.query(
      `UPDATE public.budget_outbox SET last_error = $2, delivered_at = CASE WHEN $2::text IS NULL THEN now() END,
         failed_at = CASE WHEN $3 THEN now() END WHERE notification_id = $1::uuid`,
      [id, error, over]
    );
    if (over) {
      log.error({ notification: id, attempts, error }, 'a webhook could not be delivered and is given up');
    }
  }
  return failures.filter(([, error]) => error === null).length;
}
