import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../storage/transaction';
import type { Projection, WindowProjection } from './project';
import type { SpentPoint } from './spentPath';

/** What is known of a budget's future, and of its current window so far. */
export interface Outlook {
  readonly budgetId: string;
  readonly counterId: bigint;
  /** Null while it is too early to say. */
  readonly projection: WindowProjection | null;
  /** Thresholds that will be crossed in the window. */
  readonly coming: ReadonlyArray<{ readonly threshold: number; readonly at: string | null }>;
  readonly spent: readonly SpentPoint[];
  /** Days of calls that it rests on. */
  readonly days: number;
  /** What the next day, week and month cost. */
  readonly outlooks: Readonly<Record<'day' | 'week' | 'month', Projection | null>>;
}

/** USD as whole micro-USD in pico-USD: expectations have no more digits than that. */
const pico = (usd: number): string => `${Math.round(usd * 1e6)}000000`;
const picoOrNull = (usd: number | undefined): string | null => (usd === undefined ? null : pico(usd));

async function storeWindow(client: PoolClient, { counterId, projection, coming, days }: Outlook): Promise<void> {
  await client.query('DELETE FROM public.budget_projections WHERE counter_id = $1', [counterId]);
  if (!projection) {
    return;
  }
  const { low, expected, high, method, back_test_error: error } = projection;
  await client.query(
    `INSERT INTO public.budget_projections (counter_id, low, expected, high, method, back_test_error, days)
     VALUES ($1, $2::numeric, $3::numeric, $4::numeric, $5, $6, $7)`,
    [counterId, pico(low), pico(expected), pico(high), method, error, days]
  );
  await client.query(
    `INSERT INTO public.budget_projected_crossings (counter_id, threshold, at)
     SELECT $1, * FROM unnest($2::numeric[], $3::timestamptz[])`,
    [counterId, coming.map(({ threshold }) => String(threshold)), coming.map(({ at }) => at)]
  );
}

async function storePoints(client: PoolClient, { counterId, projection, spent }: Outlook): Promise<void> {
  const path = projection?.path ?? [];
  const last = spent.at(-1)?.at ?? -Infinity;
  const ahead = path.filter(({ at }) => at > last);
  const iso = (at: number) => new Date(at).toISOString();
  await client.query('DELETE FROM public.budget_points WHERE counter_id = $1', [counterId]);
  await client.query(
    `INSERT INTO public.budget_points (counter_id, at, spent, low, expected, high)
     SELECT $1, * FROM unnest($2::timestamptz[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[])`,
    [
      counterId,
      [...spent, ...ahead].map(({ at }) => iso(at)),
      [...spent.map((point) => String(point.spent)), ...ahead.map(() => null)],
      [...spent.map(() => null), ...ahead.map(({ low }) => pico(low))],
      [...spent.map(() => null), ...ahead.map(({ expected }) => pico(expected))],
      [...spent.map(() => null), ...ahead.map(({ high }) => pico(high))],
    ]
  );
}

async function storeOutlooks(client: PoolClient, { budgetId, outlooks, days }: Outlook): Promise<void> {
  const list = Object.entries(outlooks);
  await client.query(
    `INSERT INTO public.budget_outlooks (budget_id, horizon, low, expected, high, method, back_test_error, days)
     SELECT $1::uuid, *, $8 FROM unnest($2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::text[], $7::float8[])
     ON CONFLICT (budget_id, horizon) DO UPDATE SET low = excluded.low, expected = excluded.expected,
       high = excluded.high, method = excluded.method, back_test_error = excluded.back_test_error,
       days = excluded.days, computed_at = now()`,
    [
      budgetId,
      list.map(([horizon]) => horizon),
      list.map(([, one]) => picoOrNull(one?.low)),
      list.map(([, one]) => picoOrNull(one?.expected)),
      list.map(([, one]) => picoOrNull(one?.high)),
      list.map(([, one]) => one?.method ?? null),
      list.map(([, one]) => one?.back_test_error ?? null),
      days,
    ]
  );
}

/** Replaces what was stored of a budget before. Nothing is stored for a window that is gone by now. */
export function storeProjection(pool: Pool, outlook: Outlook): Promise<void> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('SELECT FROM public.budget_counters WHERE counter_id = $1 FOR KEY SHARE', [
      outlook.counterId,
    ]);
    // Replicas do the same now and then: one after the other, for each budget.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7226330162))', [outlook.budgetId]);
    if (rowCount) {
      await storeWindow(client, outlook);
      await storePoints(client, outlook);
      await storeOutlooks(client, outlook);
    }
  });
}
