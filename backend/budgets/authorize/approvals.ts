import type { Pool, PoolClient } from 'pg';
import { picoTextToUsd } from '../../query/money';
import { inTransaction } from '../../storage/transaction';
import { audit, findBudget, type Tenants } from '../store';
import type { Concerned } from './decide';
import type { Ask } from './request';

/** How long somebody has to decide. */
export const APPROVAL_HOURS = 24;

/** How far an approval goes: this request, so much more, or everything until the window ends. */
export const GRANTS = ['once', 'amount', 'until_reset'] as const;
export type Grant = (typeof GRANTS)[number];

/** A request that waits, or waited, for somebody to decide. Amounts are decimal USD text. */
export interface Approval {
  readonly id: string;
  readonly state: 'waiting' | 'approved' | 'denied' | 'expired';
  readonly tenant: string;
  readonly budget_id: string;
  readonly budget: string;
  /** What was asked: who, what, why. */
  readonly request: unknown;
  readonly amount: string;
  /** How the budget stands by now. */
  readonly limit: string;
  readonly spent: string;
  readonly committed: string;
  readonly window_end: string | null;
  readonly grant: Grant | null;
  readonly grant_amount: string | null;
  readonly reason: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
}

/** Puts requests into the queue, once each, and tells the budgets' webhooks. In the transaction that decides. */
export async function askForApprovals(
  client: PoolClient,
  list: ReadonlyArray<{ readonly ask: Ask; readonly concerned: Concerned; readonly id: string }>
): Promise<void> {
  if (list.length === 0) {
    return;
  }
  await client.query(
    `WITH asked AS (
       INSERT INTO public.approvals (approval_id, tenant, budget_id, counter_id, request_id, request, amount, state, expires_at)
       SELECT id, tenant, budget_id, counter_id, request_id, request, amount, 'waiting', now() + $8 * interval '1 hour'
       FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::jsonb[], $7::numeric[])
         new (id, tenant, budget_id, counter_id, request_id, request, amount)
       ON CONFLICT (tenant, request_id, counter_id) DO UPDATE SET state = 'waiting', request = excluded.request,
         amount = excluded.amount, created_at = now(), expires_at = excluded.expires_at, grant_kind = NULL,
         grant_amount = NULL, reason = NULL, decided_at = NULL, decided_by = NULL
         WHERE approvals.state <> 'waiting'
       RETURNING *)
     INSERT INTO public.budget_outbox (budget_id, kind, url, payload)
     SELECT budget.budget_id, 'approval.waiting', budget.webhook_url, jsonb_build_object(
       'approval_id', asked.approval_id, 'budget_id', budget.budget_id, 'budget', budget.name, 'tenant', asked.tenant,
       'request', asked.request, 'amount', public.usd_text(asked.amount), 'currency', budget.currency,
       'limit', public.usd_text(budget.amount), 'expires_at', asked.expires_at, 'owner', budget.owner)
     FROM asked JOIN public.budgets budget USING (budget_id) WHERE budget.webhook_url IS NOT NULL`,
    [
      list.map(({ id }) => id),
      list.map(({ ask }) => ask.tenant),
      list.map(({ concerned }) => concerned.budget.budget_id),
      list.map(({ concerned }) => concerned.held.counterId),
      list.map(({ ask }) => ask.requestId),
      list.map(({ ask }) => JSON.stringify(ask.input)),
      list.map(({ ask }) => String(ask.estimate ?? 0n)),
      APPROVAL_HOURS,
    ]
  );
}

type Row = Omit<
  Approval,
  'id' | 'amount' | 'grant' | 'grant_amount' | 'window_end' | 'created_at' | 'expires_at' | 'decided_at'
> & {
  approval_id: string;
  amount: string;
  grant_kind: Grant | null;
  grant_amount: string | null;
  window_end: Date | number;
  created_at: Date;
  expires_at: Date;
  decided_at: Date | null;
};

const SELECT = `SELECT approval.approval_id, approval.tenant, approval.budget_id, budget.name AS budget, approval.request,
    approval.amount::text, budget.amount::text AS "limit", (counter.spent + counter.settled)::text AS spent,
    counter.committed::text, counter.window_end, approval.grant_kind, approval.grant_amount::text, approval.reason,
    approval.created_at, approval.expires_at, approval.decided_at, approval.decided_by,
    CASE WHEN approval.state = 'waiting' AND approval.expires_at <= now() THEN 'expired' ELSE approval.state END AS state
  FROM public.approvals approval
  JOIN public.budgets budget USING (budget_id)
  JOIN public.budget_counters counter USING (counter_id)`;

function toApproval({ approval_id: id, grant_kind: grant, ...row }: Row): Approval {
  return {
    ...row,
    id,
    grant,
    amount: picoTextToUsd(row.amount),
    limit: picoTextToUsd(row.limit),
    spent: picoTextToUsd(row.spent),
    committed: picoTextToUsd(row.committed),
    grant_amount: row.grant_amount === null ? null : picoTextToUsd(row.grant_amount),
    window_end: typeof row.window_end === 'number' ? null : row.window_end.toISOString(),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}

/** The queue, the newest first. `tenants` null: of all tenants; `state` null: decided ones too. */
export async function listApprovals(
  pool: Pool,
  tenants: Tenants,
  state: Approval['state'] | null,
  limit = 500
): Promise<Approval[]> {
  const { rows } = await pool.query<Row>(
    `SELECT * FROM (${SELECT} WHERE $1::text[] IS NULL OR approval.tenant = ANY ($1)) listed
     WHERE $2::text IS NULL OR state = $2 ORDER BY created_at DESC, approval_id LIMIT $3`,
    [tenants, state, limit]
  );
  return rows.map(toApproval);
}

export async function findApproval(pool: Pool | PoolClient, id: string, tenants: Tenants): Promise<Approval | null> {
  const { rows } = await pool.query<Row>(
    `${SELECT} WHERE approval.approval_id = $1::uuid AND ($2::text[] IS NULL OR approval.tenant = ANY ($2))`,
    [id, tenants]
  );
  return rows[0] ? toApproval(rows[0]) : null;
}

export type Decision =
  | { readonly state: 'approved'; readonly grant: Grant; /** pico-USD, for `amount`. */ readonly amount: bigint | null }
  | { readonly state: 'denied'; readonly reason: string };

/** Somebody else was faster, or nobody decided in time. */
export class AlreadyDecided extends Error {
  override name = 'AlreadyDecided';

  constructor({ state, decided_by: by }: Approval) {
    super(
      state === 'expired'
        ? 'nobody decided in time; the caller has to ask again'
        : `this was ${state} by ${by ?? 'somebody'} already`
    );
  }
}

/**
 * Decides about a request that waits. The caller asks again with the same request_id and goes on, or is told why not.
 *
 * @returns null when there is no such request. @throws AlreadyDecided
 */
export function decideApproval(
  pool: Pool,
  id: string,
  decision: Decision,
  by: string,
  tenants: Tenants
): Promise<Approval | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ counter_id: bigint }>(
      `SELECT counter_id FROM public.approvals WHERE approval_id = $1::uuid AND ($2::text[] IS NULL OR tenant = ANY ($2))`,
      [id, tenants]
    );
    if (!rows[0]) {
      return null;
    }
    // The counter first, as everybody who locks both.
    await client.query('SELECT FROM public.budget_counters WHERE counter_id = $1 FOR UPDATE', [rows[0].counter_id]);
    const before = (await findApproval(client, id, tenants))!;
    if (before.state !== 'waiting') {
      throw new AlreadyDecided(before);
    }
    const granted = decision.state === 'approved' ? decision : null;
    await client.query(
      `UPDATE public.approvals SET state = $2, grant_kind = $3, grant_amount = $4::numeric, reason = $5, decided_at = now(),
         decided_by = $6 WHERE approval_id = $1::uuid`,
      [
        id,
        decision.state,
        granted?.grant ?? null,
        granted?.amount == null ? null : String(granted.amount),
        decision.state === 'denied' ? decision.reason : null,
        by,
      ]
    );
    if (granted) {
      await raise(client, rows[0].counter_id, granted);
    }
    const budget = (await findBudget(client, before.budget_id))!;
    const details = { approval: id, request: before.request, amount: before.amount, ...plain(decision) };
    await audit(client, { by, action: granted ? 'approve' : 'deny', budget, details });
    return findApproval(client, id, tenants);
  });
}

const plain = (decision: Decision): object =>
  decision.state === 'denied'
    ? { reason: decision.reason }
    : { grant: decision.grant, grant_amount: decision.amount === null ? null : picoTextToUsd(String(decision.amount)) };

/** Lets calls go on from what is spent and reserved now: so much more, or without a bound until the reset. */
async function raise(client: PoolClient, counterId: bigint, { grant, amount }: Decision & { state: 'approved' }) {
  if (grant === 'until_reset') {
    await client.query('UPDATE public.budget_counters SET unlimited = true WHERE counter_id = $1', [counterId]);
  } else if (grant === 'amount') {
    await client.query(
      `UPDATE public.budget_counters SET ceiling = greatest(ceiling, spent + settled + committed + $2::numeric)
       WHERE counter_id = $1`,
      [counterId, String(amount)]
    );
  }
}

/** Ends the waiting of requests about which nobody decided. @returns how many. */
export async function expireApprovals(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE public.approvals SET state = 'expired', decided_at = now() WHERE state = 'waiting' AND expires_at <= now()`
  );
  return rowCount ?? 0;
}
