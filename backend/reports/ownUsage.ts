import type { Pool } from 'pg';
import { type CostQuery, parseQuery } from '../../src/query';
import { type QueryReply, runQuery } from '../query/runQuery';

/** Whose usage, and when. */
export interface OwnUsageScope {
  readonly userIds: readonly string[];
  /** Only calls of these tenants; null for all. */
  readonly tenants: readonly string[] | null;
  /** ms since 1970, included. */
  readonly from: number;
  /** ms since 1970, excluded. */
  readonly to: number;
  /** IANA name; decides where days begin. */
  readonly timeZone: string;
}

/** What one user used; each part is a reply of the cost query. */
export interface OwnUsage {
  readonly total: QueryReply;
  readonly previous: QueryReply;
  readonly by_day: QueryReply;
  readonly by_model: QueryReply;
  readonly by_project: QueryReply;
}

const TOTALS = ['total_cost', 'calls', 'input_tokens', 'cache_read_tokens', 'output_tokens', 'total_tokens', 'errors'];
const GROUPS = ['total_cost', 'calls', 'input_tokens', 'output_tokens'];
const MOST_GROUPS = 50;

/**
 * The usage of one user. The filter by user id is made here and nowhere else, so nothing a client sends can widen it.
 *
 * @throws QueryError for a range or a time zone that makes no sense.
 */
export async function ownUsage(pool: Pool, { userIds, tenants, from, to, timeZone }: OwnUsageScope): Promise<OwnUsage> {
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const before = { from: new Date(from - (to - from)).toISOString(), to: range.from };
  const ask = (query: object) => {
    const mine: CostQuery = parseQuery({
      ...range,
      time_zone: timeZone,
      ...query,
      filters: [{ dimension: 'user_id', operator: '=', values: userIds }],
    });
    return runQuery(pool, mine, tenants);
  };
  const [total, previous, by_day, by_model, by_project] = await Promise.all([
    ask({ metrics: TOTALS }),
    ask({ ...before, metrics: ['total_cost', 'calls', 'total_tokens'] }),
    ask({ metrics: ['total_cost', 'calls'], interval: '1d' }),
    ask({ metrics: GROUPS, group_by: ['provider', 'model'], limit: MOST_GROUPS, with_other: true }),
    ask({ metrics: GROUPS, group_by: ['tenant', 'project'], limit: MOST_GROUPS, with_other: true }),
  ]);
  return { total, previous, by_day, by_model, by_project };
}
