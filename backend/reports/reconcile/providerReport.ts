/** Whose reports can be read. */
export const REPORTING_PROVIDERS = ['openai', 'anthropic'] as const;
export type ReportingProvider = (typeof REPORTING_PROVIDERS)[number];

/** A line of a provider's bill. */
export interface ProviderCost {
  /** UTC, `2026-01-31`. */
  readonly day: string;
  /** null where the line is of no model, e.g. of web searches. */
  readonly model: string | null;
  readonly service_tier: string | null;
  /** The provider's own words. */
  readonly line_item: string;
  /** pico-USD. */
  readonly amount: bigint;
}

/** What a provider counted; tokens are inclusive: cached ones are a part of input. */
export interface ProviderUsage {
  readonly day: string;
  readonly model: string | null;
  readonly service_tier: string | null;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly output_tokens: number;
  /** null where the provider doesn't count them. */
  readonly requests: number | null;
}

export interface ProviderReport {
  readonly costs: readonly ProviderCost[];
  readonly usage: readonly ProviderUsage[];
}

/** How to reach a provider's admin API. */
export interface ProviderAccess {
  readonly baseUrl: string;
  /** Admin key; never logged. */
  readonly key: string;
  /** Ends the asking, also in the middle of a wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Whole days of UTC, `[from, to)`, `2026-01-31`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A provider's API can't be used; in one line for people. */
export class ProviderError extends Error {
  override name = 'ProviderError';
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** @throws ProviderError unless the bucket is one day of UTC. */
export function bucketDay(startMs: number, provider: string): string {
  if (!Number.isFinite(startMs) || startMs % 86_400_000 !== 0) {
    throw new ProviderError(`${provider} answered with a bucket that is no day of UTC`);
  }
  return dayOf(startMs);
}

/** Ours are US dollars, so theirs have to be. @throws ProviderError for another currency. */
export function requireUsd(currency: string, provider: string): void {
  if (currency.toLowerCase() !== 'usd') {
    throw new ProviderError(`${provider} bills in ${currency.slice(0, 10)}; only USD can be compared`);
  }
}
