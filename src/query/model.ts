import { closest } from 'fastest-levenshtein';
import { COST_TYPES } from './costTypes';
import { DIMENSIONS, type DimensionName, isDimensionName, isTagDimension, type TagDimension } from './dimensions';
import { approximateMs, isTimeZone, parseInterval } from './interval';
import { isMetricName, METRICS, type MetricName } from './metrics';

/** What can be grouped and filtered by: a dimension, a tag, or the cost type (then rows are per cost type). */
export type GroupName = DimensionName | TagDimension | 'cost_type';

export const OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Values are alternatives. The empty string and "(not set)" stand for "not set". `=~` and `!~` take regular expressions, not anchored. */
export interface Filter {
  readonly dimension: GroupName;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** The cost query of the contract: what a panel, a page or `POST /v1/query` asks. */
export interface CostQuery {
  /** RFC 3339, included. */
  readonly from: string;
  /** RFC 3339, excluded. */
  readonly to: string;
  readonly metrics: readonly MetricName[];
  readonly group_by: readonly GroupName[];
  readonly filters: readonly Filter[];
  /** Bucket width; without it there is no time column. */
  readonly interval?: string;
  /** IANA name; decides where days begin. */
  readonly time_zone: string;
  /** A metric of the query, a dimension of its groups, or `time`. */
  readonly order_by?: string;
  readonly direction: 'asc' | 'desc';
  /** At most this many groups; with an interval, this many series. */
  readonly limit?: number;
  /** Adds the groups beyond `limit` up as "Other". */
  readonly with_other: boolean;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A query that can't be answered, with everything that is wrong with it. */
export class QueryError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
    this.name = 'QueryError';
  }
}

export const MAX_GROUPS = 10_000;
export const MAX_BUCKETS = 20_000;
const MAX_VALUES = 1_000;
const FIELDS = [
  'from',
  'to',
  'metrics',
  'group_by',
  'filters',
  'interval',
  'time_zone',
  'order_by',
  'direction',
  'limit',
  'with_other',
];
const GROUP_NAMES = [...DIMENSIONS.map(({ name }) => name), 'cost_type'];
const METRIC_NAMES = METRICS.map(({ name }) => name);

const unknown = (what: string, name: unknown, known: readonly string[]) =>
  typeof name === 'string'
    ? `unknown ${what} "${name.slice(0, 100)}"; the nearest known one is "${closest(name, known)}"`
    : `a ${what} is a string`;

export const isGroupName = (name: unknown): name is GroupName =>
  typeof name === 'string' && (isDimensionName(name) || isTagDimension(name) || name === 'cost_type');

/** RFC 3339 instant in ms, or NaN. */
export function parseInstant(text: unknown): number {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)
    ? Date.parse(text)
    : NaN;
}

/**
 * Reads a query as it came over the wire and fills in the defaults.
 *
 * @throws QueryError with every problem found, each naming the nearest known name where one was mistyped.
 */
export function parseQuery(input: unknown): CostQuery {
  const problems: Problem[] = [];
  const fail = (path: string, message: string) => void problems.push({ path, message });
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new QueryError([{ path: '', message: 'a cost query is a JSON object' }]);
  }
  const raw = input as Record<string, unknown>;
  for (const key of Object.keys(raw).filter((name) => !FIELDS.includes(name))) {
    fail(key, unknown('field', key, FIELDS));
  }
  const list = (key: string): unknown[] => {
    const value = raw[key];
    if (value !== undefined && !Array.isArray(value)) {
      fail(key, 'must be an array');
    }
    return Array.isArray(value) ? value : [];
  };

  const [from, to] = [parseInstant(raw.from), parseInstant(raw.to)];
  if (Number.isNaN(from) || Number.isNaN(to)) {
    fail(Number.isNaN(from) ? 'from' : 'to', 'must be an RFC 3339 time such as 2026-01-01T00:00:00Z');
  } else if (from >= to) {
    fail('to', 'must be after from');
  }

  const metrics = list('metrics').filter((name, i): name is MetricName => {
    const ok = typeof name === 'string' && isMetricName(name);
    return ok || (fail(`metrics[${i}]`, unknown('metric', name, METRIC_NAMES)), false);
  });
  if (raw.metrics === undefined || (Array.isArray(raw.metrics) && raw.metrics.length === 0)) {
    fail('metrics', `at least one of ${METRIC_NAMES.slice(0, 3).join(', ')} …`);
  }
  const group_by = list('group_by').filter((name, i): name is GroupName => {
    return isGroupName(name) || (fail(`group_by[${i}]`, unknown('dimension', name, GROUP_NAMES)), false);
  });
  if (group_by.length > 8) {
    fail('group_by', 'at most 8 dimensions');
  }
  const filters = list('filters').flatMap((filter, i) => parseFilter(filter, `filters[${i}]`, fail));

  const interval = raw.interval ?? undefined;
  const width = typeof interval === 'string' ? parseInterval(interval) : null;
  if (interval !== undefined && !width) {
    fail('interval', 'must be a number and a unit, e.g. 15m, 1h, 1d, 1w, 1M');
  } else if (width && (to - from) / approximateMs(width) > MAX_BUCKETS) {
    fail('interval', `more than ${MAX_BUCKETS} buckets in the range; take a wider one`);
  }
  const time_zone = raw.time_zone ?? 'UTC';
  if (typeof time_zone !== 'string' || !isTimeZone(time_zone)) {
    fail('time_zone', 'must be an IANA name such as Europe/Berlin');
  }
  const order_by = raw.order_by ?? undefined;
  const orders: unknown[] = [...metrics, ...group_by, ...(width ? ['time'] : [])];
  if (order_by !== undefined && !orders.includes(order_by)) {
    fail('order_by', 'must be one of the query\'s metrics or dimensions, or "time" with an interval');
  }
  const direction =
    raw.direction ?? (typeof order_by === 'string' && isMetricName(order_by) ? 'desc' : order_by ? 'asc' : 'desc');
  if (direction !== 'asc' && direction !== 'desc') {
    fail('direction', 'must be asc or desc');
  }
  const limit = raw.limit ?? undefined;
  if (limit !== undefined && (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > MAX_GROUPS)) {
    fail('limit', `must be a whole number from 1 to ${MAX_GROUPS}`);
  }
  const with_other = raw.with_other ?? false;
  if (typeof with_other !== 'boolean') {
    fail('with_other', 'must be true or false');
  }
  if (metrics.includes('cumulative_cost') && !width) {
    fail('metrics', 'cumulative_cost needs an interval');
  }
  if (problems.length) {
    throw new QueryError(problems);
  }
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    metrics: [...new Set(metrics)],
    group_by: [...new Set(group_by)],
    filters,
    interval: interval as string | undefined,
    time_zone: time_zone as string,
    order_by: order_by as string | undefined,
    direction: direction as 'asc' | 'desc',
    limit: limit as number | undefined,
    with_other: with_other as boolean,
  };
}

function parseFilter(input: unknown, path: string, fail: (path: string, message: string) => void): Filter[] {
  if (typeof input !== 'object' || input === null) {
    fail(path, 'must be an object with dimension, operator and values');
    return [];
  }
  const { dimension, operator, values, ...rest } = input as Record<string, unknown>;
  for (const key of Object.keys(rest)) {
    fail(`${path}.${key}`, unknown('field', key, ['dimension', 'operator', 'values']));
  }
  if (!isGroupName(dimension)) {
    fail(`${path}.dimension`, unknown('dimension', dimension, GROUP_NAMES));
    return [];
  }
  if (!OPERATORS.includes(operator as Operator)) {
    fail(`${path}.operator`, `must be one of ${OPERATORS.join(' ')}`);
    return [];
  }
  if (!Array.isArray(values) || values.length > MAX_VALUES || !values.every((value) => typeof value === 'string')) {
    fail(`${path}.values`, `must be an array of at most ${MAX_VALUES} strings`);
    return [];
  }
  if (values.some((value: string) => value.includes('\0'))) {
    fail(`${path}.values`, 'must not contain a NUL character');
    return [];
  }
  const typeNames = COST_TYPES.map(({ name }) => name as string);
  const odd =
    dimension === 'cost_type' &&
    (operator === '=' || operator === '!=') &&
    values.find((value: string) => !typeNames.includes(value));
  if (odd) {
    fail(`${path}.values`, unknown('cost type', odd, typeNames));
    return [];
  }
  return [{ dimension, operator: operator as Operator, values: values as string[] }];
}
