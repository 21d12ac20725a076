import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { picoToUsd } from '../../pricing/decimal';
import { EventBatcher } from '../../storage/batcher';
import { Overloaded, StorageUnavailable } from '../../storage/errors';
import type { Budget } from '../budget';
import type { BudgetIndex, MatchedBudget } from '../matcher';
import { sendAlong } from '../../storage/transaction';
import { indexOf } from '../spend';
import { askForApprovals } from './approvals';
import { type Asked, type Concerned, decide, type Held, type Reason, type Ruling, type Verdict } from './decide';
import type { Ask } from './request';

/** What a budget has left, as far as the caller needs to know. USD, decimal text. */
export interface BudgetView {
  readonly id: string;
  readonly name: string;
  readonly limit: string;
  readonly spent: string;
  readonly committed: string;
  readonly remaining: string;
  /** Whether this budget decided. */
  readonly decided: boolean;
}

/** The answer of `POST /v1/authorize`. */
export interface Authorization {
  readonly decision: Verdict;
  readonly reason: Reason;
  /** For the developer or user who is stopped. */
  readonly message: string | null;
  /** To be settled, or sent along as the tag `reservation_id` of the usage event. */
  readonly reservation_id: string | null;
  readonly expires_at: string | null;
  /** Approvals that the call waits for: poll `GET /v1/approvals/{id}?wait=30`, then ask again with the same request_id. */
  readonly approval_ids: readonly string[];
  /** What was reserved, USD; null where the call has no price. */
  readonly estimate: string | null;
  readonly budgets: readonly BudgetView[];
  /** Budgets of the tenant that were not asked because the request doesn't name what their scope names. */
  readonly not_checked: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly missing: readonly string[];
  }>;
  /** False when the database is away and each budget's on_unavailable decided. */
  readonly enforced: boolean;
}

interface Counter {
  counter_id: string;
  budget_id: string;
  start: string;
  run_id: string;
  spent: string;
  committed: string;
  ceiling: string | null;
  unlimited: boolean;
}

interface State {
  version: string;
  counters?: Counter[];
  reservations?: Array<{
    reservation_id: string;
    tenant: string;
    request_id: string;
    state: string;
    amount: string;
    expires_at: string;
  }>;
  approvals?: Array<{
    approval_id: string;
    tenant: string;
    request_id: string;
    counter_id: string;
    state: Asked['state'];
    grant_kind: string | null;
    reason: string | null;
  }>;
}

/** A window of a budget, or a run. */
interface Key {
  readonly matched: MatchedBudget;
  readonly text: string;
  /** ms since 1970; -Infinity for a run. */
  readonly start: number;
  readonly run: string;
}

const keyText = (budgetId: string, start: number | string, run: string): string => `${budgetId} ${start} ${run}`;
const requestKey = (tenant: string, requestId: string): string => JSON.stringify([tenant, requestId]);

/** Longest that a caller waits for the database before each budget's on_unavailable decides. */
const PATIENCE_MS = 3_000;
const MAX_BATCH = 500;

/** A request with what it would be reserved on. */
interface Located {
  readonly ask: Ask;
  readonly keys: readonly Key[];
}

function locate(index: BudgetIndex, ask: Ask): Located {
  const { call } = ask;
  const keys = index.find(call).map((matched) => {
    const window = matched.window(Math.floor(call.time / 1000));
    const [start, run] = window ? [window.start, ''] : [-Infinity, call.run_id!];
    return { matched, start, run, text: keyText(matched.budget.budget_id, start, run) };
  });
  return { ask, keys };
}

/**
 * Decides about calls before they are made. The requests of a moment are decided in one transaction that locks the counters
 * they are reserved on, so that no two replicas give away the same money, and a commit is paid once for all of them.
 */
export class Gate {
  private readonly batcher: EventBatcher<Ask, Authorization>;
  private known: { version: bigint; index: BudgetIndex } | null = null;

  /** @param pool of its own, so that decisions don't wait for a connection behind reports; with `pipeline` they are faster. */
  constructor(private readonly pool: Pool) {
    this.batcher = new EventBatcher({
      pool,
      writers: 2,
      lingerMs: 0,
      maxRows: MAX_BATCH,
      process: (client, asks) => this.process(client, asks),
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
  close(): Promise<void> {
    return this.batcher.close();
  }

  private async process(client: PoolClient, asks: readonly Ask[]): Promise<Authorization[]> {
    for (;;) {
      const known = this.known ?? (await this.learn(client, null));
      const located = asks.map((ask) => locate(known.index, ask));
      const state = await begin(client, known.version, located);
      if (state.counters) {
        return new Tick(client, known.index, state).run(located);
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

async function begin(client: PoolClient, version: bigint, located: readonly Located[]): Promise<State> {
  const list = [...new Map(located.flatMap(({ keys }) => keys.map((key) => [key.text, key]))).values()];
  const { rows } = await client.query<{ state: State }>({
    name: 'begin_decisions',
    text: 'SELECT public.begin_decisions($1::bigint, $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[]) AS state',
    values: [
      String(version),
      list.map(({ matched }) => matched.budget.budget_id),
      list.map(({ start }) => (start === -Infinity ? '-infinity' : new Date(start).toISOString())),
      list.map(({ run }) => run),
      located.map(({ ask }) => ask.tenant),
      located.map(({ ask }) => ask.requestId),
    ],
  });
  return rows[0]!.state;
}

interface Reserving {
  readonly ask: Ask;
  readonly id: string;
  readonly counters: readonly string[];
  readonly expires: Date;
}

/** One transaction's decisions. */
class Tick {
  private readonly held: Map<string, Held>;
  private readonly asked: Map<string, Asked>;
  private readonly reservations: Map<string, { id: string; expires: string; amount: string; open: boolean }>;
  private readonly reserving: Reserving[] = [];
  private readonly waiting: Array<{ ask: Ask; concerned: Concerned; id: string }> = [];
  private readonly now = Date.now();

  constructor(
    private readonly client: PoolClient,
    private readonly index: BudgetIndex,
    state: State
  ) {
    this.held = new Map(state.counters!.map((row) => [keyText(row.budget_id, row.start, row.run_id), toHeld(row)]));
    this.asked = new Map(
      (state.approvals ?? []).map((row) => [
        `${requestKey(row.tenant, row.request_id)} ${row.counter_id}`,
        { approvalId: row.approval_id, state: row.state, once: row.grant_kind === 'once', reason: row.reason },
      ])
    );
    this.reservations = new Map(
      (state.reservations ?? []).map((row) => [
        requestKey(row.tenant, row.request_id),
        { id: row.reservation_id, expires: row.expires_at, amount: row.amount, open: row.state !== 'expired' },
      ])
    );
  }

  async run(list: readonly Located[]): Promise<Authorization[]> {
    const answers = list.map((one) => this.decide(one));
    await askForApprovals(this.client, this.waiting);
    if (this.reserving.length > 0) {
      reserve(this.client, this.reserving);
    }
    return answers;
  }

  private decide({ ask, keys }: Located): Authorization {
    const list = this.concerned(ask, keys);
    const before = this.reservations.get(requestKey(ask.tenant, ask.requestId));
    if (before?.open) {
      return this.answer(
        ask,
        list,
        [{ verdict: 'allow', reason: 'within_budget', message: null, concerned: null }],
        before
      );
    }
    const rulings = decide(list, ask.estimate);
    const [first] = rulings;
    if (first.verdict === 'allow') {
      return this.answer(ask, list, rulings, list.length > 0 ? this.reserve(ask, list, before?.id) : undefined);
    }
    const approvals =
      first.verdict === 'needs_approval' ? rulings.map((ruling) => this.ask(ask, ruling.concerned!)) : [];
    return { ...this.answer(ask, list, rulings, undefined), approval_ids: approvals };
  }

  /** Keeps a reservation to be written; the same request in this batch meets it. */
  private reserve(ask: Ask, list: readonly Concerned[], known: string | undefined) {
    const expires = new Date(this.now + ask.leaseSeconds * 1000);
    const id = known ?? randomUUID();
    const counters = list.filter(({ budget }) => budget.enabled).map(({ held }) => held.counterId);
    this.reserving.push({ ask, id, counters, expires });
    const made = { id, expires: expires.toISOString(), amount: String(ask.estimate ?? 0n), open: true };
    this.reservations.set(requestKey(ask.tenant, ask.requestId), made);
    return made;
  }

  private ask(ask: Ask, concerned: Concerned): string {
    if (concerned.asked?.state === 'waiting') {
      return concerned.asked.approvalId;
    }
    const id = concerned.asked?.approvalId ?? randomUUID();
    this.waiting.push({ ask, concerned, id });
    this.asked.set(`${requestKey(ask.tenant, ask.requestId)} ${concerned.held.counterId}`, {
      approvalId: id,
      state: 'waiting',
      once: false,
      reason: null,
    });
    return id;
  }

  private concerned(ask: Ask, keys: readonly Key[]): Concerned[] {
    return keys.flatMap(({ matched, text }) => {
      const held = this.held.get(text);
      // A window without a counter: no collector prepared it. It gets one within a minute.
      const asked = held && this.asked.get(`${requestKey(ask.tenant, ask.requestId)} ${held.counterId}`);
      return held ? [{ budget: matched.budget, held, asked: asked ?? null }] : [];
    });
  }

  private answer(
    ask: Ask,
    list: readonly Concerned[],
    rulings: readonly [Ruling, ...Ruling[]],
    reservation: { id: string; expires: string; amount: string } | undefined
  ): Authorization {
    const [{ verdict, reason, message }] = rulings;
    const deciding = new Set(rulings.map(({ concerned }) => concerned?.budget.budget_id));
    return {
      decision: verdict,
      reason,
      message,
      reservation_id: reservation?.id ?? null,
      expires_at: reservation ? new Date(reservation.expires).toISOString() : null,
      approval_ids: [],
      estimate: reservation
        ? picoToUsd(BigInt(reservation.amount))
        : ask.estimate === null
          ? null
          : picoToUsd(ask.estimate),
      budgets: list.map(({ budget, held }) => view(budget, held, deciding.has(budget.budget_id))),
      not_checked: notChecked(this.index, ask),
      enforced: true,
    };
  }
}

const toHeld = ({ counter_id, spent, committed, ceiling, unlimited }: Counter): Held => ({
  counterId: counter_id,
  spent: BigInt(spent),
  committed: BigInt(committed),
  ceiling: ceiling === null ? null : BigInt(ceiling),
  unlimited,
});

function view({ budget_id: id, name, amount }: Budget, { spent, committed }: Held, decided: boolean): BudgetView {
  const left = amount - spent - committed;
  return {
    id,
    name,
    limit: picoToUsd(amount),
    spent: picoToUsd(spent),
    committed: picoToUsd(committed),
    remaining: picoToUsd(left > 0n ? left : 0n),
    decided,
  };
}

function notChecked(index: BudgetIndex, { call, tenant }: Ask): Authorization['not_checked'] {
  return index.ofTenant(tenant).flatMap((matched) => {
    const missing = matched.budget.enabled && !matched.holds(call) ? matched.unknown(call) : [];
    return missing.length > 0 ? [{ id: matched.budget.budget_id, name: matched.budget.name, missing }] : [];
  });
}

/** Writes reservations and what they hold; sent together with the commit. */
function reserve(client: PoolClient, list: readonly Reserving[]): void {
  const statement = client.query({
    name: 'reserve_calls',
    text: 'SELECT public.reserve_calls($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::numeric[], $7::timestamptz[])',
    values: [
      list.map(({ id }) => id),
      list.map(({ ask }) => ask.tenant),
      list.map(({ ask }) => ask.requestId),
      list.map(({ ask }) => JSON.stringify(ask.input)),
      list.map(({ counters }) => `{${counters.join()}}`),
      list.map(({ ask }) => String(ask.estimate ?? 0n)),
      list.map(({ expires }) => expires.toISOString()),
    ],
  });
  sendAlong(client, statement);
}

/** What each budget wants while the database is away: nothing is reserved. */
function withoutDatabase(index: BudgetIndex, ask: Ask): Authorization {
  const enabled = index.find(ask.call).filter(({ budget }) => budget.enabled);
  const closed = enabled.filter(({ budget }) => budget.on_unavailable === 'deny');
  const [first] = closed;
  return {
    decision: first ? 'deny' : 'allow',
    reason: 'unavailable',
    message: first
      ? `the budget "${first.budget.name}" lets nothing through while its database is away; try again in a moment`
      : null,
    reservation_id: null,
    expires_at: null,
    approval_ids: [],
    estimate: ask.estimate === null ? null : picoToUsd(ask.estimate),
    budgets: [],
    not_checked: notChecked(index, ask),
    enforced: false,
  };
}
