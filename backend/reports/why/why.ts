import type { Pool } from 'pg';
import { type DimensionName, type MetricName, NOT_SET, parseInstant, parseQuery } from '../../../src/query';
import { picoToUsd, roundHalfEven, usdSumToPico } from '../../pricing/decimal';
import { type Cell, queryRowsBySets, type SetRow } from '../../query/runQuery';
import { mostTelling, type MoversOf, rankMovers } from './movers';
import type { Range, WhyRequest } from './request';
import { sentence } from './sentence';
import { type Factor, FACTORS, type Fraction, type Period, splitDifference, type Usage } from './split';

/** Who may explain a difference, beside its users. */
const WHO = [
  'tenant',
  'project',
  'team',
  'feature',
  'agent',
  'service',
  'model',
  'release',
] as const satisfies readonly DimensionName[];

/** What calls for the same work have in common; then what is priced alike, as far as the rollups know it. */
const WORK = ['feature', 'operation'] as const satisfies readonly DimensionName[];
const ALIKE = [
  ...WORK,
  'provider',
  'model',
  'deployment',
  'service_tier',
  'unpriced_reason',
] as const satisfies readonly DimensionName[];
const METRICS = [
  'total_cost',
  'calls',
  'retries',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'input_cost',
  'cache_read_cost',
  'cache_write_cost',
  'output_cost',
  'unpriced_calls',
] as const satisfies readonly MetricName[];
/** Beyond so many in each period, those who cost least explain nothing. */
const MOST_USERS = 10_000;

/** The reply of `POST /v1/reports/why-changed`; money is decimal USD text. */
export interface WhyReport {
  /** An average has the cost of a stretch as long as the later period; its unpriced calls are counted as they are. */
  readonly before: Range & { readonly cost: string; readonly unpriced_calls: number; readonly average?: true };
  readonly after: Range & { readonly cost: string; readonly unpriced_calls: number };
  readonly difference: string;
  /** Adds up to the difference exactly. */
  readonly factors: ReadonlyArray<{ factor: Factor; label: string; means: string; amount: string }>;
  /** By dimension, the most telling one first, each with the values that moved most. */
  readonly who: ReadonlyArray<{
    dimension: string;
    explained: number;
    movers: ReadonlyArray<{ value: string; before: string; after: string; difference: string }>;
  }>;
  readonly sentence: string;
}

/**
 * Why the cost of two periods differs: the difference split into its causes without a rest, and who is behind it.
 * Unpriced calls have no cost and take no part; how many they are is told.
 *
 * @param tenants limits what may be seen; null sees all
 * @throws QueryError for filters that make no sense
 */
export async function whyChanged(
  pool: Pool,
  request: WhyRequest,
  tenants: readonly string[] | null
): Promise<WhyReport> {
  const ranges = [request.before, request.after];
  const { filters } = parseQuery({ ...request.after, metrics: ['total_cost'], filters: request.filters });
  const [sums, byUser] = await Promise.all([
    queryRowsBySets(pool, { ranges, filters, metrics: METRICS, sets: [ALIKE, ...WHO.map((name) => [name])] }, tenants),
    // Apart, so that all else is read from the rollups that don't know users, which are the smaller ones.
    queryRowsBySets(
      pool,
      { ranges, filters, metrics: ['total_cost'], sets: [['user_id']], limit: 2 * MOST_USERS },
      tenants
    ),
  ]);
  const [[alikeBefore, ...was], [alikeAfter, ...is]] = sums as [Sums, Sums];
  const [before, after] = [periodOf(alikeBefore), periodOf(alikeAfter)];
  const scale = scaleOf(request);
  const factors = splitDifference(before, after, scale);
  // The parts are the difference, so that an average, which is no whole number, adds up too.
  const difference = FACTORS.reduce((sum, { name }) => sum + factors[name], 0n);
  const costAfter = costOf(after);
  const costBefore = costAfter - difference;
  const ranked = (dimension: DimensionName, earlier: readonly SetRow[], later: readonly SetRow[]): MoversOf =>
    rankMovers(dimension, scaled(costBy(earlier), scale), costBy(later), difference);
  const who = [
    ...WHO.map((dimension, i) => ranked(dimension, was[i]!, is[i]!)),
    ranked('user_id', byUser[0]![0]!, byUser[1]![0]!),
  ];
  const telling = mostTelling(who);
  return {
    before: {
      ...request.before,
      cost: picoToUsd(costBefore),
      unpriced_calls: unpricedOf(alikeBefore),
      ...(request.average ? { average: true } : {}),
    },
    after: { ...request.after, cost: picoToUsd(costAfter), unpriced_calls: unpricedOf(alikeAfter) },
    difference: picoToUsd(difference),
    factors: FACTORS.map(({ name, label, means }) => ({
      factor: name,
      label,
      means,
      amount: picoToUsd(factors[name]),
    })),
    who: [...telling, ...who.filter((one) => !telling.includes(one) && one.movers.length > 0)].map(moversReply),
    sentence: sentence(costBefore, costAfter, factors, telling, request.average),
  };
}

/** The rows of a period: first what is priced alike, then by each dimension that may explain a difference. */
type Sums = [SetRow[], ...SetRow[][]];

const count = (cell: Cell | undefined): bigint => BigInt(cell ?? 0);
const pico = (cell: Cell | undefined): bigint => usdSumToPico(String(cell ?? '0'));

/** Priced usage; what has no price takes no part, its tokens neither. */
function periodOf(rows: readonly SetRow[]): Period {
  return new Map(
    rows
      .filter(({ values }) => values[ALIKE.indexOf('unpriced_reason')] === null)
      .map(({ values, metrics }) => [
        JSON.stringify(values),
        usageOf(JSON.stringify(values.slice(0, WORK.length)), metrics),
      ])
  );
}

const unpricedOf = (rows: readonly SetRow[]): number =>
  rows.reduce((sum, { metrics }) => sum + Number(metrics[METRICS.indexOf('unpriced_calls')]), 0);

function usageOf(work: string, cells: readonly Cell[]): Usage {
  const at = (name: (typeof METRICS)[number]): Cell | undefined => cells[METRICS.indexOf(name)];
  const [read, write] = [count(at('cache_read_tokens')), count(at('cache_write_tokens'))];
  return {
    work,
    calls: count(at('calls')),
    retries: count(at('retries')),
    tokens: {
      input: count(at('input_tokens')) - read - write,
      cache_read: read,
      cache_write: write,
      output: count(at('output_tokens')),
    },
    cost: {
      input: pico(at('input_cost')),
      cache_read: pico(at('cache_read_cost')),
      cache_write: pico(at('cache_write_cost')),
      output: pico(at('output_cost')),
    },
    total: pico(at('total_cost')),
  };
}

/** What the earlier period is multiplied with. */
function scaleOf({ before, after, average }: WhyRequest): Fraction {
  const length = ({ from, to }: Range): bigint => BigInt(parseInstant(to) - parseInstant(from));
  return average ? { num: length(after), den: length(before) } : { num: 1n, den: 1n };
}

const scaled = (costs: ReadonlyMap<string, bigint>, { num, den }: Fraction): Map<string, bigint> =>
  new Map([...costs].map(([value, cost]) => [value, roundHalfEven(cost * num, den)]));

const costOf = (period: Period): bigint => [...period.values()].reduce((sum, { total }) => sum + total, 0n);

const costBy = (rows: readonly SetRow[]): Map<string, bigint> =>
  new Map(rows.map(({ values, metrics }) => [String(values[0] ?? NOT_SET), pico(metrics[0])]));

const moversReply = ({ dimension, explained, movers }: MoversOf): WhyReport['who'][number] => ({
  dimension,
  explained: Math.round(explained * 1000) / 1000,
  movers: movers.map(({ value, before, after }) => ({
    value,
    before: picoToUsd(before),
    after: picoToUsd(after),
    difference: picoToUsd(after - before),
  })),
});
