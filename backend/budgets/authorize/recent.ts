import type { Pool } from 'pg';
import { inTransaction } from '../../storage/transaction';
import { restore } from './statements';
import type { Reserving } from './tick';

/**
 * How long what was reserved is kept, ms. A commit that waits for no disk is on it after three times `wal_writer_delay` (200 ms)
 * at the latest: "Asynchronous Commit" in PostgreSQL's documentation.
 */
const KEPT_MS = 2_000;

interface Batch {
  readonly list: readonly Reserving[];
  readonly at: number;
}

/**
 * What was reserved so recently that the database, should it crash, may not have it on its disk. Whoever may have lost its
 * database is told so ({@link doubt}), and what is missing is reserved again before anything else is decided ({@link settled}).
 */
export class Recent {
  /** Oldest first; those before `from` are done with. */
  private batches: Batch[] = [];
  private from = 0;
  private doubtful = false;
  private restoring: Promise<void> | null = null;

  /** @param now ms, of any beginning */
  constructor(
    private readonly pool: Pool,
    private readonly now: () => number = () => performance.now()
  ) {}

  /** Keeps what was reserved a moment ago, and drops what a database that works has on its disk by now. */
  add(list: readonly Reserving[]): void {
    const at = this.now();
    this.batches.push({ list, at });
    while (this.batches[this.from]!.at < at - KEPT_MS) {
      this.from++;
    }
    if (this.from > 1_000) {
      this.batches = this.batches.slice(this.from);
      this.from = 0;
    }
  }

  /** A connection was lost: the database may have crashed. */
  doubt(): void {
    this.doubtful = this.batches.length > 0;
  }

  /** Resolves when nothing is in doubt. @throws what the database throws; it is tried again with the next call. */
  async settled(): Promise<void> {
    while (this.doubtful) {
      this.restoring ??= this.restore().finally(() => (this.restoring = null));
      await this.restoring;
    }
  }

  private async restore(): Promise<void> {
    this.doubtful = false;
    const list = this.batches.slice(this.from).flatMap((batch) => batch.list);
    try {
      await inTransaction(this.pool, (client) => restore(client, list));
    } catch (error) {
      this.doubtful = true;
      throw error;
    }
  }
}
