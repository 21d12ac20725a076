import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { PricedEvent } from '../events/usageEvent';
import { sendAlong, transactionOf } from '../storage/transaction';
import { BudgetIndex, type Scoped } from './matcher';
import { listBudgets } from './store';

/** A stored call, as far as budgets ask. */
export interface StoredCall extends Scoped {
  /** µs since 1970 */
  readonly us: bigint | number;
  /** pico-USD; null when unpriced. */
  readonly total_cost: bigint | null;
}

/** The tag by which a call says which reservation it was let through with. */
export const RESERVATION_TAG = 'reservation_id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Change {
  readonly budgetId: string;
  /** ms since 1970; -Infinity for a run. */
  readonly start: number;
  readonly run: string;
  amount: bigint;
  /** The part of the amount that is of calls which are over for long: no burn rate counts it (migration 0034). */
  late: bigint;
  calls: number;
  unpriced: number;
}

/** What is told of a call this long after it is history, ms. */
const LATE_MS = 3_600_000;

/**
 * What one transaction changes about what was spent. It follows every row that is added, changed or removed, and adds the
 * sums to the budgets' counters as the transaction's last statement, so that the counters are locked for a moment only.
 */
export class Spend {
  private readonly changes = new Map<string, Change>();
  private readonly arrived = new Set<string>();

  constructor(private readonly index: BudgetIndex) {}

  /** False while there is no budget: nothing needs to be followed. */
  get watches(): boolean {
    return !this.index.empty;
  }

  /** Columns of a stored call that {@link added} and {@link removed} read. */
  get columns(): readonly string[] {
    return [...this.index.columns, 'total_cost'];
  }

  insertedEvent(event: PricedEvent): void {
    this.count(event, event.time, event.pricing.priced ? event.pricing.total_cost : null, 1);
    this.arrives(event);
  }

  added(call: StoredCall): void {
    this.count(call, Number(call.us), call.total_cost, 1);
    this.arrives(call);
  }

  removed(call: StoredCall): void {
    this.count(call, Number(call.us), call.total_cost, -1);
  }

  private arrives({ tags }: Scoped): void {
    const id = tags?.[RESERVATION_TAG];
    if (id !== undefined && UUID.test(id)) {
      this.arrived.add(id);
    }
  }

  private count(call: Scoped, us: number, cost: bigint | null, sign: 1 | -1): void {
    const amount = sign > 0 ? (cost ?? 0n) : -(cost ?? 0n);
    const late = us / 1000 < Date.now() - LATE_MS ? amount : 0n;
    for (const matched of this.index.find(call)) {
      const budgetId = matched.budget.budget_id;
      const window = matched.window(Math.floor(us / 1000));
      const [start, run] = window ? [window.start, ''] : [-Infinity, call.run_id!];
      const key = `${budgetId} ${start} ${run}`;
      let change = this.changes.get(key);
      if (!change) {
        change = { budgetId, start, run, amount: 0n, late: 0n, calls: 0, unpriced: 0 };
        this.changes.set(key, change);
      }
      change.amount += amount;
      change.late += late;
      change.calls += sign;
      change.unpriced += cost === null ? sign : 0;
    }
  }

  /** Adds the sums to the counters. */
  async apply(client: PoolClient): Promise<void> {
    const changes = [...this.changes.values()].filter(
      ({ amount, calls, unpriced }) => amount !== 0n || calls !== 0 || unpriced !== 0
    );
    if (changes.length === 0 && this.arrived.size === 0) {
      return;
    }
    await send(client, {
      name: 'apply_spend',
      text: `SELECT public.apply_spend($1::uuid[], $2::timestamptz[], $3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::uuid[])`,
      values: [
        changes.map(({ budgetId }) => budgetId),
        changes.map(({ start }) => (start === -Infinity ? '-infinity' : new Date(start).toISOString())),
        changes.map(({ run }) => run),
        changes.map(({ amount }) => String(amount)),
        changes.map(({ calls }) => calls),
        changes.map(({ unpriced }) => unpriced),
        [...this.arrived],
      ],
    });
    const late = changes.filter((change) => change.late !== 0n && change.run === '');
    if (late.length > 0) {
      await send(client, {
        name: 'apply_late',
        text: 'SELECT public.apply_late($1::uuid[], $2::timestamptz[], $3::numeric[])',
        values: [
          late.map(({ budgetId }) => budgetId),
          late.map(({ start }) => new Date(start).toISOString()),
          late.map((change) => String(change.late)),
        ],
      });
    }
  }
}

/** One of the transaction's last statements, of which nobody needs the result. */
async function send(client: PoolClient, query: QueryConfig): Promise<void> {
  const statement = client.query(query);
  if (client.pipeline) {
    sendAlong(client, statement);
  } else {
    await statement;
  }
}

const indexes = new WeakMap<Pool, { readonly version: bigint; readonly index: BudgetIndex }>();
const spends = new WeakMap<object, Spend>();

/**
 * Follows what the transaction that is open on `client` changes about calls. The budgets stay as they are until it ends.
 * Whoever writes calls asks for this; a transaction of inTransaction applies it before it commits.
 */
export async function spendOf(client: PoolClient): Promise<Spend> {
  const transaction = transactionOf(client);
  const known = spends.get(transaction);
  if (known) {
    return known;
  }
  const { rows } = await client.query<{ version: bigint }>({
    name: 'begin_spending',
    text: 'SELECT public.begin_spending() AS version',
  });
  const spend = new Spend(await indexOf(transaction.pool, client, rows[0]!.version));
  spends.set(transaction, spend);
  transaction.beforeCommit.push(() => spend.apply(client));
  return spend;
}

/** The budgets of this version, read again when they changed. */
export async function indexOf(pool: Pool, client: Pool | PoolClient, version: bigint): Promise<BudgetIndex> {
  let cached = indexes.get(pool);
  if (cached?.version !== version) {
    cached = { version, index: new BudgetIndex(await listBudgets(client)) };
    indexes.set(pool, cached);
  }
  return cached.index;
}

/** Any number that nothing else in the database locks by. */
const CHANGE_LOCK = 7_226_330_162;

/**
 * Changes of stored calls come one after another where budgets watch: what a call cost before is read and replaced in two
 * statements, and nobody may change it in between.
 */
export async function lockChanges(client: PoolClient): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [CHANGE_LOCK]);
}
