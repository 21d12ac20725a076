import type { Unit } from '../../query';

/** Grafana's unit for each unit of a metric. Decimals are left to Grafana, which keeps three significant digits. */
export const GRAFANA_UNITS: Readonly<Record<Unit, string>> = {
  usd: 'currencyUSD',
  tokens: 'short',
  calls: 'short',
  count: 'short',
  ratio: 'percentunit',
  ms: 'ms',
  tokens_per_usd: 'locale',
};

/**
 * Decimals for amounts of USD: cents, as long as cents can tell them. Amounts below ten cents keep Grafana's own three
 * significant digits, so that $0.000153 stays visible, next to larger ones too.
 */
export function usdDecimals(values: readonly unknown[]): number | undefined {
  const amounts = values.filter((value): value is number => typeof value === 'number' && value !== 0);
  return amounts.every((value) => Math.abs(value) >= 0.1) ? 2 : undefined;
}
