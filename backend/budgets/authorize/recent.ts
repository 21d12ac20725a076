import type { Pool } from 'pg';
import { inTransaction } from '../../storage/transaction';
import { type Columns, restore } from './statements';

/**
 * How long what was reserved is kept, ms. A commit that waits for no disk is on it after three times `wal_writer_delay` (200 ms)
 * at the latest: "Asynchronous Commit" in PostgreSQL's documentation.
 */
const KEPT_MS = 2_000;

interface Batch {
  /** Its columns as JSON: bytes don't lie in the heap, where everything that lives for seconds makes each collection longer. */
  readonly columns: Buffer;
  readonly at: number;
}

const concatenated = (batches: readonly Columns[], name: keyof Columns): string[] =>
  batches.flatMap((columns) => columns[name]);

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
  add(columns: Columns): void {
    const at = this.now();
    this.batches.push({ columns: Buffer.from(JSON.stringify(columns)), at });
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
    const kept = this.batches.slice(this.from).map(({ columns }) => JSON.parse(columns.toString()) as Columns);
    const all: Columns = {
      ids: concatenated(kept, 'ids'),
      tenants: concatenated(kept, 'tenants'),
      requests: concatenated(kept, 'requests'),
      inputs: concatenated(kept, 'inputs'),
      counters: concatenated(kept, 'counters'),
      amounts: concatenated(kept, 'amounts'),
      expiries: concatenated(kept, 'expiries'),
    };
    try {
      await inTransaction(this.pool, (client) => restore(client, all));
    } catch (error) {
      this.doubtful = true;
      throw error;
    }
  }
}
