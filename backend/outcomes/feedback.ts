import type { Pool } from 'pg';
import { timestamp } from '../storage/eventColumns';
import { inTransaction } from '../storage/transaction';

export const TARGET_KINDS = ['call', 'run', 'session'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** By what calls are found: their event id, the provider's response id, their run or their session. */
export interface TargetKey {
  readonly kind: 'event' | 'response' | 'run' | 'session';
  readonly key: string;
}

/** What somebody says that a call, run or session brought. */
export interface Feedback {
  /** '' where it may be a call of any tenant. */
  readonly tenant: string;
  readonly kind: TargetKind;
  /** The target's id as the sender knows it. */
  readonly target: string;
  /** Any of these finds its calls. */
  readonly keys: readonly TargetKey[];
  /** The evaluator, or what was evaluated; '' where nobody says. One verdict of each holds. */
  readonly name: string;
  /** When it was given, µs since 1970. */
  readonly time: number;
  readonly success: boolean | null;
  /** Decimal text. */
  readonly score: string | null;
  readonly label: string | null;
  readonly comment: string | null;
  readonly source: string;
}

/**
 * What became of it: new; said again; in the place of an earlier verdict; or older than the one that holds, which stays.
 */
export type FeedbackStatus = 'accepted' | 'duplicate' | 'corrected' | 'outdated';

const identity = ({ tenant, kind, target, name }: Feedback): string => JSON.stringify([tenant, kind, target, name]);

/** In the order of their identities, in which everybody locks, and of those with one identity the latest last. */
const ordered = (items: readonly Feedback[]): number[] =>
  items
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [identity(items[a]!), identity(items[b]!)];
      return x < y ? -1 : x > y ? 1 : items[a]!.time - items[b]!.time || a - b;
    });

const UPSERT = `INSERT INTO public.feedback AS held
    (tenant, target_kind, target, name, time, success, score, label, comment, source, by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (tenant, target_kind, target, name) DO UPDATE SET
    time = excluded.time, success = excluded.success, score = excluded.score, label = excluded.label,
    comment = excluded.comment, source = excluded.source, by = excluded.by, corrections = held.corrections + 1,
    received_at = now(), looked = false
  WHERE excluded.time >= held.time AND (held.success, held.score, held.label, held.comment)
    IS DISTINCT FROM (excluded.success, excluded.score, excluded.label, excluded.comment)
  RETURNING feedback_id, corrections`;

/**
 * Stores feedback: durable when it resolves. The same verdict again changes nothing; of two different ones about one target
 * by one evaluator the later holds, whichever came first.
 *
 * @returns for each in its order what became of it.
 */
export async function storeFeedback(pool: Pool, items: readonly Feedback[], by: string): Promise<FeedbackStatus[]> {
  return inTransaction(pool, async (client) => {
    const statuses: FeedbackStatus[] = [];
    for (const index of ordered(items)) {
      const item = items[index]!;
      const id = [item.tenant, item.kind, item.target, item.name];
      const { rows } = await client.query<{ feedback_id: bigint; corrections: number }>({
        name: 'store_feedback',
        text: UPSERT,
        values: [
          ...id,
          timestamp(item.time),
          item.success,
          item.score,
          item.label,
          item.comment,
          item.source,
          by.slice(0, 200),
        ],
      });
      const [stored] = rows;
      if (stored) {
        statuses[index] = stored.corrections > 0 ? 'corrected' : 'accepted';
        await client.query({
          name: 'store_feedback_keys',
          text: `INSERT INTO public.feedback_keys (kind, key, feedback_id) SELECT kind, key, $3
            FROM unnest($1::text[], $2::text[]) given (kind, key) ON CONFLICT DO NOTHING`,
          values: [item.keys.map(({ kind }) => kind), item.keys.map(({ key }) => key), stored.feedback_id],
        });
      } else {
        const { rows: held } = await client.query<{ older: boolean }>(
          `SELECT $5::timestamptz < time AS older FROM public.feedback
           WHERE tenant = $1 AND target_kind = $2 AND target = $3 AND name = $4`,
          [...id, timestamp(item.time)]
        );
        statuses[index] = held[0]?.older ? 'outdated' : 'duplicate';
      }
    }
    return statuses;
  });
}
