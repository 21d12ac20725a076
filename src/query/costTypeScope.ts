import { COST_TYPES, type CostType } from './costTypes';
import type { Measure } from './measures';
import type { Metric } from './metrics';
import { type CostQuery, QueryError } from './model';

/** SQL of a measure in some source. */
export type Column = (measure: Measure) => string;

/** The measures that can be told apart by cost type, and how each cost type changes them. */
const COMPONENT = new Map(COST_TYPES.map((type) => [type.cost as Measure, type.name]));
const NOT_DIVIDED: readonly Measure[] = [
  'retry_cost',
  'failed_cost',
  'unsuccessful_cost',
  'wasted_cost',
  'tool_cost',
  'rated_cost',
  'reported_cost',
  'cache_savings',
];
const DIVIDED: readonly Measure[] = ['total_cost', 'total_tokens', 'unpriced_tokens'];

const difference = ([first, ...others]: readonly Measure[], column: Column): string =>
  first ? [first, ...others].map((measure) => `coalesce(${column(measure)}, 0)`).join(' - ') : '0';

const parts = (types: readonly CostType[]) => COST_TYPES.filter(({ name }) => types.includes(name));

const added = (terms: readonly string[]): string => (terms.length ? terms.map((term) => `(${term})`).join(' + ') : '0');

/** The cost types that the query's filters leave, or null when it doesn't filter by cost type. */
export function filteredCostTypes(query: CostQuery): CostType[] | null {
  const filters = query.filters.filter(({ dimension }) => dimension === 'cost_type');
  if (!filters.length) {
    return null;
  }
  const holds = (name: string) =>
    filters.every(({ operator, values }) => {
      const hit = operator.endsWith('~') ? values.some((value) => pattern(value).test(name)) : values.includes(name);
      return hit !== operator.startsWith('!');
    });
  return COST_TYPES.map(({ name }) => name).filter(holds);
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new QueryError([{ path: 'filters', message: `"${text}" is not a regular expression` }]);
  }
}

/** A measure as the cost-type filter leaves it: costs and tokens of the other types are taken out. */
export function restricted(measure: Measure, types: readonly CostType[], column: Column): string {
  const some = (...names: CostType[]) => parts(types.filter((type) => names.includes(type)));
  const tokens = (list: ReturnType<typeof parts>) => added(list.map((type) => difference(type.tokens, column)));
  switch (measure) {
    case 'total_cost':
      // The sum with a zero keeps an unpriced row NULL even when no type is left.
      return types.length
        ? parts(types)
            .map(({ cost }) => column(cost))
            .join(' + ')
        : `${column('total_cost')} * 0`;
    case 'total_tokens':
      return tokens(parts(types));
    case 'input_tokens':
      return tokens(some('input', 'cache_read', 'cache_write'));
    case 'cache_read_tokens':
      return tokens(some('cache_read'));
    case 'cache_write_tokens':
      return tokens(some('cache_write'));
    case 'output_tokens':
      return tokens(some('output'));
    case 'unpriced_tokens':
      return added(parts(types).map((type) => difference(type.unpricedTokens, column)));
    case 'reasoning_cost':
    case 'reasoning_tokens':
      return types.includes('output') ? column(measure) : `${column(measure)} * 0`;
    default: {
      const component = COMPONENT.get(measure);
      return !component || types.includes(component) ? column(measure) : `${column(measure)} * 0`;
    }
  }
}

/** One row per cost type: a LATERAL list with the columns `cost_type`, `cost`, `tokens` and `unpriced`. */
export function perCostType(types: readonly CostType[] | null, column: Column): string {
  const list = types ? parts(types) : COST_TYPES;
  if (!list.length) {
    return "CROSS JOIN LATERAL (SELECT 'none' AS cost_type, 0 AS cost, 0 AS tokens, 0 AS unpriced WHERE false) AS ct";
  }
  const rows = list.map(
    ({ name, cost, tokens, unpricedTokens }) =>
      `('${name}', ${column(cost)}, ${difference(tokens, column)}, ${difference(unpricedTokens, column)})`
  );
  return `CROSS JOIN LATERAL (VALUES ${rows.join(', ')}) AS ct(cost_type, cost, tokens, unpriced)`;
}

/** The measures that {@link perCostType} divides. */
export const COST_TYPE_MEASURES: readonly Measure[] = [
  ...new Set<Measure>(COST_TYPES.flatMap(({ cost, tokens, unpricedTokens }) => [cost, ...tokens, ...unpricedTokens])),
];

export const PER_COST_TYPE: Partial<Record<Measure, string>> = {
  total_cost: 'ct.cost',
  total_tokens: 'ct.tokens',
  unpriced_tokens: 'ct.unpriced',
};

/**
 * Refuses metrics that would be counted several times, or can't be told apart, in a query by cost type.
 *
 * @throws QueryError naming the metric and the cure.
 */
export function checkCostTypeUse(metric: Metric, measures: readonly Measure[], grouped: boolean): void {
  const divided = grouped
    ? metric.formula.kind !== 'percentile' && measures.every((measure) => DIVIDED.includes(measure))
    : !measures.some((measure) => NOT_DIVIDED.includes(measure));
  if (!divided) {
    throw new QueryError([
      {
        path: 'metrics',
        message: `${metric.name} can't be divided by cost type; ask for it without cost_type, or for total_cost or total_tokens`,
      },
    ]);
  }
}
