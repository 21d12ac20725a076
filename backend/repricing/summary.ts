import type { Pricing } from '../events/usageEvent';
import { picoTextToUsd } from '../query/money';

/** Money that moved for one tenant and model. Decimal USD text. */
export interface Mover {
  readonly tenant: string;
  readonly model: string | null;
  readonly calls: number;
  readonly old_cost: string;
  readonly new_cost: string;
  readonly difference: string;
}

export interface SummaryReply {
  /** Events in the range. */
  readonly events: number;
  /** Events whose amounts, price or reason change. */
  readonly changed: number;
  readonly newly_priced: number;
  readonly newly_unpriced: number;
  readonly old_cost: string;
  readonly new_cost: string;
  readonly difference: string;
  /** The tenants and models with the largest differences, in either direction. */
  readonly largest_movers: readonly Mover[];
}

interface Before {
  readonly tenant: string | null;
  readonly model: string | null;
  readonly total_cost: bigint | null;
}

const MOVERS = 20;
const usd = (pico: bigint): string => picoTextToUsd(String(pico));
const size = (pico: bigint): bigint => (pico < 0n ? -pico : pico);

/** Adds up what a repricing changes; sums are exact. */
export class Summary {
  events = 0;
  private changed = 0;
  private newlyPriced = 0;
  private newlyUnpriced = 0;
  private before = 0n;
  private after = 0n;
  private readonly groups = new Map<
    string,
    { tenant: string; model: string | null; calls: number; old: bigint; new: bigint }
  >();

  add(row: Before, pricing: Pricing, changed: boolean): void {
    this.events++;
    const old = row.total_cost ?? 0n;
    const now = pricing.priced ? pricing.total_cost : 0n;
    this.before += old;
    this.after += now;
    if (!changed) {
      return;
    }
    this.changed++;
    this.newlyPriced += row.total_cost === null && pricing.priced ? 1 : 0;
    this.newlyUnpriced += row.total_cost !== null && !pricing.priced ? 1 : 0;
    const key = JSON.stringify([row.tenant, row.model]);
    const group = this.groups.get(key) ?? {
      tenant: row.tenant ?? 'unknown',
      model: row.model,
      calls: 0,
      old: 0n,
      new: 0n,
    };
    group.calls++;
    group.old += old;
    group.new += now;
    this.groups.set(key, group);
  }

  reply(): SummaryReply {
    const movers = [...this.groups.values()].sort((a, b) => {
      const [left, right] = [size(a.new - a.old), size(b.new - b.old)];
      return left === right ? 0 : left > right ? -1 : 1;
    });
    return {
      events: this.events,
      changed: this.changed,
      newly_priced: this.newlyPriced,
      newly_unpriced: this.newlyUnpriced,
      old_cost: usd(this.before),
      new_cost: usd(this.after),
      difference: usd(this.after - this.before),
      largest_movers: movers.slice(0, MOVERS).map(({ tenant, model, calls, old, new: now }) => ({
        tenant,
        model,
        calls,
        old_cost: usd(old),
        new_cost: usd(now),
        difference: usd(now - old),
      })),
    };
  }
}
