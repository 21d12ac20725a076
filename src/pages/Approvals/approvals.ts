import { getFromCollector, sendToCollector } from '../../collector/client';
import { type BudgetState, listBudgets } from '../Budgets/budgets';

/** What may decide about approvals; plugin.json grants it to editors and administrators. */
export const DECIDE = 'llmcost-app.approvals:write';

/** What the caller asked before its call: dimensions of the call, what it may cost, and why. */
export interface AskedFor {
  request_id?: string;
  model?: string | null;
  provider?: string | null;
  user_id?: string | null;
  agent?: string | null;
  service?: string | null;
  run_id?: string | null;
  why?: string;
  estimated_tokens?: Record<string, number>;
  [dimension: string]: unknown;
}

/** How far an approval goes. */
export type Grant = 'once' | 'amount' | 'until_reset';

/** A request that waits, or waited, for somebody to decide. Amounts are decimal USD text, times RFC 3339. */
export interface Approval {
  id: string;
  state: 'waiting' | 'approved' | 'denied' | 'expired';
  tenant: string;
  budget_id: string;
  budget: string;
  request: AskedFor;
  /** What the call may cost. */
  amount: string;
  /** How the budget stands by now. */
  limit: string;
  spent: string;
  committed: string;
  window_end: string | null;
  grant: Grant | null;
  grant_amount: string | null;
  reason: string | null;
  created_at: string;
  expires_at: string;
  decided_at: string | null;
  decided_by: string | null;
}

/** An approval with the state of its budget; null where the budget is gone. */
export interface Waiting extends Approval {
  /** When it was asked for, ms since 1970. */
  readAt: number;
  budgetState: BudgetState | null;
}

const list = async (query = ''): Promise<Approval[]> =>
  (await getFromCollector<{ approvals: Approval[] }>(`api/approvals${query}`)).approvals;

/** What waits, the one that waits longest first. */
export async function listWaiting(): Promise<Waiting[]> {
  const [approvals, { budgets }] = await Promise.all([
    list('?state=waiting'),
    // The state is worth showing, but not worth showing nothing.
    listBudgets().catch(() => ({ budgets: [] })),
  ]);
  const readAt = Date.now();
  const states = new Map(budgets.map(({ id, state }) => [id, state]));
  return approvals
    .map((one) => ({ ...one, readAt, budgetState: states.get(one.budget_id) ?? null }))
    .sort((a, b) => a.created_at.localeCompare(b.created_at));
}

/** What was decided or expired, the newest first. */
export const listDecided = async (): Promise<Approval[]> => (await list()).filter(({ state }) => state !== 'waiting');

const pathOf = (id: string, what: string): string => `api/approvals/${encodeURIComponent(id)}/${what}`;

export const approve = (id: string, grant: Grant, amount?: string): Promise<Approval> =>
  sendToCollector('POST', pathOf(id, 'approve'), grant === 'amount' ? { grant, amount } : { grant });

export const deny = (id: string, reason: string): Promise<Approval> =>
  sendToCollector('POST', pathOf(id, 'deny'), { reason });
