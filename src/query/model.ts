import { type DimensionName, isDimensionName, isTagDimension, type TagDimension } from './dimensions';
import type { MetricName } from './metrics';

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

export const isGroupName = (name: unknown): name is GroupName =>
  typeof name === 'string' && (isDimensionName(name) || isTagDimension(name) || name === 'cost_type');
