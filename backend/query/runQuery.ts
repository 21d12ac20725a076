import type { Pool, QueryArrayResult } from 'pg';
import {
  compile,
  compileSets,
  compileUnpriced,
  type CompiledQuery,
  type CostQuery,
  type DimensionName,
  type ResultColumn,
  type SetsQuery,
} from '../../src/query';
import { inTransaction } from '../storage/transaction';
import { compileNow, optionsNow } from './compileNow';
import { picoTextToUsd } from './money';

/** A value of a reply: money as decimal USD text, counts as integers (text above 2^53), times as RFC 3339. */
export type Cell = string | number | null;

/** The reply of `POST /v1/query`. */
export interface QueryReply {
  readonly columns: ReadonlyArray<Pick<ResultColumn, 'name' | 'type' | 'unit'>>;
  readonly rows: Cell[][];
  /** What the totals leave out because it has no price. */
  readonly unpriced: { readonly calls: Cell; readonly tokens: Cell };
  /** The rollups and tables that answered. */
  readonly source: string;
  readonly elapsed_ms: number;
}

/** A whole number as it goes into JSON. */
function integer(text: string): Cell {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function cell(value: unknown, { type }: ResultColumn): Cell {
  if (value === null) {
    return null;
  }
  switch (type) {
    case 'time':
      return (value as Date).toISOString();
    case 'money':
      return picoTextToUsd(value as string);
    case 'integer':
      return integer(value as string);
    default:
      return value as string | number;
  }
}

async function rowsOf(pool: Pool, { sql, columns }: CompiledQuery): Promise<Cell[][]> {
  const { rows }: QueryArrayResult<unknown[]> = await pool.query({ text: sql, rowMode: 'array' });
  return rows.map((row) => row.map((value, i) => cell(value, columns[i]!)));
}

/** The rows of a cost query alone, in the order of its groups and metrics; see {@link runQuery}. */
export const queryRows = (pool: Pool, query: CostQuery, tenants: readonly string[] | null): Promise<Cell[][]> =>
  rowsOf(pool, compileNow(query, tenants));

/** A row of one of the sets: the values of its own dimensions, in the set's order, and the metrics. */
export interface SetRow {
  readonly values: readonly Cell[];
  readonly metrics: readonly Cell[];
}

/**
 * All rows of several groupings of several ranges, by range and then by set: one statement.
 *
 * @throws QueryError for filters that make no sense
 */
export async function queryRowsBySets(
  pool: Pool,
  query: SetsQuery,
  tenants: readonly string[] | null
): Promise<SetRow[][][]> {
  const { sql, columns, dimensions } = compileSets(query, optionsNow(tenants));
  const { rows } = await inTransaction(pool, async (client): Promise<QueryArrayResult<unknown[]>> => {
    // What stands behind the rollups' views is estimated far too high: by that the planner would sort all rows by a dozen
    // texts instead of hashing them, which takes ten times as long.
    await client.query('SET LOCAL enable_sort = off');
    return client.query({ text: sql, rowMode: 'array' });
  });
  const answer = query.ranges.map(() => query.sets.map((): SetRow[] => []));
  const places = query.sets.map((set) => set.map((name: DimensionName) => 2 + dimensions.indexOf(name)));
  for (const row of rows) {
    const [range, set] = [Number(row[0]), Number(row[1])];
    answer[range]![set]!.push({
      values: places[set]!.map((at) => row[at] as Cell),
      metrics: columns.map((column, i) => cell(row[2 + dimensions.length + i], column)),
    });
  }
  return answer;
}

/**
 * Answers a cost query. `tenants` limits what may be seen, null sees all.
 *
 * @throws QueryError for a query that makes no sense, the database's errors otherwise.
 */
export async function runQuery(pool: Pool, query: CostQuery, tenants: readonly string[] | null): Promise<QueryReply> {
  const started = performance.now();
  const options = optionsNow(tenants);
  const main = compile(query, options);
  const [rows, unpriced] = await Promise.all([rowsOf(pool, main), rowsOf(pool, compileUnpriced(query, options))]);
  const [calls = 0, tokens = 0] = unpriced[0] ?? [];
  return {
    columns: main.columns,
    rows,
    unpriced: { calls, tokens },
    source: main.source,
    elapsed_ms: Math.round((performance.now() - started) * 10) / 10,
  };
}
