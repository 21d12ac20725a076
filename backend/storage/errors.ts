/** SQLSTATE of a PostgreSQL error, undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** A transaction took the short way, which doesn't lead everywhere: run again, it takes the other one. */
export class ShortWayFailed extends Error {
  constructor(cause: unknown) {
    super(`the transaction has to be run again: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ShortWayFailed';
  }
}

/** Serialization failure or deadlock: the same transaction may succeed when it is run again. */
export const isRetryable = (error: unknown): boolean =>
  error instanceof ShortWayFailed || ['40001', '40P01'].includes(sqlState(error) ?? '');

export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** Connection, resource, operator and system classes of SQLSTATE: the database, not the data, is the cause. */
const UNAVAILABLE_CLASSES = ['08', '53', '57', '58'];
const NETWORK = /^E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN)|^ENOTFOUND|^EAI_/;
const POOL =
  /timeout (exceeded )?when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout|not queryable/i;

/** The database can't be reached or can't work now; nothing is known about the data. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) {
    // 25P03: the transaction was idle for too long and its session is gone; 25006: a standby.
    return (
      UNAVAILABLE_CLASSES.includes(state.slice(0, 2)) || state === '25P03' || state === '25006' || state === '55P03'
    );
  }
  if (!(error instanceof Error)) {
    return false;
  }
  return ('code' in error && typeof error.code === 'string' && NETWORK.test(error.code)) || POOL.test(error.message);
}

/**
 * The values are the cause: data exceptions (22), violated constraints (23), an exception raised by a function (P0), or
 * an error of our own code that no SQLSTATE belongs to.
 */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? !isUnavailable(error) : ['22', '23', 'P0'].includes(state.slice(0, 2));
}

/** Too much is waiting to be stored; the caller should come back later. Nothing of the request was taken. */
export class Overloaded extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`too many events wait to be stored; send them again in ${retryAfterSeconds} s`);
    this.name = 'Overloaded';
  }
}

/** The database can't store anything now. Nothing of the batch was committed, as far as can be known: send it again. */
export class StorageUnavailable extends Error {
  constructor(
    readonly retryAfterSeconds: number,
    cause: unknown
  ) {
    super(`the database is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StorageUnavailable';
  }
}
