import { closest } from 'fastest-levenshtein';
import { COST_TYPES } from './costTypes';
import { DIMENSIONS } from './dimensions';
import { approximateMs, type Interval, isTimeZone, parseInterval } from './interval';
import { isMetricName, METRICS, type MetricName } from './metrics';
import {
  type CostQuery,
  type Filter,
  type GroupName,
  isGroupName,
  type Operator,
  OPERATORS,
  type Problem,
  QueryError,
} from './model';

export const MAX_GROUPS = 10_000;
export const MAX_BUCKETS = 20_000;
const MAX_VALUES = 1_000;
const MAX_GROUP_BY = 8;
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
const FILTER_FIELDS = ['dimension', 'operator', 'values'];
const GROUP_NAMES = [...DIMENSIONS.map(({ name }) => name), 'cost_type'];
const METRIC_NAMES = METRICS.map(({ name }) => name);
const COST_TYPE_NAMES = COST_TYPES.map(({ name }) => name as string);

const unknown = (what: string, name: unknown, known: readonly string[]) =>
  typeof name === 'string'
    ? `unknown ${what} "${name.slice(0, 100)}"; the nearest known one is "${closest(name, known)}"`
    : `a ${what} is a string`;

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
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new QueryError([{ path: '', message: 'a cost query is a JSON object' }]);
  }
  return new QueryReader(input as Record<string, unknown>).read();
}

/** Reads field by field and collects what is wrong. */
class QueryReader {
  private readonly problems: Problem[] = [];

  constructor(private readonly raw: Record<string, unknown>) {}

  read(): CostQuery {
    for (const key of Object.keys(this.raw).filter((name) => !FIELDS.includes(name))) {
      this.fail(key, unknown('field', key, FIELDS));
    }
    const { from, to } = this.range();
    const metrics = this.metrics();
    const groupBy = this.groupBy();
    const filters = this.list('filters').flatMap((filter, i) => this.filter(filter, `filters[${i}]`));
    const interval = this.interval(to - from, metrics);
    const timeZone = this.timeZone();
    const orderBy = this.orderBy([...metrics, ...groupBy, ...(interval === undefined ? [] : ['time'])]);
    const direction = this.direction(orderBy);
    const limit = this.limit();
    const withOther = this.withOther();
    if (this.problems.length) {
      throw new QueryError(this.problems);
    }
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      metrics: [...new Set(metrics)],
      group_by: [...new Set(groupBy)],
      filters,
      interval,
      time_zone: timeZone,
      order_by: orderBy,
      direction,
      limit,
      with_other: withOther,
    };
  }

  private fail(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  private list(key: string): unknown[] {
    const value = this.raw[key];
    if (value !== undefined && !Array.isArray(value)) {
      this.fail(key, 'must be an array');
    }
    return Array.isArray(value) ? value : [];
  }

  private range(): { from: number; to: number } {
    const [from, to] = [parseInstant(this.raw.from), parseInstant(this.raw.to)];
    if (Number.isNaN(from) || Number.isNaN(to)) {
      this.fail(Number.isNaN(from) ? 'from' : 'to', 'must be an RFC 3339 time such as 2026-01-01T00:00:00Z');
    } else if (from >= to) {
      this.fail('to', 'must be after from');
    }
    return { from, to };
  }

  private metrics(): MetricName[] {
    const given = this.list('metrics');
    if (this.raw.metrics === undefined || (Array.isArray(this.raw.metrics) && given.length === 0)) {
      this.fail('metrics', `at least one of ${METRIC_NAMES.slice(0, 3).join(', ')} …`);
    }
    return given.filter((name, i): name is MetricName => {
      const known = typeof name === 'string' && isMetricName(name);
      if (!known) {
        this.fail(`metrics[${i}]`, unknown('metric', name, METRIC_NAMES));
      }
      return known;
    });
  }

  private groupBy(): GroupName[] {
    const given = this.list('group_by');
    if (given.length > MAX_GROUP_BY) {
      this.fail('group_by', `at most ${MAX_GROUP_BY} dimensions`);
    }
    return given.filter((name, i): name is GroupName => {
      const known = isGroupName(name);
      if (!known) {
        this.fail(`group_by[${i}]`, unknown('dimension', name, GROUP_NAMES));
      }
      return known;
    });
  }

  private interval(rangeMs: number, metrics: readonly MetricName[]): string | undefined {
    const { interval = null } = this.raw;
    const width: Interval | null = typeof interval === 'string' ? parseInterval(interval) : null;
    if (interval !== null && !width) {
      this.fail('interval', 'must be a number and a unit, e.g. 15m, 1h, 1d, 1w, 1M');
    } else if (width && rangeMs / approximateMs(width) > MAX_BUCKETS) {
      this.fail('interval', `more than ${MAX_BUCKETS} buckets in the range; take a wider one`);
    }
    if (metrics.includes('cumulative_cost') && !width) {
      this.fail('metrics', 'cumulative_cost needs an interval');
    }
    return width ? (interval as string) : undefined;
  }

  private timeZone(): string {
    const zone = this.raw.time_zone ?? 'UTC';
    if (typeof zone !== 'string' || !isTimeZone(zone)) {
      this.fail('time_zone', 'must be an IANA name such as Europe/Berlin');
      return 'UTC';
    }
    return zone;
  }

  private orderBy(possible: readonly string[]): string | undefined {
    const order = this.raw.order_by ?? undefined;
    if (order !== undefined && !possible.includes(order as string)) {
      this.fail('order_by', 'must be one of the query\'s metrics or dimensions, or "time" with an interval');
    }
    return order as string | undefined;
  }

  private direction(orderBy: string | undefined): 'asc' | 'desc' {
    const natural = orderBy === undefined || isMetricName(orderBy) ? 'desc' : 'asc';
    const direction = this.raw.direction ?? natural;
    if (direction !== 'asc' && direction !== 'desc') {
      this.fail('direction', 'must be asc or desc');
      return natural;
    }
    return direction;
  }

  private limit(): number | undefined {
    const limit = this.raw.limit ?? undefined;
    const right = typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_GROUPS;
    if (limit !== undefined && !right) {
      this.fail('limit', `must be a whole number from 1 to ${MAX_GROUPS}`);
    }
    return right ? limit : undefined;
  }

  private withOther(): boolean {
    const other = this.raw.with_other ?? false;
    if (typeof other !== 'boolean') {
      this.fail('with_other', 'must be true or false');
      return false;
    }
    return other;
  }

  private filter(input: unknown, path: string): Filter[] {
    if (typeof input !== 'object' || input === null) {
      this.fail(path, 'must be an object with dimension, operator and values');
      return [];
    }
    const { dimension, operator, values, ...rest } = input as Record<string, unknown>;
    for (const key of Object.keys(rest)) {
      this.fail(`${path}.${key}`, unknown('field', key, FILTER_FIELDS));
    }
    if (!isGroupName(dimension)) {
      this.fail(`${path}.dimension`, unknown('dimension', dimension, GROUP_NAMES));
      return [];
    }
    if (!OPERATORS.includes(operator as Operator)) {
      this.fail(`${path}.operator`, `must be one of ${OPERATORS.join(' ')}`);
      return [];
    }
    const list = this.values(values, `${path}.values`);
    const odd = dimension === 'cost_type' && !String(operator).endsWith('~') && oddCostType(list);
    if (odd) {
      this.fail(`${path}.values`, unknown('cost type', odd, COST_TYPE_NAMES));
    }
    return [{ dimension, operator: operator as Operator, values: list }];
  }

  private values(values: unknown, path: string): string[] {
    const strings = Array.isArray(values) && values.every((value): value is string => typeof value === 'string');
    if (!strings || values.length > MAX_VALUES) {
      this.fail(path, `must be an array of at most ${MAX_VALUES} strings`);
      return [];
    }
    if (values.some((value) => value.includes('\0'))) {
      this.fail(path, 'must not contain a NUL character');
    }
    return values;
  }
}

const oddCostType = (values: readonly string[]): string | undefined =>
  values.find((value) => !COST_TYPE_NAMES.includes(value));
