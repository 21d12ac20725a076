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
  number: 'short',
  time: 'dateTimeAsIso',
  text: 'string',
};

/** Digits that keep the smallest amount visible beside one of a dollar or more. */
function centsOrFiner(smallest: number): number | undefined {
  return [2, 4, 6].find((decimals) => smallest >= 0.5 / 10 ** decimals);
}

/**
 * Decimals where Grafana's own choice, three significant digits, is not the best one: amounts of USD have cents as long as
 * cents can tell them. Small ones keep three digits, so that $0.000153 is visible; in a table, where they stand under
 * dollars, they get as many decimals as they need.
 */
export function decimalsFor(unit: Unit, values: readonly unknown[], inTable: boolean): number | undefined {
  if (unit === 'tokens_per_usd') {
    return 0;
  }
  const amounts = values.filter((value): value is number => typeof value === 'number' && value !== 0).map(Math.abs);
  if (unit !== 'usd' || amounts.length === 0) {
    return unit === 'usd' ? 2 : undefined;
  }
  const smallest = amounts.reduce((a, b) => Math.min(a, b));
  const largest = amounts.reduce((a, b) => Math.max(a, b));
  if (inTable && largest >= 1) {
    return centsOrFiner(smallest);
  }
  return smallest >= 0.1 ? 2 : undefined;
}
