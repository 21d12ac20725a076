import { formattedValueToString, getValueFormat } from '@grafana/data';
import { decimalsFor, plainUsd } from './units';

/** USD as it is read: cents from ten cents on, below that as many digits as it takes to see something. */
export function usdText(value: number): string {
  const decimals = Math.abs(value) >= 1 || value === 0 ? 2 : decimalsFor('usd', [value]);
  return plainUsd(value) ?? formattedValueToString(getValueFormat('currencyUSD')(value, decimals));
}
