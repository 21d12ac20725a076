import type { ComboboxOption } from '@grafana/ui';
import { getFromCollector, sendToCollector } from '../../collector/client';
import type { CostReply } from '../../collector/reply';

/** What may make, change and remove budgets; plugin.json grants it to editors and administrators. */
export const WRITE_BUDGETS = 'llmcost-app.budgets:write';

export const PERIODS = ['hour', 'day', 'week', 'month', 'quarter', 'year', 'run'] as const;
export type Period = (typeof PERIODS)[number];

export const ACTIONS = ['notify', 'webhook', 'approval', 'block'] as const;
export type Action = (typeof ACTIONS)[number];

export type BudgetState = 'ok' | 'warning' | 'exceeded' | 'blocked' | 'needs_approval';

/** What people decide about a budget, as it is sent. Amounts are decimal USD text. */
export interface BudgetInput {
  name: string;
  /** Null: all tenants. */
  tenant: string | null;
  scope: Record<string, string[]>;
  amount: string;
  period: Period;
  time_zone: string;
  starts_on: number | null;
  /** Shares: 0.8 is 80%. */
  thresholds: number[];
  actions: Record<string, Action[]>;
  hard: boolean;
  on_unavailable: 'allow' | 'deny';
  webhook_url: string | null;
  alert: { contact_point?: string };
  owner: string | null;
  note: string | null;
  enabled: boolean;
}

/** When a threshold was crossed in this window, or is expected to be. RFC 3339. */
export interface Crossing {
  threshold: number;
  crossed_at: string | null;
  crosses_at: string | null;
}

/** A budget and how it stands, as `GET /v1/budgets` gives it. */
export interface Budget extends BudgetInput {
  id: string;
  version: number;
  /** `file`: provisioned, changed only in the collector's configuration file. */
  origin: 'api' | 'file';
  updated_at: string;
  updated_by: string;
  run_id: string | null;
  window_start: string | null;
  window_end: string | null;
  limit: string;
  spent: string;
  committed: string;
  remaining: string;
  ratio: number;
  calls: number;
  unpriced_calls: number;
  /** Null while it is too early to say. */
  projected_end: string | null;
  projected_low: string | null;
  projected_high: string | null;
  state: BudgetState;
  crossings: Crossing[];
  /** Of budgets per run. */
  runs?: unknown[];
}

/** A window of a preview. */
export interface PreviewWindow {
  window_start: string;
  window_end: string;
  spent: string;
  ratio: number;
  state: BudgetState;
  calls: number;
  unpriced_calls: number;
}

/** What a budget would say if it were there. */
export interface Preview {
  limit: string;
  look_back_days: number;
  /** Null for budgets per run. */
  current: PreviewWindow | null;
  /** The newest first. */
  previous: PreviewWindow[];
  runs: { count: number; largest: Array<{ run_id: string; spent: string; ratio: number }> } | null;
  fired: Array<{ threshold: number; times: number; last_at: string | null }>;
  forecast: {
    too_early: boolean;
    projected_end: number | null;
    low: number | null;
    high: number | null;
    back_test_error: number | null;
    days: number;
    crossings: Array<{ threshold: number; amount: number; at: string | null }>;
  } | null;
}

/** Something that was done with a budget. */
export interface AuditEntry {
  audit_id: number;
  at: string;
  by: string;
  action: string;
  version: number;
  details: Record<string, unknown> | null;
}

const pathOf = (id: string): string => `api/budgets/${encodeURIComponent(id)}`;

/** Budgets, and the tenants of whom the viewer may make some; null for all. */
export interface BudgetList {
  readonly budgets: readonly Budget[];
  readonly tenants: readonly string[] | null;
}

export const listBudgets = async (): Promise<BudgetList> => {
  const { budgets, tenants = null } = await getFromCollector<Pick<BudgetList, 'budgets'> & Partial<BudgetList>>(
    'api/budgets'
  );
  return { budgets, tenants };
};

export const previewBudget = (input: BudgetInput): Promise<Preview> =>
  sendToCollector('POST', 'api/budgets/preview', input);

export const createBudget = (input: BudgetInput): Promise<Budget> => sendToCollector('POST', 'api/budgets', input);

/** @param version the one that the editor saw: refused when somebody was faster */
export const updateBudget = (id: string, version: number, input: BudgetInput): Promise<Budget> =>
  sendToCollector('PUT', pathOf(id), { ...input, version });

export const removeBudget = (id: string): Promise<void> => sendToCollector('DELETE', pathOf(id));

export const listAudit = async (id: string): Promise<AuditEntry[]> =>
  (await getFromCollector<{ entries: AuditEntry[] }>(`${pathOf(id)}/audit`)).entries;

const MONTH_MS = 30 * 86_400_000;

/** Values of a dimension in the calls of the last 30 days, most used first. */
export async function valuesOf(dimension: string, tenant: string | null = null): Promise<string[]> {
  const now = Date.now();
  const { rows } = await sendToCollector<CostReply>('POST', 'api/query', {
    from: new Date(now - MONTH_MS).toISOString(),
    to: new Date(now).toISOString(),
    metrics: ['calls'],
    group_by: [dimension],
    filters: tenant === null ? [] : [{ dimension: 'tenant', operator: '=', values: [tenant] }],
    order_by: 'calls',
    direction: 'desc',
    limit: 200,
  });
  return rows.flatMap(([value]) => (value === null || value === undefined ? [] : [String(value)]));
}

/** The part of a budget that people decide about. */
export function inputOf(budget: Budget): BudgetInput {
  const { name, tenant, scope, amount, period, time_zone, starts_on, thresholds, actions, hard } = budget;
  const { on_unavailable, webhook_url, alert, owner, note, enabled } = budget;
  const when = { period, time_zone, starts_on };
  return {
    ...{ name, tenant, scope, amount, ...when, thresholds, actions, hard },
    ...{ on_unavailable, webhook_url, alert, owner, note, enabled },
  };
}

/** Options that contain what is typed; none where the values can't be read, so that any can be typed. */
export async function offerValues(dimension: string, tenant: string | null, typed: string): Promise<ComboboxOption[]> {
  const values = await valuesOf(dimension, tenant).catch(() => []);
  return values
    .filter((value) => value.toLowerCase().includes(typed.toLowerCase()))
    .map((value): ComboboxOption => ({ value }));
}
