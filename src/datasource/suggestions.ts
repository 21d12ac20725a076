import type { DataFrame, TimeRange } from '@grafana/data';
import {
  compile,
  COST_TYPES,
  type GroupName,
  isGroupName,
  isTagDimension,
  parseQuery,
  QueryError,
  ROLLUPS,
} from '../query';
import { instant } from '../query/literal';
import type { QueryFilter } from './types';

const DAY = 86_400_000;
const LIMIT = 1_000;
/** How long the same question gets the same answer: several variables and editors ask at once, new values come soon. */
const FRESH_MS = 10_000;
/** Calls in which tag names are looked for. */
const TAG_SAMPLE = 5_000;

/** Runs one statement; throws with the cause and the cure. */
export type Run = (refId: string, sql: string) => Promise<DataFrame | undefined>;

const inRollup = (name: GroupName): boolean => ROLLUPS.some(({ dimensions }) => (dimensions as Set<string>).has(name));

/** Whole days around a range, so that daily rollups answer; the last day only where single calls have to be read. */
function days(range: TimeRange, names: readonly GroupName[]): { from: number; to: number } {
  const to = Math.ceil(range.to.valueOf() / DAY) * DAY;
  const from = Math.floor(range.from.valueOf() / DAY) * DAY;
  return names.every((name) => name === 'cost_type' || inRollup(name))
    ? { from, to }
    : { from: Math.max(from, to - DAY), to };
}

/**
 * SQL for the values of a dimension that occur with the filters, most used first.
 *
 * @throws QueryError for an unknown dimension or filter.
 */
export function valuesSql(dimension: string, filters: readonly QueryFilter[], range: TimeRange): string {
  if (!isGroupName(dimension)) {
    throw new QueryError([{ path: 'dimension', message: `LLM Cost has no dimension "${dimension}"` }]);
  }
  const others = filters.filter((filter) => filter.dimension !== dimension && filter.dimension !== 'cost_type');
  const names = [dimension, ...others.map((filter) => filter.dimension).filter(isGroupName)];
  const { from, to } = days(range, names);
  const query = parseQuery({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    metrics: ['calls'],
    group_by: [dimension],
    filters: others,
    limit: LIMIT,
  });
  return compile(query, { dialect: 'grafana' }).sql;
}

/** SQL for the names of tags among the latest calls of a range. */
export function tagKeysSql(range: TimeRange): string {
  const when = `time >= ${instant(range.from.valueOf())} AND time < ${instant(range.to.valueOf())}`;
  const sample = `SELECT tags FROM public.usage_events WHERE ${when} AND tags IS NOT NULL ORDER BY time DESC LIMIT ${TAG_SAMPLE}`;
  return `SELECT 'tags.' || key AS key FROM (${sample}) AS calls, LATERAL jsonb_object_keys(calls.tags) AS key GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200`;
}

/** Values and tag names for pickers, variables and ad-hoc filters. */
export class Suggestions {
  private readonly answers = new Map<string, { at: number; values: Promise<string[]> }>();

  constructor(private readonly run: Run) {}

  /**
   * The values of a dimension, most used first.
   *
   * @throws QueryError or Error with the cause and the cure.
   */
  async values(dimension: string, filters: readonly QueryFilter[], range: TimeRange): Promise<string[]> {
    return dimension === 'cost_type'
      ? COST_TYPES.map(({ name }) => name)
      : this.column(`values-${dimension}`, valuesSql(dimension, filters, range));
  }

  /** The tags that calls carry, as dimensions (`tags.<key>`). */
  async tagKeys(range: TimeRange): Promise<string[]> {
    return (await this.column('tags', tagKeysSql(range))).filter(isTagDimension);
  }

  private column(refId: string, sql: string): Promise<string[]> {
    const now = Date.now();
    for (const [key, { at }] of this.answers) {
      if (now - at > FRESH_MS) {
        this.answers.delete(key);
      }
    }
    const known = this.answers.get(sql);
    if (known) {
      return known.values;
    }
    const values = this.run(refId, sql).then((frame) => (frame?.fields[0]?.values ?? []).map(String));
    this.answers.set(sql, { at: now, values });
    values.catch(() => this.answers.delete(sql));
    return values;
  }
}
