import { multiply, ONE, parseDecimal, ratio, type Ratio } from './decimal';

/** What a rate is quoted per, and what it makes of one unit of usage: pico-USD per unit for each USD of the quote. */
const PER_MILLION_TOKENS = { per: '1M tokens', pico: 1_000_000n } as const;
const PER_THOUSAND = { per: '1K', pico: 1_000_000_000n } as const;
const PER_ONE = { per: '1', pico: 1_000_000_000_000n } as const;

/** Every rate that a price row can have, with its unit. Price rows, rate compilation and explanations derive from it. */
export const RATES = {
  input: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  cache_read: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  cache_write_5m: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  cache_write_1h: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  output: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  reasoning: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  audio_input: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  audio_output: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  image_input: { ...PER_MILLION_TOKENS, unit: 'tokens' },
  per_request: { ...PER_ONE, unit: 'requests' },
  web_search_per_1k: { ...PER_THOUSAND, unit: 'searches' },
  per_unit: { ...PER_ONE, unit: 'units' },
} as const;

export type RateName = keyof typeof RATES;
export const RATE_NAMES = Object.keys(RATES) as RateName[];
export const TOKEN_RATE_NAMES = RATE_NAMES.filter((name) => RATES[name].unit === 'tokens');
/** Rates that don't depend on the length of the input: a long-context tier that doesn't name them leaves them as they are. */
export const UNIT_RATE_NAMES = RATE_NAMES.filter((name) => RATES[name].unit !== 'tokens');

/** Rates as posted: decimal strings of USD; null or absent = there is no such rate. */
export type RateTexts = { readonly [Name in RateName]?: string | null };

/** pico-USD per unit of usage, exact. */
export interface Rate extends Ratio {
  /** The rate as a number where it is a whole, safe number of pico-USD (nearly always), else -1. For speed only. */
  readonly whole: number;
}

export type CompiledRates = { readonly [Name in RateName]: Rate | null };

/** pico-USD per unit for a quoted price, times a multiplier; fractions are kept. */
export function compileRate(name: RateName, usd: string, multiplier: Ratio = ONE): Rate {
  const { num, den } = multiply(multiply(parseDecimal(usd), ratio(RATES[name].pico, 1n)), multiplier);
  return { num, den, whole: den === 1n && num <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(num) : -1 };
}

/** All rates, with null for those that are not named. Each object has the same keys in the same order. */
export function compileRates(texts: RateTexts, multiplier: Ratio = ONE): CompiledRates {
  return Object.fromEntries(
    RATE_NAMES.map((name) => {
      const usd = texts[name] ?? null;
      return [name, usd === null ? null : compileRate(name, usd, multiplier)];
    })
  ) as CompiledRates;
}
