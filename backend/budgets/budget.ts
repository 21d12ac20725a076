import { closest } from 'fastest-levenshtein';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { isTagDimension, SCOPE_DIMENSIONS } from '../../src/query';
import { isDecimal, parseDecimal, picoToUsd, usdSumToPico } from '../pricing/decimal';
import { PERIODS, type CalendarPeriod, type Period } from './window';

/** What happens when a threshold is reached. `notify`: the shipped alert rules speak of it. */
export const ACTIONS = ['notify', 'webhook', 'approval', 'block'] as const;
export type Action = (typeof ACTIONS)[number];

/** How a budget stands. */
export const BUDGET_STATES = ['ok', 'warning', 'exceeded', 'blocked', 'needs_approval'] as const;
export type BudgetState = (typeof BUDGET_STATES)[number];

export { SCOPE_DIMENSIONS };

export interface Threshold {
  /** Share of the amount: 0.8 is 80%. */
  readonly threshold: number;
  readonly actions: readonly Action[];
}

/** What people decide about a budget. */
export interface BudgetRule {
  readonly name: string;
  /** Null: over all tenants. */
  readonly tenant: string | null;
  /** A call counts when it has one of the values of every dimension. */
  readonly scope: Readonly<Record<string, readonly string[]>>;
  /** pico-USD */
  readonly amount: bigint;
  readonly currency: 'USD';
  readonly period: Period;
  readonly time_zone: string;
  /** Weekday (1 = Monday) of a week, day of a month, quarter or year. */
  readonly starts_on: number | null;
  /** In ascending order. */
  readonly thresholds: readonly Threshold[];
  /** Nothing is let through that would exceed it. */
  readonly hard: boolean;
  /** What authorize says while the database is away. */
  readonly on_unavailable: 'allow' | 'deny';
  readonly webhook_url: string | null;
  readonly contact_point: string | null;
  readonly owner: string | null;
  readonly note: string | null;
  readonly enabled: boolean;
}

export interface Budget extends BudgetRule {
  readonly budget_id: string;
  readonly version: number;
  /** `file`: provisioned, changed only in the configuration file. */
  readonly origin: 'api' | 'file';
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

export const isCalendar = (period: Period): period is CalendarPeriod => period !== 'run';

const MAX_VALUES = 1_000;
const MAX_THRESHOLDS = 20;
const DEFAULT_THRESHOLDS = [0.8, 1];
const text = (most: number) => z.string().trim().min(1, 'must not be empty').max(most);
const optionalText = (most: number) => text(most).nullable().default(null);

/** Largest `starts_on` of each period; those without one take none. */
const LAST_START: Partial<Record<Period, number>> = { week: 7, month: 31, quarter: 31, year: 31 };

const scopeSchema = z
  .record(z.string(), z.array(text(1_000)).min(1, 'must have at least one value').max(MAX_VALUES))
  .superRefine((scope, context) => {
    for (const name of Object.keys(scope)) {
      if (!SCOPE_DIMENSIONS.includes(name) && !isTagDimension(name)) {
        const cure =
          name === 'tenant'
            ? 'the tenant is a field of the budget, not of its scope'
            : `unknown dimension; the nearest known one is "${closest(name, SCOPE_DIMENSIONS)}"`;
        context.addIssue({ code: 'custom', path: [name.slice(0, 100)], message: cure });
      }
    }
  });

/** A budget as it is posted, and as a configuration file has it. */
export const budgetSchema = z.strictObject({
  name: text(200),
  tenant: optionalText(1_000),
  scope: scopeSchema.default({}),
  amount: z
    .string('must be a decimal string of USD like "250.00"')
    .refine(
      (value) => isDecimal(value) && /[1-9]/.test(value) && value.replace(/\..*/, '').length <= 9,
      'must be a decimal string above 0 and below 1000000000 like "250.00"'
    )
    .refine((value) => usdSumToPico(value) > 0n, 'must be at least 0.000000000001'),
  currency: z
    .literal('USD', 'must be USD: costs are USD (GET /v1/currencies has rates to convert with)')
    .default('USD'),
  period: z.enum(PERIODS, `must be one of ${PERIODS.join(', ')}`),
  time_zone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like Europe/Berlin')
    .default('UTC'),
  starts_on: z.int().min(1).max(31).nullable().default(null),
  thresholds: z
    .array(z.number().gt(0, 'must be above 0: 0.8 is 80%').max(10, 'must be a share like 0.8, which is 80%'))
    .min(1, 'must have at least one')
    .max(MAX_THRESHOLDS)
    .default(DEFAULT_THRESHOLDS),
  actions: z.record(z.string(), z.array(z.enum(ACTIONS)).max(ACTIONS.length)).default({}),
  alert: z.strictObject({ contact_point: text(200).optional() }).default({}),
  webhook_url: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .max(2_000)
    .nullable()
    .default(null),
  hard: z.boolean().default(false),
  on_unavailable: z.enum(['allow', 'deny'], 'must be allow or deny').default('allow'),
  owner: optionalText(200),
  note: optionalText(2_000),
  enabled: z.boolean().default(true),
});

export type BudgetInput = z.input<typeof budgetSchema>;

/** What is wrong with a budget that no single field shows. */
function inconsistency(value: z.output<typeof budgetSchema>): string | null {
  const { period, starts_on: start, thresholds, actions, webhook_url: url } = value;
  const last = LAST_START[period];
  if (start !== null && (last === undefined || start > last)) {
    return last === undefined
      ? `starts_on: a ${period} has none; leave it out`
      : `starts_on: a ${period} starts on a day from 1 to ${last}`;
  }
  if (new Set(thresholds).size < thresholds.length) {
    return 'thresholds: each may be there once';
  }
  const odd = Object.keys(actions).find((key) => !thresholds.includes(Number(key)));
  if (odd !== undefined) {
    return `actions.${odd.slice(0, 50)}: is none of the thresholds ${thresholds.join(', ')}`;
  }
  return Object.values(actions).some((list) => list.includes('webhook')) && url === null
    ? 'webhook_url: the action "webhook" needs one'
    : null;
}

/** A checked budget, or the first thing that is wrong with it. */
export function toRule(value: z.output<typeof budgetSchema>): { rule: BudgetRule } | { problem: string } {
  const problem = inconsistency(value);
  if (problem !== null) {
    return { problem };
  }
  const { alert, actions, thresholds, amount, ...rest } = value;
  const named = new Map(Object.entries(actions).map(([key, list]) => [Number(key), [...new Set(list)]]));
  return {
    rule: {
      ...rest,
      amount: usdSumToPico(amount),
      contact_point: alert.contact_point ?? null,
      thresholds: [...thresholds]
        .sort((a, b) => a - b)
        .map((threshold) => ({ threshold, actions: named.get(threshold) ?? ['notify'] })),
    },
  };
}

/** A budget as the API gives it: the posted form with what was filled in. */
export function budgetReply(budget: Budget) {
  const { budget_id, amount, thresholds, contact_point, created_at, updated_at, ...rest } = budget;
  return {
    id: budget_id,
    ...rest,
    amount: picoToUsd(amount),
    thresholds: thresholds.map(({ threshold }) => threshold),
    actions: Object.fromEntries(thresholds.map(({ threshold, actions }) => [String(threshold), actions])),
    alert: contact_point === null ? {} : { contact_point },
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** The smallest amount (pico-USD) that reaches a share of an amount; exact. */
export function reachedAt(amount: bigint, threshold: number): bigint {
  const { num, den } = parseDecimal(String(threshold));
  return (amount * num + den - 1n) / den;
}
