import { decimalText as write, parseDecimal as parse } from '../shared/decimal';

const [ZERO, HUNDRED] = [BigInt(0), BigInt(100)];

const hundred = (places: number): bigint => BigInt(`100${'0'.repeat(places)}`);

/** "+20" is the factor "1.2", exactly; undefined for what is no number, or takes away more than all. */
export function factorOf(percent: string): string | undefined {
  const given = parse(percent);
  const digits = given && hundred(given.places) + given.digits;
  return given && digits !== undefined && digits >= ZERO ? write({ digits, places: given.places + 2 }) : undefined;
}

/** The factor "1.2" is "+20". */
export function percentOf(factor: string): string {
  const given = parse(factor);
  if (!given) {
    return '';
  }
  const text = write({ digits: given.digits * HUNDRED - hundred(given.places), places: given.places });
  return text.startsWith('-') || text === '0' ? text : `+${text}`;
}

/** "30" is the part "0.3"; undefined for what is no part of a whole. */
export function partOf(percent: string): string | undefined {
  const given = parse(percent);
  return given && given.digits >= ZERO && given.digits <= hundred(given.places)
    ? write({ digits: given.digits, places: given.places + 2 })
    : undefined;
}

/** The part "0.3" is "30". */
export function percentOfPart(part: string): string {
  const given = parse(part);
  return given ? write({ digits: given.digits * HUNDRED, places: given.places }) : '';
}
