import pg from 'pg';

export interface PoolOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** Most connections at a time. */
  readonly max?: number;
  /** A statement that runs longer is cancelled; 0 for no limit. Default one minute. */
  readonly statementTimeoutMs?: number;
  /** Sends statements without waiting for the answer to those before. A transaction then begins with its first statement. */
  readonly pipeline?: boolean;
}

/** How long an open transaction may do nothing. The rollups rest on transactions being far shorter than an hour. */
const IDLE_TRANSACTION_MS = 60_000;
const CONNECT_MS = 10_000;

/**
 * A pool of connections. Values come back as: int8 → bigint, numeric → string, timestamptz → Date (ms), jsonb → parsed.
 * A connection that breaks is dropped from the pool and replaced at the next use; it never ends the process.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.name ?? 'llmcost',
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    pipeline: options.pipeline ?? false,
    // Compiling a query over a rollup's many columns takes up to a hundred times as long as running it.
    options: '-c jit=off',
    types: TYPES,
  });
  // Without a listener a connection's end would be an uncaught exception, whether it is idle (the pool reports it) or
  // in use between two statements (the connection does); the next query reports a real outage.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

const ignore = () => undefined;

const { INT8 } = pg.types.builtins;

const parserOf = (oid: number, format: 'text' | 'binary' = 'text'): ((value: string) => unknown) =>
  oid === INT8 && format === 'text' ? BigInt : (pg.types.getTypeParser(oid, 'text') as (value: string) => unknown);

// pg only ever asks for the text form here; the overload for binary can't be met by one function.
const TYPES: pg.CustomTypesConfig = { getTypeParser: parserOf as typeof pg.types.getTypeParser };
