import pg from 'pg';

export interface PoolOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** Most connections at a time. */
  readonly max?: number;
  /** A statement that runs longer is cancelled; 0 for no limit. Default one minute. */
  readonly statementTimeoutMs?: number;
}

/** How long an open transaction may do nothing. The rollups rest on transactions being far shorter than an hour. */
const IDLE_TRANSACTION_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * A pool of connections. Values come back as: int8 → bigint, numeric → string, timestamptz → Date (ms), jsonb → parsed.
 * A connection that breaks while idle is dropped from the pool and replaced at the next use.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.name ?? 'llmcost',
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    types: TYPES,
  });
  // Without a listener an idle connection's end would be an uncaught exception; the next query reports a real outage.
  pool.on('error', () => undefined);
  return pool;
}

const INT8 = pg.types.builtins.INT8;

// The overloads of getTypeParser can't be met by one function literal; only its text form is ever asked for here.
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? BigInt
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};
