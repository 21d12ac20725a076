/**
 * Exact money. Prices come and go as decimal strings; inside they are ratios of integers and amounts are whole pico-USD
 * (1e-12 USD) in bigint. There is no float between a price and a sum.
 */

/** An exact, reduced fraction; `den` > 0. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

export const ONE: Ratio = { num: 1n, den: 1n };

/** pico-USD in one USD. */
export const PICO_PER_USD = 1_000_000_000_000n;

/** The largest amount that a bigint column holds, in pico-USD: about 9.22 million USD. */
export const MAX_PICO = 9_223_372_036_854_775_807n;

/** An amount that doesn't fit into int64 pico-USD. Such a call is refused, never wrapped or rounded. */
export class AmountOutOfRange extends RangeError {
  constructor(pico: bigint) {
    super(
      `${picoToUsd(pico)} USD for one call is over the limit of ${picoToUsd(MAX_PICO)} USD: check its token counts and its price`
    );
    this.name = 'AmountOutOfRange';
  }
}

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** Digits that a decimal string may have in all; bounds the work that one price can cause. */
const MAX_DIGITS = 40;

/** True for a plain non-negative decimal such as `0.15` or `3`: no sign, exponent, blank or thousands separator. */
export const isDecimal = (text: string): boolean => text.length <= MAX_DIGITS && DECIMAL.test(text);

/**
 * The exact value of a plain non-negative decimal string.
 * @throws SyntaxError for anything else.
 */
export function parseDecimal(text: string): Ratio {
  const match = text.length <= MAX_DIGITS ? DECIMAL.exec(text) : null;
  if (!match) {
    throw new SyntaxError(`"${text.slice(0, MAX_DIGITS)}" is not a plain decimal number like "0.15"`);
  }
  const fraction = match[2] ?? '';
  return ratio(BigInt(match[1]! + fraction), 10n ** BigInt(fraction.length));
}

/** The reduced fraction num / den. */
export function ratio(num: bigint, den: bigint): Ratio {
  const divisor = greatestCommonDivisor(num, den);
  return { num: num / divisor, den: den / divisor };
}

export const multiply = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.num, a.den * b.den);

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y > 0n) {
    [x, y] = [y, x % y];
  }
  return x === 0n ? 1n : x;
}

/** num / den to the nearest integer, halves to the even one. `den` > 0; `num` may be negative. */
export function roundHalfEven(num: bigint, den: bigint): bigint {
  const quotient = num / den;
  const twice = 2n * (num % den);
  const distance = twice < 0n ? -twice : twice;
  const away = num < 0n ? quotient - 1n : quotient + 1n;
  if (distance < den) {
    return quotient;
  }
  return distance > den || quotient % 2n !== 0n ? away : quotient;
}

/** @throws AmountOutOfRange when the amount doesn't fit into int64. */
export function checkedPico(pico: bigint): bigint {
  if (pico > MAX_PICO || pico < -MAX_PICO) {
    throw new AmountOutOfRange(pico);
  }
  return pico;
}

/**
 * pico-USD as an exact decimal string of USD without trailing zeros: `330000000n` is `"0.00033"`.
 */
export function picoToUsd(pico: bigint): string {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${pico < 0n ? '-' : ''}${digits.slice(0, -12)}${fraction && `.${fraction}`}`;
}

/**
 * A decimal string of USD, optionally negative, as pico-USD; digits beyond the twelfth are rounded half to even.
 * @throws SyntaxError for what is no decimal, AmountOutOfRange over int64.
 */
export const usdToPico = (usd: string): bigint => checkedPico(usdSumToPico(usd));

/**
 * The same for a sum, which may be larger than what one row holds.
 * @throws SyntaxError for what is no decimal.
 */
export function usdSumToPico(usd: string): bigint {
  const negative = usd.startsWith('-');
  const { num, den } = parseDecimal(negative ? usd.slice(1) : usd);
  const pico = roundHalfEven(num * PICO_PER_USD, den);
  return negative ? -pico : pico;
}

/**
 * The digits of a non-negative number as JSON or JavaScript writes it, `7.5e-08` too, as a plain decimal; exact.
 * @throws SyntaxError for anything else.
 */
export function plainDecimal(text: string): string {
  const match = /^(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (!match) {
    throw new SyntaxError(`"${text.slice(0, MAX_DIGITS)}" is not a number ≥ 0 of a price's size`);
  }
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return ratioToDecimal(shift < 0 ? ratio(digits, 10n ** BigInt(-shift)) : ratio(digits * 10n ** BigInt(shift), 1n))!;
}

/** An exact fraction as a decimal string; undefined when it has no finite decimal expansion. */
export function ratioToDecimal({ num, den }: Ratio): string | undefined {
  let [scaled, digits] = [num, 0];
  while (scaled % den !== 0n) {
    scaled *= 10n;
    if (++digits > 4 * MAX_DIGITS) {
      return undefined;
    }
  }
  const text = (scaled / den).toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
