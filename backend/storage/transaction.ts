import type { Pool, PoolClient } from 'pg';
import { isRetryable } from './errors';

const ATTEMPTS = 6;

/**
 * Runs `work` in a transaction of its own and commits. A deadlock or serialization failure is tried again, from the
 * start, a few times: `work` must not keep state of a failed attempt.
 *
 * @throws whatever `work` or the database throws; nothing is committed then.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetryable(error)) {
        throw error;
      }
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function once<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
