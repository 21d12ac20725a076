import { multiply, parseDecimal, picoToUsd, ratio, roundHalfEven } from '../pricing/decimal';
import { RATES } from '../pricing/rates';
import type { StoredPrice } from '../pricing/priceRow';

/** Tokens of calls; `input` without those that were read from or written to a cache. */
export interface Tokens {
  readonly input: bigint;
  readonly cache_read: bigint;
  readonly cache_write: bigint;
  readonly output: bigint;
}

/** One product: tokens × rate. */
export interface Term {
  readonly what: keyof Tokens;
  readonly tokens: string;
  /** USD per 1M tokens, as the price row has it. */
  readonly rate: string;
  readonly usd: string;
}

export interface Computed {
  /** pico-USD */
  readonly cost: bigint;
  readonly terms: readonly Term[];
}

/** Whole tokens times USD per 1M, in pico-USD, rounded once. */
export function tokensTimes(tokens: bigint, rate: string): bigint {
  const { num, den } = multiply(parseDecimal(rate), ratio(RATES.input.pico, 1n));
  return roundHalfEven(tokens * num, den);
}

/**
 * What tokens cost at the base rates of a price row; null where it has no rate for some of them. A cache is the model's own
 * matter: without rates for it, cached tokens are input. Writes are priced at the 5-minute rate.
 */
export function costAt(row: StoredPrice, tokens: Tokens): Computed | null {
  const rates: Readonly<Record<keyof Tokens, string | null>> = {
    input: row.input,
    cache_read: row.cache_read ?? row.input,
    cache_write: row.cache_write_5m ?? row.input,
    output: row.output,
  };
  const terms: Term[] = [];
  let cost = 0n;
  for (const what of ['input', 'cache_read', 'cache_write', 'output'] as const) {
    const [count, rate] = [tokens[what], rates[what]];
    if (count === 0n) {
      continue;
    }
    if (rate === null) {
      return null;
    }
    const amount = tokensTimes(count, rate);
    cost += amount;
    terms.push({ what, tokens: String(count), rate, usd: picoToUsd(amount) });
  }
  return { cost, terms };
}
