import { percentOf } from '../../query';
import { type Action, type Budget, type BudgetInput, type BudgetList, inputOf, type Period } from './budgets';
import { nameOf } from './words';

/** A dimension of the scope while it is being edited. */
export interface DraftScope {
  readonly dimension: string;
  readonly values: readonly string[];
}

/** A threshold while it is being edited; the share as per cent text. */
export interface DraftThreshold {
  readonly percent: string;
  readonly actions: readonly Action[];
}

/** A budget while it is being edited: texts as they are typed. */
export interface Draft extends Omit<BudgetInput, 'scope' | 'thresholds' | 'actions' | 'starts_on'> {
  scope: readonly DraftScope[];
  thresholds: readonly DraftThreshold[];
  starts_on: string;
}

/** What a new budget begins with: a month of the viewer's own calendar, told at 80% and when it is used up. */
export const newDraft = (
  tenants: BudgetList['tenants'] = null,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
): Draft => ({
  name: '',
  // The only one that there is to choose.
  tenant: tenants?.length === 1 ? tenants[0] : null,
  scope: [],
  amount: '',
  period: 'month',
  time_zone: timeZone,
  starts_on: '',
  thresholds: [
    { percent: '80', actions: ['notify'] },
    { percent: '100', actions: ['notify'] },
  ],
  hard: false,
  on_unavailable: 'allow',
  webhook_url: null,
  alert: {},
  owner: null,
  note: null,
  enabled: true,
});

export function draftOf(budget: Budget): Draft {
  const { scope, thresholds, actions, starts_on, ...rest } = inputOf(budget);
  return {
    ...rest,
    scope: Object.entries(scope).map(([dimension, values]) => ({ dimension, values })),
    thresholds: thresholds.map((share) => ({
      percent: String(percentOf(share)),
      actions: actions[String(share)] ?? ['notify'],
    })),
    starts_on: starts_on === null ? '' : String(starts_on),
  };
}

/** Periods that may begin on another day than their first. */
export const STARTS_ON: Readonly<Partial<Record<Period, number>>> = { week: 7, month: 31, quarter: 31, year: 31 };

const has = ({ thresholds }: Draft, action: Action): boolean =>
  thresholds.some(({ actions }) => actions.includes(action));

export const sendsWebhooks = (draft: Draft): boolean => has(draft, 'webhook');

/** Whether calls that ask before may be stopped: then it matters what is said while the database is away. */
export const stopsCalls = (draft: Draft): boolean => draft.hard || has(draft, 'block') || has(draft, 'approval');

const share = (percent: string): number => Number((Number(percent) / 100).toFixed(6));
const isShare = (percent: string): boolean => /^\d+(\.\d+)?$/.test(percent.trim()) && Number(percent) > 0;

/** USD as the collector takes them. */
export const isAmount = (text: string): boolean => /^\d{1,9}(\.\d{1,12})?$/.test(text.trim()) && Number(text) > 0;

/** What is wrong with the thresholds, if something is. */
function thresholdProblem({ thresholds }: Draft): string | undefined {
  if (thresholds.length === 0 || !thresholds.every(({ percent }) => isShare(percent))) {
    return 'At least one, each a per cent like 80';
  }
  const different = new Set(thresholds.map(({ percent }) => Number(percent)));
  return different.size < thresholds.length ? 'Each threshold may be there once' : undefined;
}

/** What is wrong with the day on which the period begins, if something is. */
function startProblem({ period, starts_on }: Draft): string | undefined {
  const last = STARTS_ON[period];
  if (last === undefined || starts_on.trim() === '') {
    return undefined;
  }
  const start = Number(starts_on);
  return Number.isInteger(start) && start >= 1 && start <= last ? undefined : `A day from 1 to ${last}`;
}

type DraftField = 'tenant' | 'amount' | 'thresholds' | 'scope' | 'webhook' | 'starts_on';

/**
 * What has to be mended before it can be saved, by field; the collector checks everything else.
 *
 * @param tenants of whom the editor may make budgets, one of them each; null for all, and for one over all
 */
export function problemsOf(draft: Draft, tenants: BudgetList['tenants'] = null): Partial<Record<DraftField, string>> {
  const unchosen = draft.scope.some(({ dimension, values }) => dimension !== '' && values.length === 0);
  const found: Record<DraftField, string | undefined> = {
    tenant: tenants !== null && draft.tenant === null ? `Choose a tenant: ${tenants.join(', ')}` : undefined,
    amount: isAmount(draft.amount) ? undefined : 'An amount like 250 or 0.50, below 1,000,000,000',
    thresholds: thresholdProblem(draft),
    scope: unchosen ? 'Choose a value, or remove the line' : undefined,
    webhook: sendsWebhooks(draft) && !draft.webhook_url?.trim() ? 'The action Webhook needs an address' : undefined,
    starts_on: startProblem(draft),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

const orNull = (text: string | null): string | null => text?.trim() || null;

/** The budget as it is sent. An amount that is missing yet counts as a dollar, for the preview. */
export function toInput(draft: Draft): BudgetInput {
  const { name, amount, scope, thresholds, starts_on, period } = draft;
  const named: BudgetInput['scope'] = Object.fromEntries(
    scope.filter(({ values }) => values.length > 0).map(({ dimension, values }) => [dimension, [...values]])
  );
  const known = thresholds.filter(({ percent }) => isShare(percent));
  return {
    ...draft,
    name: name.trim() || nameOf({ ...draft, scope: named }),
    amount: isAmount(amount) ? amount.trim() : '1',
    scope: named,
    thresholds: known.map(({ percent }) => share(percent)),
    actions: Object.fromEntries(known.map(({ percent, actions }) => [String(share(percent)), [...actions]])),
    starts_on: STARTS_ON[period] !== undefined && starts_on.trim() !== '' ? Number(starts_on) : null,
    webhook_url: sendsWebhooks(draft) ? orNull(draft.webhook_url) : null,
    owner: orNull(draft.owner),
    note: orNull(draft.note),
  };
}

/** What is asked to preview: webhooks don't matter there, and may lack their address yet. */
export function toPreview(draft: Draft): BudgetInput {
  const { actions, ...input } = toInput(draft);
  const others = Object.entries(actions).map(([key, list]) => [key, list.filter((one) => one !== 'webhook')] as const);
  return { ...input, actions: Object.fromEntries(others), webhook_url: null };
}
