import { WallClock } from './clock';
import { multiply, ONE, parseDecimal, type Ratio } from './decimal';
import { parseInstant, type Microseconds } from './instant';
import { canonicalModel } from './match';
import { canonicalProvider } from './providers';
import type { Adjustment, LongContextTier, PriceRow, StoredPrice, TimeOfDayPrice } from './priceRow';
import {
  compileRates,
  RATE_NAMES,
  TOKEN_RATE_NAMES,
  UNIT_RATE_NAMES,
  type CompiledRates,
  type RateTexts,
} from './rates';

/** The rates of one call, and how they came about. */
export interface RatePlan {
  readonly rates: CompiledRates;
  /** The long-context tier that holds, or null below all of them. */
  readonly tier: LongContextTier | null;
  /** The key in the row's service tiers, or null for standard. */
  readonly serviceTier: string | null;
  readonly timeOfDay: TimeOfDayPrice | null;
  /** Already contained in `rates`. */
  readonly multiplier: Ratio;
}

/** Rates by the length of the input: `plans[i]` holds above `thresholds[i]` tokens, longest first, else `base`. */
interface Schedule {
  readonly thresholds: readonly number[];
  readonly plans: readonly RatePlan[];
  readonly base: RatePlan;
}

interface Window {
  readonly price: TimeOfDayPrice;
  readonly clock: WallClock;
  readonly from: number;
  readonly to: number;
}

/** Served tiers that mean the row's own rates. */
const STANDARD = new Set(['', 'standard', 'default', 'auto', 'on_demand', 'on-demand', 'ondemand']);

const serviceTierKey = (tier: string): string => tier.trim().toLowerCase();

/** When a row holds, `[from, to)`; infinite where it has no date. */
export const datesOf = (row: PriceRow): { from: Microseconds; to: Microseconds } => ({
  from: row.effective_from === null ? -Infinity : parseInstant(row.effective_from)!,
  to: row.effective_to === null ? Infinity : parseInstant(row.effective_to)!,
});

const COMPILED = new WeakMap<StoredPrice, CompiledPrice>();

/**
 * A price row made ready for pricing many calls. Immutable but for its memory of rates that were asked for, and made once
 * for each row object, so that a changed override doesn't compile the whole catalogue again.
 */
export class CompiledPrice {
  static of(row: StoredPrice): CompiledPrice {
    let price = COMPILED.get(row);
    if (price === undefined) {
      price = new CompiledPrice(row);
      COMPILED.set(row, price);
    }
    return price;
  }

  /** `[from, to)` in microseconds. */
  readonly from: Microseconds;
  readonly to: Microseconds;
  /** False for what is priced by the request, search or unit alone. */
  readonly hasTokenRates: boolean;
  readonly chargesRequests: boolean;
  /** Calls cost nothing by themselves: the hour's amount is spread over them afterwards (rule 10). */
  readonly isHourlyOnly: boolean;
  readonly #serviceTiers: ReadonlyMap<string, Adjustment>;
  readonly #windows: readonly Window[];
  #standard: Schedule | undefined;
  /** By the key of the service tier (null = standard), then by window (0 = none). */
  readonly #schedules = new Map<string | null, Schedule[]>();

  /** The names by which the row is found, lower case and without its provider's prefix. */
  readonly names: readonly string[];

  private constructor(readonly row: StoredPrice) {
    this.names = rowNames(row);
    ({ from: this.from, to: this.to } = datesOf(row));
    this.hasTokenRates = TOKEN_RATE_NAMES.some((name) => row[name] !== null);
    this.chargesRequests = row.per_request !== null;
    this.isHourlyOnly = row.hourly_amount !== null && RATE_NAMES.every((name) => row[name] === null);
    this.#serviceTiers = new Map(Object.entries(row.service_tiers).map(([key, tier]) => [serviceTierKey(key), tier]));
    this.#windows = row.time_of_day.map((price) => ({
      price,
      clock: new WallClock(price.zone),
      from: minutes(price.from),
      to: minutes(price.to),
    }));
  }

  holdsAt(time: Microseconds): boolean {
    return this.from <= time && time < this.to;
  }

  /**
   * The rates for a call.
   * @param inputTokens the WHOLE input, cached included (rule 4)
   * @param serviceTier as served (rule 6)
   * @returns null when the row has no price for that service tier
   */
  planFor(inputTokens: number, serviceTier: string | null, time: Microseconds): RatePlan | null {
    const schedule =
      serviceTier === null && this.#windows.length === 0
        ? (this.#standard ??= this.#schedule(null, null))
        : this.#scheduleFor(serviceTier ?? '', time);
    if (schedule === null) {
      return null;
    }
    for (let i = 0; i < schedule.thresholds.length; i++) {
      if (inputTokens > schedule.thresholds[i]!) {
        return schedule.plans[i]!;
      }
    }
    return schedule.base;
  }

  #scheduleFor(serviceTier: string, time: Microseconds): Schedule | null {
    const key = serviceTierKey(serviceTier);
    const isListed = this.#serviceTiers.has(key);
    if (!isListed && !STANDARD.has(key)) {
      return null;
    }
    const used = isListed ? key : null;
    const window = this.#windowAt(time);
    let byWindow = this.#schedules.get(used);
    if (byWindow === undefined) {
      byWindow = [];
      this.#schedules.set(used, byWindow);
    }
    return (byWindow[window + 1] ??= this.#schedule(used, this.#windows[window]?.price ?? null));
  }

  /** Index of the first window that holds, -1 for none. */
  #windowAt(time: Microseconds): number {
    for (let i = 0; i < this.#windows.length; i++) {
      const { clock, from, to } = this.#windows[i]!;
      const minute = clock.minuteOfDay(time);
      if (from < to ? from <= minute && minute < to : from <= minute || minute < to) {
        return i;
      }
    }
    return -1;
  }

  #schedule(serviceTier: string | null, timeOfDay: TimeOfDayPrice | null): Schedule {
    const service = serviceTier === null ? null : this.#serviceTiers.get(serviceTier)!;
    const source =
      [service, timeOfDay].find((candidate) => candidate && candidate.multiplier === undefined) ?? this.row;
    const multiplier = [service, timeOfDay]
      .map((part) => (part?.multiplier === undefined ? ONE : parseDecimal(part.multiplier)))
      .reduce(multiply);
    const plan = (texts: RateTexts, tier: LongContextTier | null): RatePlan => ({
      rates: compileRates(texts, multiplier),
      tier,
      serviceTier,
      timeOfDay,
      multiplier,
    });
    const tiers = source.tiers.toSorted((a, b) => b.above_input_tokens - a.above_input_tokens);
    return {
      thresholds: tiers.map((tier) => tier.above_input_tokens),
      plans: tiers.map((tier) => plan(tierTexts(tier, source), tier)),
      base: plan(source, null),
    };
  }
}

/** A long-context tier sets all token rates; requests, searches and units keep theirs unless it names them. */
function tierTexts(tier: LongContextTier, base: RateTexts): RateTexts {
  const unitRates = Object.fromEntries(UNIT_RATE_NAMES.map((name) => [name, tier[name] ?? base[name] ?? null]));
  return { ...tier, ...unitRates };
}

/** The provider of a row, by its one name. */
export const sellerOf = (row: PriceRow): string => canonicalProvider(row.provider) ?? row.provider.toLowerCase();

/** The names by which a row is found, lower case and without its provider's prefix. */
export function rowNames(row: PriceRow): string[] {
  return [...new Set([row.model, ...row.aliases].map((model) => canonicalModel(sellerOf(row), model)))];
}

const minutes = (timeOfDay: string): number => Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));
