import type { Pool, PoolClient } from 'pg';
import { picoTextToUsd } from '../../query/money';
import { EventBatcher } from '../../storage/batcher';
import { inTransaction } from '../../storage/transaction';

export interface Reservation {
  readonly id: string;
  readonly state: 'open' | 'settled' | 'expired';
  readonly request_id: string;
  /** What is, or was, reserved: USD, decimal text. */
  readonly amount: string;
  /** What the caller said that it cost, while no usage event says it. */
  readonly settled: string | null;
  readonly expires_at: string;
}

interface Settlement {
  readonly id: string;
  /** pico-USD */
  readonly cost: bigint;
}

/** How many leases are ended in one transaction. */
const STEP = 1_000;

async function close(client: PoolClient, ids: readonly string[], costs: ReadonlyArray<string | null>): Promise<void> {
  await client.query('SELECT public.close_reservations($1::uuid[], $2::numeric[], false)', [ids, costs]);
}

/** Settles reservations by what callers say; the requests of a moment in one transaction. */
export class Settler {
  private readonly batcher: EventBatcher<Settlement, null>;

  constructor(private readonly pool: Pool) {
    this.batcher = new EventBatcher<Settlement, null>({
      pool,
      writers: 1,
      lingerMs: 0,
      maxRows: 500,
      process: async (client, list) => {
        // Of two settlements of one reservation in a batch the first counts, as it does over two batches.
        const costs = new Map([...list].reverse().map(({ id, cost }) => [id, String(cost)]));
        await close(client, [...costs.keys()], [...costs.values()]);
        return list.map(() => null);
      },
    });
  }

  /**
   * Turns a reservation into spend: what its call cost, until the usage event says so. One that is settled stays as it is.
   *
   * @param cost pico-USD
   * @returns null when there is no such reservation.
   */
  async settle(id: string, cost: bigint, tenant: string | null): Promise<Reservation | null> {
    if (!(await findReservation(this.pool, id, tenant))) {
      return null;
    }
    const [result] = await this.batcher.submit([{ id, cost }]);
    if (result!.status === 'rejected') {
      throw result!.reason;
    }
    return findReservation(this.pool, id, tenant);
  }

  close(): Promise<void> {
    return this.batcher.close();
  }
}

export async function findReservation(pool: Pool, id: string, tenant: string | null): Promise<Reservation | null> {
  const { rows } = await pool.query<
    Omit<Reservation, 'id' | 'expires_at'> & { reservation_id: string; expires_at: Date }
  >(
    `SELECT reservation_id, state, request_id, amount::text, settled::text, expires_at FROM public.reservations
     WHERE reservation_id = $1::uuid AND ($2::text IS NULL OR tenant = $2)`,
    [id, tenant]
  );
  const [row] = rows;
  return row
    ? {
        id: row.reservation_id,
        state: row.state,
        request_id: row.request_id,
        amount: picoTextToUsd(row.amount),
        settled: row.settled === null ? null : picoTextToUsd(row.settled),
        expires_at: row.expires_at.toISOString(),
      }
    : null;
}

/** Ends the leases of calls of which nothing was heard. @returns how many. */
export async function expireReservations(pool: Pool): Promise<number> {
  let expired = 0;
  for (;;) {
    const { rows } = await pool.query<{ reservation_id: string }>(
      `SELECT reservation_id FROM public.reservations WHERE state = 'open' AND expires_at <= now() LIMIT ${STEP}`
    );
    if (rows.length === 0) {
      return expired;
    }
    const ids = rows.map(({ reservation_id: id }) => id);
    await inTransaction(pool, (client) =>
      close(
        client,
        ids,
        ids.map(() => null)
      )
    );
    expired += ids.length;
  }
}

/** Removes what ended long ago. @returns how many reservations were removed. */
export async function pruneReservations(pool: Pool, days = 35): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM public.reservations WHERE state <> 'open' AND settled IS NULL AND closed_at < now() - $1 * interval '1 day'`,
    [days]
  );
  return rowCount ?? 0;
}
