import { sendToCollector } from '../../collector/client';
import type { QueryFilter } from '../../datasource/types';
import { toCsv } from '../../query/csv';
import { wholeFilters } from '../shared/filters';
import { count } from '../shared/format';
import { beforeOf, limitsOf, type Periods } from './periods';

interface PeriodCost {
  /** RFC 3339, `[from, to)`. */
  from: string;
  to: string;
  /** USD as decimal text. */
  cost: string;
  unpriced_calls: number;
  /** The cost is that of an average stretch as long as the later period. */
  average?: boolean;
}

/** A part of the difference; all of them add up to it exactly. */
export interface Factor {
  factor: string;
  label: string;
  means: string;
  amount: string;
}

export interface Mover {
  value: string;
  before: string;
  after: string;
  difference: string;
}

/** A dimension with the values that moved most. */
export interface Who {
  dimension: string;
  /** Part of the difference that its first mover makes; over 1 where others made up for it. */
  explained: number;
  movers: Mover[];
}

/** The reply of `POST /v1/reports/why-changed`. */
export interface WhyReport {
  before: PeriodCost;
  after: PeriodCost;
  difference: string;
  factors: Factor[];
  who: Who[];
  sentence: string;
}

/** Whether there is anything to explain. */
export const hasCost = ({ before, after }: WhyReport): boolean => Number(before.cost) !== 0 || Number(after.cost) !== 0;

/** What takes no part because it has no price; empty where everything has one. */
export const unpricedWords = ({
  before: { unpriced_calls: before },
  after: { unpriced_calls: after },
}: WhyReport): string =>
  before + after > 0
    ? `Without a price, and so in no amount: ${count(before)} calls before, ${count(after)} after.`
    : '';

const text = (ms: number): string => new Date(ms).toISOString();

/** Asks the collector, which leaves out what the viewer may not see. */
export function askWhy(periods: Periods, filters: readonly QueryFilter[]): Promise<WhyReport> {
  const [now, before] = [limitsOf(periods.now), beforeOf(periods)];
  return sendToCollector<WhyReport>('POST', 'api/reports/why-changed', {
    from: text(now.from),
    to: text(now.to),
    compare_from: text(before.from),
    compare_to: text(before.to),
    ...(periods.average ? { compare_average: true } : {}),
    filters: wholeFilters(filters),
  });
}

/** Everything on the page, with exact amounts. */
export function csvOf({ before, after, difference, factors, who }: WhyReport): string {
  const row = (part: string, name: string, was: string | null, is: string | null, by: string | null) => [
    part,
    name,
    was,
    is,
    by,
  ];
  return toCsv({
    columns: [
      { name: 'part', type: 'text' },
      { name: 'name', type: 'text' },
      { name: 'before_usd', type: 'money' },
      { name: 'after_usd', type: 'money' },
      { name: 'difference_usd', type: 'money' },
    ],
    rows: [
      row('total', `${before.from}/${before.to} to ${after.from}/${after.to}`, before.cost, after.cost, difference),
      ...factors.map(({ factor, amount }) => row('cause', factor, null, null, amount)),
      ...who.flatMap(({ dimension, movers }) =>
        movers.map((mover) => row(dimension, mover.value, mover.before, mover.after, mover.difference))
      ),
    ],
  });
}
