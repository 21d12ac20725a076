import type { Pool, PoolClient } from 'pg';
import { EventBatcher } from '../../storage/batcher';
import { isRetryable, isUnavailable, Overloaded, StorageUnavailable } from '../../storage/errors';
import type { BudgetIndex } from '../matcher';
import { indexOf } from '../spend';
import { askForApprovals } from './approvals';
import { type Authorization, withoutDatabase } from './authorization';
import { locate } from './located';
import { Recent } from './recent';
import type { Ask } from './request';
import { begin, reserve, toBefore } from './statements';
import { Tick } from './tick';
import { Within } from './within';

/** Longest that a caller waits for the database before each budget's on_unavailable decides. */
const PATIENCE_MS = 3_000;
const MAX_BATCH = 500;

/**
 * Decides about calls before they are made. The requests of a moment are decided in one transaction that locks the counters
 * they are reserved on, so that no two replicas give away the same money, and a commit is paid once for all of them.
 */
export class Gate {
  private readonly batcher: EventBatcher<Ask, Authorization>;
  private readonly within: Within;
  private readonly recent: Recent | null;
  private readonly doubt = (): void => this.recent?.doubt();
  private known: { version: bigint; index: BudgetIndex } | null = null;

  /**
   * @param pool of its own, so that decisions don't wait for a connection behind reports; with `pipeline` they are faster.
   * @param walWriter whether the database writes to its disk by itself what commits didn't wait for. The embedded engine, which
   * is one process, does not.
   */
  constructor(
    private readonly pool: Pool,
    { walWriter }: { walWriter: boolean }
  ) {
    this.recent = walWriter ? new Recent(pool) : null;
    if (this.recent) {
      pool.on('error', this.doubt);
    }
    this.within = new Within(pool, this.recent);
    this.batcher = new EventBatcher({
      pool,
      writers: 2,
      lingerMs: 0,
      maxRows: MAX_BATCH,
      before: (asks) => this.watched(() => this.atOnce(asks)),
      process: (client, asks) => this.watched(() => this.process(client, asks)),
    });
  }

  /**
   * @returns the decision, with a reservation when the call may be made.
   * @throws StorageUnavailable when the database is away and was never there: nothing is known of the budgets.
   */
  async authorize(ask: Ask): Promise<Authorization> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StorageUnavailable(1, new Error('no answer in time'))), PATIENCE_MS);
    });
    try {
      const [result] = await Promise.race([this.batcher.submit([ask]), patience]);
      if (result!.status === 'rejected') {
        throw result!.reason;
      }
      return result!.value;
    } catch (error) {
      if (this.known && (error instanceof StorageUnavailable || error instanceof Overloaded)) {
        return withoutDatabase(this.known.index, ask);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Decides what waits and takes nothing more. */
  async close(): Promise<void> {
    await this.batcher.close();
    this.pool.off('error', this.doubt);
  }

  /** @returns null when it takes the longer way. */
  private async atOnce(asks: readonly Ask[]): Promise<Authorization[] | null> {
    if (!this.known) {
      return null;
    }
    const { index, version } = this.known;
    await this.recent?.settled();
    try {
      return await this.within.decide(
        index,
        version,
        asks.map((ask) => locate(index, ask))
      );
    } catch (error) {
      if (isRetryable(error)) {
        return null;
      }
      throw error;
    }
  }

  private async watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUnavailable(error)) {
        this.doubt();
      }
      throw error;
    }
  }

  private async process(client: PoolClient, asks: readonly Ask[]): Promise<Authorization[]> {
    for (;;) {
      const known = this.known ?? (await this.learn(client, null));
      const located = asks.map((ask) => locate(known.index, ask));
      const state = await begin(client, known.version, located);
      if (state.counters) {
        const before = toBefore(state);
        const tick = new Tick(known.index, before);
        const answers = located.map((one) => tick.decide(one));
        await askForApprovals(client, tick.waiting);
        if (tick.reserving.length > 0) {
          reserve(client, tick.reserving);
        }
        this.within.see(before.held);
        return answers;
      }
      await this.learn(client, BigInt(state.version));
    }
  }

  private async learn(client: PoolClient, version: bigint | null): Promise<{ version: bigint; index: BudgetIndex }> {
    const current =
      version ??
      (await client.query<{ version: bigint }>('SELECT public.begin_spending() AS version')).rows[0]!.version;
    this.known = { version: current, index: await indexOf(this.pool, client, current) };
    return this.known;
  }
}
