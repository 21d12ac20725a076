import { dateTimeFormat } from '@grafana/data';
import { dimensionLabel, percentOf } from '../../query';
import { usd } from '../shared/format';
import type { Action, Budget, BudgetInput, BudgetState, Period } from './budgets';

type BadgeColor = 'green' | 'orange' | 'red' | 'purple' | 'blue';

/** States as they are shown; alert rules and the API call them by their names. */
export const STATES: Readonly<Record<BudgetState, { label: string; color: BadgeColor; means: string }>> = {
  ok: { label: 'OK', color: 'green', means: 'No threshold is reached' },
  warning: { label: 'Warning', color: 'orange', means: 'A threshold is reached' },
  exceeded: { label: 'Exceeded', color: 'red', means: 'The limit is spent' },
  blocked: { label: 'Blocking', color: 'red', means: 'Calls that ask before are denied until the reset' },
  needs_approval: {
    label: 'Needs approval',
    color: 'purple',
    means: 'Calls that ask before wait for somebody to agree',
  },
};

export const PERIOD_LABELS: Readonly<Record<Period, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
  run: 'Run',
};

export const ACTION_LABELS: Readonly<Record<Action, { label: string; description: string }>> = {
  notify: { label: 'Notify', description: 'Grafana’s alert rules speak of it' },
  webhook: { label: 'Webhook', description: 'Posts to the address below, signed' },
  approval: { label: 'Ask for approval', description: 'Calls that ask before wait for somebody to agree' },
  block: { label: 'Block', description: 'Calls that ask before are denied until the reset' },
};

/** A threshold, as it was given. */
export const percent = (share: number): string => `${percentOf(share)}%`;

/** A share that was measured, as panels write it. */
export const measured = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** A time in the budget's own zone. */
export const inZone = (time: string, timeZone: string, format = 'YYYY-MM-DD HH:mm'): string =>
  dateTimeFormat(time, { timeZone, format });

/** Which calls count, in words. */
export function scopeText({ tenant, scope }: Pick<BudgetInput, 'tenant' | 'scope'>): string {
  const parts = Object.entries(scope).map(([name, values]) => `${dimensionLabel(name)} ${values.join(' or ')}`);
  return [tenant === null ? 'All tenants' : `Tenant ${tenant}`, ...parts].join(', ');
}

/** A name for a budget that was given none. */
export function nameOf({ tenant, scope, period }: Pick<BudgetInput, 'tenant' | 'scope' | 'period'>): string {
  const whose = [tenant ?? '', ...Object.values(scope).map((values) => values.join(', '))].filter(Boolean);
  return `${whose.join(' / ') || 'Everything'} per ${period}`;
}

/** When it begins anew, in its own zone. */
export const resetText = ({ window_end, time_zone }: Pick<Budget, 'window_end' | 'time_zone'>): string =>
  window_end === null ? 'Each run has its own' : `${inZone(window_end, time_zone)} ${time_zone}`;

/** When thresholds were or will be crossed, a line each; those that won't be are told together. */
export function crossingLines({ crossings, projected_end, time_zone }: Budget): string[] {
  const dated = crossings.flatMap(({ threshold, crossed_at, crosses_at }) => {
    if (crossed_at !== null) {
      return `${percent(threshold)} crossed ${inZone(crossed_at, time_zone, 'MMM D, HH:mm')}`;
    }
    return crosses_at === null ? [] : `${percent(threshold)} on ${inZone(crosses_at, time_zone, 'MMM D')}`;
  });
  const others = crossings.filter(({ crossed_at, crosses_at }) => crossed_at === null && crosses_at === null);
  return projected_end === null || others.length === 0
    ? dated
    : [...dated, `${others.map(({ threshold }) => percent(threshold)).join(', ')}: not before the reset`];
}

/** Where the window is expected to end. */
export function projectionText({ projected_end, projected_low, projected_high, period }: Budget): string {
  if (period === 'run') {
    return '–';
  }
  if (projected_end === null) {
    return 'Too early to say';
  }
  return projected_low === null || projected_high === null
    ? usd(projected_end)
    : `${usd(projected_end)} (${usd(projected_low)} – ${usd(projected_high)})`;
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  amount: 'limit',
  starts_on: 'starts on',
  time_zone: 'time zone',
  on_unavailable: 'while the database is away',
  webhook_url: 'webhook',
};

const text = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? 'nothing'
    : typeof value === 'object'
      ? JSON.stringify(value).replace(/"/g, '')
      : `${value as string | number | boolean}`;

const NO_DECISION = ['id', 'version', 'origin', 'created_at', 'created_by', 'updated_at', 'updated_by', 'currency'];

/** What an edit changed, in words: "limit: 10 → 20". */
export function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !NO_DECISION.includes(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `${FIELD_NAMES[name] ?? name}: ${text(before[name])} → ${text(after[name])}`);
}
