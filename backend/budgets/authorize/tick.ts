import { randomUUID } from 'node:crypto';
import { picoToUsd } from '../../pricing/decimal';
import type { BudgetIndex } from '../matcher';
import { type Authorization, notChecked, view } from './authorization';
import { type Asked, type Concerned, decide, type Held, type Ruling } from './decide';
import { type Key, type Located, requestKey } from './located';
import type { Ask } from './request';

/** A reservation to be written. */
export interface Reserving {
  readonly ask: Ask;
  readonly id: string;
  readonly counters: readonly string[];
  readonly expires: Date;
}

interface Reserved {
  readonly id: string;
  readonly expires: string;
  /** pico-USD, decimal text */
  readonly amount: string;
  readonly open: boolean;
}

/** What the database holds before requests are decided. */
export interface Before {
  /** By the text of its key. */
  readonly held: ReadonlyMap<string, Held>;
  /** By request and counter. */
  readonly asked: ReadonlyMap<string, Asked>;
  /** By request. */
  readonly reservations: ReadonlyMap<string, Reserved>;
}

/** Decides the requests of a moment, one after the other, and keeps what has to be written for it. */
export class Tick {
  readonly reserving: Reserving[] = [];
  readonly waiting: Array<{ ask: Ask; concerned: Concerned; id: string }> = [];
  private readonly asked: Map<string, Asked>;
  private readonly reservations: Map<string, Reserved>;

  /**
   * @param before what the database holds; amounts that are reserved are added to `held`.
   * @param idOf of a new reservation.
   * @param now ms since 1970
   */
  constructor(
    private readonly index: BudgetIndex,
    private readonly before: Before,
    private readonly idOf: (ask: Ask) => string = () => randomUUID(),
    private readonly now = Date.now()
  ) {
    this.asked = new Map(before.asked);
    this.reservations = new Map(before.reservations);
  }

  decide({ ask, keys }: Located): Authorization {
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
    const expires = expiryOf(ask, this.now);
    const id = known ?? this.idOf(ask);
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
      const held = this.before.held.get(text);
      // A window without a counter: no collector prepared it. It gets one within a minute.
      const asked = held && this.asked.get(`${requestKey(ask.tenant, ask.requestId)} ${held.counterId}`);
      return held ? [{ budget: matched.budget, held, asked: asked ?? null }] : [];
    });
  }

  private answer(
    ask: Ask,
    list: readonly Concerned[],
    rulings: readonly [Ruling, ...Ruling[]],
    reservation: Pick<Reserved, 'id' | 'expires' | 'amount'> | undefined
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

/** When a reservation that is made at this moment (ms since 1970) ends by itself. */
export const expiryOf = ({ leaseSeconds }: Ask, now: number): Date => new Date(now + leaseSeconds * 1000);
