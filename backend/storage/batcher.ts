import type { Pool, PoolClient } from 'pg';
import { isDataError, isRetryable, isUnavailable, Overloaded, StorageUnavailable } from './errors';
import { inTransaction } from './transaction';

export interface BatcherOptions<Item, Outcome> {
  readonly pool: Pool;
  /**
   * Stores the items inside the open transaction and says per item, in their order, what became of it. It is run again,
   * with the same items or a part of them, after a deadlock or when one of them was refused: it must keep nothing
   * outside of the transaction.
   */
  readonly process: (client: PoolClient, items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Awaited before the transaction is opened on this connection. */
  readonly enter?: (client: PoolClient) => Promise<void>;
  /**
   * Tried before the transaction is opened: stores all of the items with a single statement, which is a transaction of its
   * own, or does nothing and says null. Fails as `process` does.
   */
  readonly before?: (items: readonly Item[]) => Promise<readonly Outcome[] | null>;
  /** Most items in one transaction. */
  readonly maxRows?: number;
  /** How long a first item waits for company, ms; 0: for what comes in the same turn of the event loop. */
  readonly lingerMs?: number;
  /** Transactions at a time. One on the embedded engine, which has one session. */
  readonly writers?: number;
  /** With this many items waiting, new ones are refused. */
  readonly maxWaiting?: number;
  /** Told after each commit. */
  readonly onCommit?: (rows: number, milliseconds: number) => void;
}

type Optional = 'onCommit' | 'before' | 'enter';

interface Entry<Item, Outcome> {
  readonly item: Item;
  readonly index: number;
  readonly request: Request<Outcome>;
}

interface Request<Outcome> {
  readonly results: Array<PromiseSettledResult<Outcome>>;
  open: number;
  readonly resolve: (results: Array<PromiseSettledResult<Outcome>>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A bounded queue in front of the database that joins the items of many concurrent requests into few transactions: a
 * commit costs about as much for one row as for a hundred.
 */
export class EventBatcher<Item, Outcome> {
  private readonly options: Required<Omit<BatcherOptions<Item, Outcome>, Optional>> &
    Pick<BatcherOptions<Item, Outcome>, Optional>;
  private queue: Array<Entry<Item, Outcome>> = [];
  private busy = 0;
  private lingering = false;
  private closing = false;
  private readonly idle: Array<() => void> = [];
  /** Rows per millisecond of the latest batches, for an honest Retry-After. */
  private rate = 10;

  constructor(options: BatcherOptions<Item, Outcome>) {
    this.options = { maxRows: 2_000, lingerMs: 5, writers: 2, maxWaiting: 50_000, ...options };
  }

  /** Items that wait for a transaction. */
  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Queues items and resolves when all of them are committed or refused, with one result per item in their order:
   * fulfilled with what `process` said about it, or rejected with the error that the item (not a neighbour) caused.
   *
   * @throws Overloaded at once, when too many items wait; nothing was taken.
   * @throws StorageUnavailable when the database failed. Some of the items may have been stored: send all again.
   */
  submit(items: readonly Item[]): Promise<Array<PromiseSettledResult<Outcome>>> {
    if (this.closing || this.queue.length >= this.options.maxWaiting) {
      return Promise.reject(new Overloaded(this.retryAfterSeconds()));
    }
    if (items.length === 0) {
      return Promise.resolve([]);
    }
    return new Promise((resolve, reject) => {
      const request = { results: [], open: items.length, resolve, reject };
      for (let index = 0; index < items.length; index++) {
        this.queue.push({ item: items[index]!, index, request });
      }
      this.schedule();
    });
  }

  /** Takes nothing more, stores what waits, and resolves when all of it is settled. */
  async close(): Promise<void> {
    this.closing = true;
    this.schedule();
    if (this.busy > 0 || this.queue.length > 0) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
    }
  }

  private retryAfterSeconds(): number {
    return Math.min(60, Math.max(1, Math.ceil(this.queue.length / this.rate / 1000)));
  }

  private schedule(): void {
    while (this.busy < this.options.writers && (this.queue.length >= this.options.maxRows || this.mustFlush())) {
      this.start();
    }
    if (this.queue.length > 0 && this.busy < this.options.writers && !this.lingering) {
      this.lingering = true;
      const flush = () => {
        this.lingering = false;
        this.start();
        this.schedule();
      };
      if (this.options.lingerMs > 0) {
        setTimeout(flush, this.options.lingerMs);
      } else {
        setImmediate(flush);
      }
    }
  }

  private mustFlush(): boolean {
    return this.closing && this.queue.length > 0;
  }

  private start(): void {
    const batch = this.queue.splice(0, this.options.maxRows);
    if (batch.length === 0) {
      return;
    }
    this.busy++;
    void this.store(batch).finally(() => {
      this.busy--;
      this.schedule();
      if (this.busy === 0 && this.queue.length === 0) {
        this.idle.splice(0).forEach((resolve) => resolve());
      }
    });
  }

  private async store(batch: ReadonlyArray<Entry<Item, Outcome>>): Promise<void> {
    const started = performance.now();
    try {
      const outcomes = await this.commit(batch);
      batch.forEach((entry, at) => settle(entry, { status: 'fulfilled', value: outcomes[at]! }));
      this.observe(batch.length, performance.now() - started);
    } catch (error) {
      await this.afterFailure(batch, error);
    }
  }

  private async commit(batch: ReadonlyArray<Entry<Item, Outcome>>): Promise<readonly Outcome[]> {
    const items = batch.map((entry) => entry.item);
    const { pool, before, process, enter } = this.options;
    const outcomes = (await before?.(items)) ?? (await inTransaction(pool, (client) => process(client, items), enter));
    if (outcomes.length !== items.length) {
      throw new TypeError(`process gave ${outcomes.length} outcomes for ${items.length} items`);
    }
    return outcomes;
  }

  private async afterFailure(batch: ReadonlyArray<Entry<Item, Outcome>>, error: unknown): Promise<void> {
    if (isUnavailable(error) || isRetryable(error)) {
      const failure = new StorageUnavailable(this.retryAfterSeconds(), error);
      batch.forEach((entry) => entry.request.reject(failure));
    } else if (batch.length === 1 || !isDataError(error)) {
      batch.forEach((entry) => settle(entry, { status: 'rejected', reason: error }));
    } else {
      // One of them can't be stored: halve until it is alone, so that its neighbours are.
      const middle = batch.length >> 1;
      await this.store(batch.slice(0, middle));
      await this.store(batch.slice(middle));
    }
  }

  private observe(rows: number, milliseconds: number): void {
    this.rate = 0.9 * this.rate + (0.1 * rows * this.options.writers) / Math.max(milliseconds, 0.1);
    this.options.onCommit?.(rows, milliseconds);
  }
}

function settle<Item, Outcome>({ request, index }: Entry<Item, Outcome>, result: PromiseSettledResult<Outcome>): void {
  request.results[index] = result;
  if (--request.open === 0) {
    request.resolve(request.results);
  }
}
