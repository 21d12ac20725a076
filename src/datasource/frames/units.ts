import { type FieldConfig, MappingType, type ValueMapping } from '@grafana/data';
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

/**
 * Decimals where Grafana's own choice, three significant digits, is not the best one: amounts of USD have cents as long as
 * cents can tell them. Small ones keep three digits, so that $0.000153 is visible; where they stand under dollars,
 * `smallAmounts` does that.
 */
export function decimalsFor(unit: Unit, values: readonly unknown[]): number | undefined {
  if (unit === 'tokens_per_usd') {
    return 0;
  }
  const amounts = values.filter((value): value is number => typeof value === 'number' && value !== 0).map(Math.abs);
  if (unit !== 'usd' || amounts.length === 0) {
    return unit === 'usd' ? 2 : undefined;
  }
  const smallest = amounts.reduce((a, b) => Math.min(a, b));
  const largest = amounts.reduce((a, b) => Math.max(a, b));
  // What a legend adds up to dollars has cents, where the axis has no steps that cents can't tell.
  const dollars = largest >= 1 || (largest >= 0.25 && amounts.reduce((a, b) => a + b) >= 1);
  return dollars || smallest >= 0.1 ? 2 : undefined;
}

/** Below this Grafana writes an exponent, $1e-7, which fits into cards and columns; sentences have the room. USD */
const LEAST_PLAIN = 1e-6;

/** Texts of amounts that cents can't tell, in a column or series that has dollars too: three digits of each. */
function smallAmounts(values: readonly unknown[]): ValueMapping[] {
  const small = values.filter((value): value is number => typeof value === 'number' && value > 0 && value < 0.1);
  if (small.length === 0 || small.length === values.length) {
    return [];
  }
  const texts = small.map((value, index) => [String(value), { text: tinyUsd(value), index }] as const);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(texts) }];
}

/** How amounts of USD that stand together are written. */
export function usdConfig(values: readonly unknown[]): FieldConfig {
  const decimals = decimalsFor('usd', values);
  return {
    unit: GRAFANA_UNITS.usd,
    ...(decimals === undefined ? {} : { decimals }),
    ...(decimals === 2 ? { mappings: smallAmounts(values) } : {}),
  };
}

/** A price to its last digit, with cents at least: $3.00 and $0.125. Rounded it would not be what calls are priced with. */
export function exactUsd(price: string): string {
  const [whole, digits = ''] = price.split('.');
  return `$${whole}.${digits.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** Three digits without an exponent, so that 1.5e-7 is $0.000000150. */
const tinyUsd = (value: number): string => `$${value.toFixed(Math.min(100, 2 - Math.floor(Math.log10(value))))}`;

/** An amount that Grafana would write with an exponent; undefined for all others. */
export function plainUsd(value: number): string | undefined {
  const size = Math.abs(value);
  return size > 0 && size < LEAST_PLAIN ? `${value < 0 ? '-' : ''}${tinyUsd(size)}` : undefined;
}
