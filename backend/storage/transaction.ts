import type { Pool, PoolClient } from 'pg';
import { isRetryable } from './errors';

const ATTEMPTS = 6;

/** What belongs to one attempt of a transaction, and ends with it. */
export interface Transaction {
  readonly pool: Pool;
  /** 1 for the first one. */
  readonly attempt: number;
  /** Run in their order right before the commit; one that throws rolls everything back. */
  readonly beforeCommit: Array<() => Promise<void>>;
  /** Statements that were sent and that nobody waits for before the commit; one that fails undoes everything. */
  readonly underway: Array<Promise<unknown>>;
  /** Told at once how it ended; after a COMMIT that got no answer as well, which counts as failed. */
  readonly onEnd: Array<(committed: boolean) => void>;
}

const open = new WeakMap<PoolClient, Transaction>();

/** The transaction that {@link inTransaction} opened on this connection. @throws Error where there is none. */
export function transactionOf(client: PoolClient): Transaction {
  const transaction = open.get(client);
  if (!transaction) {
    throw new Error('no transaction is open here; use inTransaction');
  }
  return transaction;
}

/**
 * Leaves it to the commit to wait for a statement, so that both are sent at once. For a transaction's last statements, of
 * which the result isn't needed.
 */
export function sendAlong(client: PoolClient, statement: Promise<unknown>): void {
  // Whoever commits is told; where it doesn't come to that, another error is on its way.
  statement.catch(() => undefined);
  transactionOf(client).underway.push(statement);
}

/**
 * Runs `work` in a transaction of its own and commits. A deadlock or serialization failure is tried again, from the
 * start, a few times: `work` must not keep state of a failed attempt.
 *
 * `enter` is awaited before BEGIN is sent, for one that waits for another transaction: the embedded engine serves nobody
 * else from a BEGIN on.
 *
 * @throws whatever `work`, `enter` or the database throws; nothing is committed then.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  enter?: (client: PoolClient) => Promise<void>
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once({ pool, attempt, beforeCommit: [], underway: [], onEnd: [] }, work, enter);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetryable(error)) {
        throw error;
      }
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function once<T>(
  transaction: Transaction,
  work: (client: PoolClient) => Promise<T>,
  enter?: (client: PoolClient) => Promise<void>
): Promise<T> {
  const client = await transaction.pool.connect();
  open.set(client, transaction);
  let broken: Error | undefined;
  try {
    await enter?.(client);
    const begun = client.query('BEGIN');
    if (client.pipeline) {
      sendAlong(client, begun);
    } else {
      await begun;
    }
    const result = await work(client);
    for (const last of transaction.beforeCommit) {
      await last();
    }
    await settled([...transaction.underway, client.query('COMMIT')]);
    transaction.onEnd.forEach((told) => told(true));
    return result;
  } catch (error) {
    transaction.onEnd.forEach((told) => told(false));
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    // What was sent before may be why a later statement failed.
    await settled(transaction.underway);
    throw error;
  } finally {
    open.delete(client);
    client.release(broken);
  }
}

/** Waits for all of them. @throws the error of the first one that failed: those after it failed because of it. */
async function settled(statements: ReadonlyArray<Promise<unknown>>): Promise<void> {
  const failed = (await Promise.allSettled(statements)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    throw failed.reason;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
