/**
 * Pico-USD as decimal text (`330000000` or with a fraction, `330000000.5`) to USD as decimal text (`0.00033`): the point
 * moves twelve places, nothing is rounded.
 */
export function picoTextToUsd(pico: string): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(pico) ?? [];
  const digits = whole.padStart(13, '0');
  const decimals = `${digits.slice(-12)}${fraction}`.replace(/0+$/, '');
  const amount = digits.slice(0, -12) + (decimals ? `.${decimals}` : '');
  return amount === '0' ? '0' : sign + amount;
}
