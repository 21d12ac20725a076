import type { Pool, PoolClient } from 'pg';
import type { Action, Budget, BudgetRule, Threshold } from './budget';

type Queryable = Pool | PoolClient;

/** The tenants that somebody may see; null for all. */
export type Tenants = readonly string[] | null;

type Row = Omit<Budget, 'amount' | 'thresholds'> & {
  amount: string;
  thresholds: ReadonlyArray<{ threshold: string; actions: Action[] }>;
};

const SELECT = `SELECT budget.budget_id, budget.version, budget.name, budget.tenant, budget.scope, budget.amount::text,
    budget.currency, budget.period, budget.time_zone, budget.starts_on, budget.hard, budget.on_unavailable,
    budget.webhook_url, budget.contact_point, budget.owner, budget.note, budget.enabled, budget.origin,
    budget.created_at, budget.created_by, budget.updated_at, budget.updated_by,
    (SELECT jsonb_agg(jsonb_build_object('threshold', threshold::text, 'actions', actions) ORDER BY threshold)
     FROM public.budget_thresholds line WHERE line.budget_id = budget.budget_id) AS thresholds
  FROM public.budgets budget WHERE budget.deleted_at IS NULL`;

const toBudget = ({ amount, thresholds, ...rest }: Row): Budget => ({
  ...rest,
  amount: BigInt(amount),
  thresholds: thresholds.map(({ threshold, actions }): Threshold => ({
    threshold: Number(threshold),
    actions,
  })),
});

/** The budgets of these tenants or, for null, every one, those over all tenants too; by name. */
export async function listBudgets(client: Queryable, tenants: Tenants = null): Promise<Budget[]> {
  const { rows } = await client.query<Row>(
    `${SELECT} AND ($1::text[] IS NULL OR budget.tenant = ANY ($1)) ORDER BY budget.name, budget.budget_id`,
    [tenants]
  );
  return rows.map(toBudget);
}

/** @param tenants only a budget of one of these; null for any. */
export async function findBudget(client: Queryable, id: string, tenants: Tenants = null): Promise<Budget | null> {
  const { rows } = await client.query<Row>(
    `${SELECT} AND budget.budget_id = $1::uuid AND ($2::text[] IS NULL OR budget.tenant = ANY ($2))`,
    [id, tenants]
  );
  return rows[0] ? toBudget(rows[0]) : null;
}

/** The columns of what people decide, but for the thresholds. */
export const RULE_COLUMNS = [
  'name',
  'tenant',
  'scope',
  'amount',
  'currency',
  'period',
  'time_zone',
  'starts_on',
  'hard',
  'on_unavailable',
  'webhook_url',
  'contact_point',
  'owner',
  'note',
  'enabled',
] as const satisfies ReadonlyArray<keyof BudgetRule>;

const values = (rule: BudgetRule): unknown[] =>
  RULE_COLUMNS.map((name) =>
    name === 'scope' ? JSON.stringify(rule.scope) : name === 'amount' ? String(rule.amount) : rule[name]
  );

/** Adds a budget's row, inside a transaction that began with `begin_budgeting`. */
export async function insertBudget(
  client: PoolClient,
  rule: BudgetRule,
  by: string,
  origin: Budget['origin'],
  id: string | null = null
): Promise<Budget> {
  const { rows } = await client.query<{ budget_id: string }>(
    `INSERT INTO public.budgets (budget_id, origin, created_by, updated_by, ${RULE_COLUMNS.join(', ')})
     VALUES (coalesce($1::uuid, gen_random_uuid()), $2, $3, $3, ${RULE_COLUMNS.map((_, i) => `$${i + 4}`).join(', ')})
     ON CONFLICT (budget_id) DO UPDATE SET deleted_at = NULL, version = budgets.version + 1, updated_at = now(),
       ${RULE_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}
     RETURNING budget_id`,
    [id, origin, by, ...values(rule)]
  );
  const budgetId = rows[0]!.budget_id;
  await setThresholds(client, budgetId, rule.thresholds);
  return (await findBudget(client, budgetId))!;
}

/** Replaces a budget's row, inside a transaction that began with `begin_budgeting`. */
export async function replaceBudget(client: PoolClient, id: string, rule: BudgetRule, by: string): Promise<Budget> {
  await client.query(
    `UPDATE public.budgets SET version = version + 1, updated_at = now(), updated_by = $2,
       ${RULE_COLUMNS.map((name, i) => `${name} = $${i + 3}`).join(', ')}
     WHERE budget_id = $1::uuid`,
    [id, by, ...values(rule)]
  );
  await setThresholds(client, id, rule.thresholds);
  return (await findBudget(client, id))!;
}

async function setThresholds(client: PoolClient, id: string, thresholds: readonly Threshold[]): Promise<void> {
  await client.query('DELETE FROM public.budget_thresholds WHERE budget_id = $1::uuid', [id]);
  await client.query(
    `INSERT INTO public.budget_thresholds (budget_id, threshold, actions)
     SELECT $1::uuid, (line ->> 'threshold')::numeric, ARRAY(SELECT jsonb_array_elements_text(line -> 'actions'))
     FROM jsonb_array_elements($2::jsonb) line`,
    [id, JSON.stringify(thresholds)]
  );
}

export interface AuditRecord {
  readonly by: string;
  readonly action: 'create' | 'update' | 'delete' | 'approve' | 'deny';
  readonly budget: Pick<Budget, 'budget_id' | 'version' | 'tenant'>;
  readonly details: unknown;
}

/** Writes who did what, in the transaction that does it. */
export async function audit(client: PoolClient, { by, action, budget, details }: AuditRecord): Promise<void> {
  await client.query(
    `INSERT INTO public.budget_audit (by, action, budget_id, version, tenant, details)
     VALUES ($1, $2, $3::uuid, $4, $5, $6::jsonb)`,
    [by, action, budget.budget_id, budget.version, budget.tenant, JSON.stringify(details)]
  );
}

export interface AuditEntry {
  readonly audit_id: number;
  readonly at: Date;
  readonly by: string;
  readonly action: string;
  readonly version: number;
  readonly details: unknown;
}

/** What was done with a budget, the newest first. */
export async function budgetAudit(pool: Pool, id: string, limit = 200): Promise<AuditEntry[]> {
  const { rows } = await pool.query<Omit<AuditEntry, 'audit_id'> & { audit_id: bigint }>(
    `SELECT audit_id, at, by, action, version, details FROM public.budget_audit
     WHERE budget_id = $1::uuid ORDER BY audit_id DESC LIMIT $2`,
    [id, limit]
  );
  return rows.map((row) => ({ ...row, audit_id: Number(row.audit_id) }));
}
