import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { isRetryable } from '../../storage/errors';
import type { BudgetIndex } from '../matcher';
import type { Authorization } from './authorization';
import { allowance, type Held } from './decide';
import { type Located, requestKey } from './located';
import type { Recent } from './recent';
import { type Columns, columnsOf, reserveWithin, type Share } from './statements';
import { expiryOf, type Reserving, Tick } from './tick';

/** Counters that are remembered; there is one for each run. */
const MAX_KNOWN = 50_000;

/** What requests together take of a counter. */
interface Taking {
  readonly held: Held;
  readonly line: bigint | null;
  readonly block: bigint | null;
  /** pico-USD */
  sum: bigint;
}

/**
 * Nearly always all requests of a moment stay within their budgets. Then one statement, which says how much they take and
 * how far that may go, is enough: no second way to the database while counters are locked. It decides nothing that
 * {@link Tick} doesn't: where it takes nothing, because anything is in doubt, the longer way decides.
 */
export class Within {
  /** How counters stood when they were last seen, by the text of their key. Only tells whether it is worth trying. */
  private readonly known = new Map<string, Held>();

  /** @param recent keeps what is reserved, so that a commit needn't wait for the disk; null where nothing but the commit writes it. */
  constructor(
    private readonly pool: Pool,
    private readonly recent: Recent | null
  ) {}

  /** Keeps how counters stand. Written in place: what lives as long as this is costly to collect as garbage. */
  see(held: Iterable<readonly [string, Held]>): void {
    for (const [key, one] of held) {
      const known = this.known.get(key);
      if (known) {
        Object.assign(known, one);
      } else {
        this.known.set(key, { ...one });
      }
    }
    for (const key of this.known.keys()) {
      if (this.known.size <= MAX_KNOWN) {
        return;
      }
      this.known.delete(key);
    }
  }

  /** @returns null when nothing was decided. */
  async decide(index: BudgetIndex, version: bigint, located: readonly Located[]): Promise<Authorization[] | null> {
    const takings = this.takings(located);
    if (!takings || !areDifferent(located)) {
      return null;
    }
    const now = Date.now();
    const ids = new Map(located.map(({ ask }) => [ask, randomUUID()]));
    const list = located.map(({ ask, keys }): Reserving => {
      const counters = keys
        .filter(({ matched }) => matched.budget.enabled)
        .map(({ text }) => takings.get(text)!.held.counterId);
      return { ask, id: ids.get(ask)!, counters, expires: expiryOf(ask, now) };
    });
    const held = await this.reserve(version, takings, list);
    return (
      held && answers(new Tick(index, { held, asked: NONE, reservations: NONE }, (ask) => ids.get(ask)!, now), located)
    );
  }

  /** @returns how the counters stood before, by the texts of their keys; null when nothing was reserved. */
  private async reserve(
    version: bigint,
    takings: ReadonlyMap<string, Taking>,
    list: readonly Reserving[]
  ): Promise<Map<string, Held> | null> {
    const shares = [...takings.values()].map(({ held, sum, line, block }): Share => ({
      counterId: held.counterId,
      sum,
      line,
      block,
    }));
    const columns = columnsOf(list);
    const after = new Map((await this.send(version, shares, columns)).map((one) => [one.counterId, one]));
    if (after.size === 0) {
      takings.forEach((_, key) => this.known.delete(key));
      return null;
    }
    this.recent?.add(columns);
    const stands = new Map([...takings].map(([key, { held }]) => [key, after.get(held.counterId)!]));
    this.see(stands);
    return new Map(
      [...stands].map(([key, one]) => [key, { ...one, committed: one.committed - takings.get(key)!.sum }])
    );
  }

  private async send(version: bigint, shares: readonly Share[], columns: Columns): Promise<Held[]> {
    const client = await this.pool.connect();
    let broken: unknown;
    try {
      return await reserveWithin(client, version, shares, columns, this.recent !== null);
    } catch (error) {
      broken = isRetryable(error) ? undefined : error;
      throw error;
    } finally {
      client.release(broken as Error | undefined);
    }
  }

  /** What the requests take, by the text of the counter's key; null when they hardly stay within their lines. */
  private takings(located: readonly Located[]): Map<string, Taking> | null {
    const takings = new Map<string, Taking>();
    for (const { ask, keys } of located) {
      for (const { text, matched } of keys) {
        const taking = takings.get(text) ?? this.nothingOf(text, allowance(matched.budget));
        if (!taking || (ask.estimate === null && taking.line !== null)) {
          return null;
        }
        taking.sum += matched.budget.enabled ? (ask.estimate ?? 0n) : 0n;
        takings.set(text, taking);
      }
      if (keys.length === 0) {
        return null;
      }
    }
    return [...takings.values()].every(fits) ? takings : null;
  }

  private nothingOf(key: string, allowed: { line: bigint | null; block: bigint | null }): Taking | null {
    const held = this.known.get(key);
    return held ? { held, ...allowed, sum: 0n } : null;
  }
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

function fits({ held: { spent, committed, ceiling, unlimited }, line, block, sum }: Taking): boolean {
  const highest = line !== null && ceiling !== null && ceiling > line ? ceiling : line;
  return (block === null || spent < block) && (unlimited || highest === null || spent + committed + sum <= highest);
}

const areDifferent = (located: readonly Located[]): boolean =>
  located.length === 1 ||
  new Set(located.map(({ ask }) => requestKey(ask.tenant, ask.requestId))).size === located.length;

/** @throws Error where a request that the database let through isn't: it would be reserved and denied. */
function answers(tick: Tick, located: readonly Located[]): Authorization[] {
  const list = located.map((one) => tick.decide(one));
  if (tick.reserving.length !== located.length) {
    throw new Error('the database let a request through that its budgets stop');
  }
  return list;
}
