import { modelName, withoutDate } from '../../pricing/match';
import { roundHalfEven } from '../../pricing/decimal';
import { picoTextToUsd } from '../../query/money';
import { serviceTierOf } from '../../normalize/serviceTier';

/** What we counted on one day (UTC) of one provider, model and service tier. */
export interface OurUse {
  readonly day: string;
  readonly model: string | null;
  readonly service_tier: string | null;
  readonly calls: bigint;
  readonly unpriced_calls: bigint;
  readonly unpriced_tokens: bigint;
  readonly without_usage: bigint;
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  /** pico-USD. */
  readonly cost: bigint;
}

/** What they say; `cost` in pico-USD. */
export interface TheirCost {
  readonly day: string;
  readonly model: string | null;
  readonly cost: bigint;
}
export interface TheirUse {
  readonly day: string;
  readonly model: string | null;
  readonly service_tier: string | null;
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly requests: bigint | null;
}

/** Both sides of one day, or of one model of it. */
export interface Sides {
  readonly ours: readonly OurUse[];
  readonly theirCosts: readonly TheirCost[];
  readonly theirUse: readonly TheirUse[];
}

/** The name under which both sides' spellings of a model meet; snapshots of one model are one line. */
export const modelKey = (model: string): string => withoutDate(modelName(model)) ?? modelName(model);

export const total = <T>(rows: readonly T[], of: (row: T) => bigint): bigint =>
  rows.reduce((sum, row) => sum + of(row), 0n);

/** Tier in the words of both sides; what isn't said is standard. */
export const tierOf = ({ service_tier }: { readonly service_tier: string | null }): string =>
  serviceTierOf(service_tier ?? undefined) ?? 'standard';

/** Models of either side, the dearest first. */
export function modelsOf(sides: Sides): string[] {
  const cost = new Map<string, bigint>();
  for (const { model, cost: amount } of [...sides.ours, ...sides.theirCosts]) {
    if (model !== null) {
      cost.set(modelKey(model), (cost.get(modelKey(model)) ?? 0n) + amount);
    }
  }
  return [...cost].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1)).map(([model]) => model);
}

export function only({ ours, theirCosts, theirUse }: Sides, wanted: string): Sides {
  const is = ({ model }: { readonly model: string | null }) => model !== null && modelKey(model) === wanted;
  return { ours: ours.filter(is), theirCosts: theirCosts.filter(is), theirUse: theirUse.filter(is) };
}

export const usd = (pico: bigint): string => picoTextToUsd(pico.toString());

/** Two decimals; null where there is nothing to compare with. */
export function percent(part: bigint, whole: bigint): string | null {
  if (whole <= 0n) {
    return null;
  }
  const hundredths = roundHalfEven(part * 10_000n, whole);
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
