import type { Pool } from 'pg';
import { parseQuery } from '../../src/query';
import { multiply, picoToUsd, ratio, type Ratio } from '../pricing/decimal';
import { queryRows } from '../query/runQuery';
import { workOf } from '../savings/work';
import { applyChange, baseLine, type Line, plannedLine, type Prices, whole } from './apply';
import { MOST_DAYS, type Scenario } from './request';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** Days of an average month and year of the Gregorian calendar. */
const MONTH = ratio(146_097n, 4_800n);
const YEAR = ratio(146_097n, 400n);
/** 80% of normally distributed values lie within this many standard deviations. */
const EIGHTY = 1.2816;

interface Amounts {
  readonly base: string;
  readonly scenario: string;
  readonly difference: string;
  /** For drawing: where four of five such periods end, by how the base's days vary. */
  readonly low: number;
  readonly high: number;
}

export interface WhatIf {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Of the base's days, then of an average month and year. */
  readonly period: Amounts;
  readonly month: Amounts;
  readonly year: Amounts;
  /** Budgets over whole tenants, beside what the scenario comes to in one of their windows of a month or a year. */
  readonly budgets: ReadonlyArray<{
    name: string;
    tenant: string | null;
    period: string;
    limit: string;
    scenario: string;
    ratio: number;
  }>;
  readonly lines: readonly object[];
  /** Lines whose cost is not known, and so in no amount. */
  readonly unpriced: number;
}

const sum = (lines: readonly Line[]): bigint =>
  lines.reduce((total, { cost }) => total + (cost ? whole(cost) : 0n), 0n);

const usd = (amount: Ratio | null): string | null => amount && picoToUsd(whole(amount));

const asLine = (line: Line): object => ({
  tenant: line.tenant,
  feature: line.feature,
  operation: line.operation,
  provider: line.provider,
  model: line.model,
  calls: String(whole(line.calls)),
  tokens: Object.fromEntries(Object.entries(line.tokens).map(([kind, amount]) => [kind, String(whole(amount))])),
  cost: usd(line.cost),
  base_cost: usd(line.baseCost),
  steps: line.steps,
  step_costs: line.stepCosts.map(usd),
  at_base_rates: line.terms,
});

/** How much a day differs from the next: the standard deviation of daily cost by its mean. */
async function variation(pool: Pool, from: string, to: string, tenants: readonly string[] | null): Promise<number> {
  const query = parseQuery({ from, to, metrics: ['total_cost'], interval: '1d', time_zone: 'UTC' });
  const days = (await queryRows(pool, query, tenants)).map((row) => Number(row[1] ?? 0));
  const mean = days.reduce((a, b) => a + b, 0) / Math.max(1, days.length);
  const square = days.reduce((total, day) => total + (day - mean) ** 2, 0) / Math.max(1, days.length - 1);
  return mean > 0 ? Math.sqrt(square) / mean : 0;
}

/** What the scenario costs in some days, beside the base. */
function amounts(base: bigint, scenario: bigint, factor: Ratio, days: number, varies: number): Amounts {
  const [was, is] = [base, scenario].map((amount) => whole(multiply(ratio(amount, 1n), factor))) as [bigint, bigint];
  const expected = Number(is) / 1e12;
  // Days vary independently of each other: a longer stretch varies less, in proportion.
  const width = EIGHTY * varies * expected * Math.sqrt(1 / Math.max(1, days));
  return {
    base: picoToUsd(was),
    scenario: picoToUsd(is),
    difference: picoToUsd(is - was),
    low: Math.max(0, expected - width),
    high: expected + width,
  };
}

async function besideBudgets(
  pool: Pool,
  tenants: readonly string[] | null,
  scenario: Record<'month' | 'year', string>
) {
  const { rows } = await pool.query<{ name: string; tenant: string | null; period: 'month' | 'year'; limit: string }>(
    `SELECT name, tenant, period, round("limit")::text AS "limit" FROM public.budget_status
     WHERE period IN ('month', 'year') AND scope = '{}' AND currency = 'USD'
       AND CASE WHEN $1::text[] IS NULL THEN tenant IS NULL ELSE tenant = ANY ($1) AND cardinality($1) = 1 END ORDER BY name`,
    [tenants]
  );
  return rows.map(({ limit, ...budget }) => ({
    ...budget,
    limit: picoToUsd(BigInt(limit)),
    scenario: scenario[budget.period],
    ratio: (Number(scenario[budget.period]) / Number(limit)) * 1e12,
  }));
}

/**
 * The base's days: the thirty before today unless the scenario says otherwise.
 *
 * @throws RangeError when there is none, or when it is told in two ways.
 */
export function baseDays(scenario: Scenario, now: number): { from: string; to: string; days: number } {
  const end = Date.parse(scenario.to ?? new Date(now).toISOString().slice(0, 10));
  if (scenario.from !== undefined && scenario.days !== undefined) {
    throw new RangeError('days: from says already where the base begins; leave one of them out');
  }
  const begin =
    scenario.from === undefined ? end - (scenario.days ?? DEFAULT_DAYS) * DAY_MS : Date.parse(scenario.from);
  const days = Math.round((end - begin) / DAY_MS);
  if (days < 1 || days > MOST_DAYS) {
    throw new RangeError(`from: must be 1 to ${MOST_DAYS} days before to`);
  }
  return { from: new Date(begin).toISOString(), to: new Date(end).toISOString(), days };
}

/**
 * What the work of the base's days would cost with the changes, and in an average month and year. All amounts are exact from
 * the line's arithmetic on; only the range is an estimate.
 *
 * @param tenants whose; null for all
 * @param now ms since 1970
 * @throws RangeError when the base has no days.
 */
export async function whatIf(
  pool: Pool,
  scenario: Scenario,
  book: Prices['book'],
  tenants: readonly string[] | null,
  now: number
): Promise<WhatIf> {
  const { from, to, days } = baseDays(scenario, now);
  const prices: Prices = { book, at: now * 1000 };
  const before = (await workOf(pool, { from, to }, [], tenants)).map(baseLine);
  const changed = scenario.changes.reduce<Line[]>(
    (lines, change) => lines.flatMap((line) => applyChange(line, change, prices)),
    before
  );
  const owner = tenants?.length === 1 ? tenants[0]! : 'planned';
  const after = [...changed, ...scenario.planned.map((planned) => plannedLine(planned, days, owner, prices))];
  const varies = await variation(pool, from, to, tenants);
  const [base, total] = [sum(before), sum(after)];
  const perDay = ratio(1n, BigInt(days));
  const month = amounts(base, total, multiply(MONTH, perDay), 30, varies);
  const year = amounts(base, total, multiply(YEAR, perDay), 365, varies);
  return {
    from,
    to,
    days,
    period: amounts(base, total, ratio(1n, 1n), days, varies),
    month,
    year,
    budgets: await besideBudgets(pool, tenants, { month: month.scenario, year: year.scenario }),
    lines: after.map(asLine),
    unpriced: after.filter(({ cost }) => cost === null).length,
  };
}
