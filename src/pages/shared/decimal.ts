// Grafana's compiler target knows no literals of big integers, and no powers of them.
const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** An exact number: `digits` divided by ten to the power of `places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** Decimal text, with either minus; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, rest = ''] = NUMBER.exec(text.trim().replace('−', '-')) ?? [];
  return whole === undefined
    ? undefined
    : { digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${rest}`), places: rest.length };
}

/** As decimal text, without zeros at its end. */
export function decimalText({ digits, places }: Decimal): string {
  const zero = BigInt(0);
  const text = String(digits < zero ? -digits : digits).padStart(places + 1, '0');
  const [whole, rest] = [text.slice(0, text.length - places), text.slice(text.length - places).replace(/0+$/, '')];
  return `${digits < zero ? '-' : ''}${whole}${places > 0 && rest ? `.${rest}` : ''}`;
}

const scaled = ({ digits, places }: Decimal, to: number): bigint => digits * BigInt(`1${'0'.repeat(to - places)}`);

/** The exact sum of amounts as the collector writes them; what is not known counts nothing. */
export function sumOf(amounts: ReadonlyArray<string | null>): string {
  const known = amounts.flatMap((amount) => (amount === null ? [] : (parseDecimal(amount) ?? [])));
  const places = Math.max(0, ...known.map((one) => one.places));
  return decimalText({ digits: known.reduce((sum, one) => sum + scaled(one, places), BigInt(0)), places });
}
