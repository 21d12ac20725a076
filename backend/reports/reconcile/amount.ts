import { roundHalfEven } from '../../pricing/decimal';

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/;
/** Beyond this many digits before the point no amount is real. */
const MAX_DIGITS = 40;

/**
 * An amount as a provider writes it (`12.5`, `0.06000000000000001`, `7.5e-08`, also negative for credits) in pico-USD:
 * exact to the twelfth digit, rounded half to even there.
 *
 * @param perUsd units in one USD: 1 for dollars, 100 for cents
 * @throws SyntaxError for anything that is no such number
 */
export function providerAmount(text: string, perUsd: 1 | 100): bigint {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  if (sign === undefined || (digits !== 0n && whole.length + Number(exponent) > MAX_DIGITS)) {
    throw new SyntaxError(`"${text.slice(0, MAX_DIGITS)}" is not an amount`);
  }
  const pico = shifted(digits, Number(exponent) - fraction.length + (perUsd === 100 ? 10 : 12));
  return sign === '-' ? -pico : pico;
}

/** digits × 10^places; what is too small to become 1 is 0, however long its exponent. */
function shifted(digits: bigint, places: number): bigint {
  if (digits === 0n || -places > digits.toString().length) {
    return 0n;
  }
  return places >= 0 ? digits * 10n ** BigInt(places) : roundHalfEven(digits, 10n ** BigInt(-places));
}

const AMOUNT = /("(?:value|amount)"\s*:\s*)(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/**
 * JSON whose amounts are numbers, with these as text: parsing would make floats of them. Within a JSON string no quote
 * stands without a backslash, so that only keys can match.
 */
export const parseKeepingAmounts = (json: string): unknown => JSON.parse(json.replace(AMOUNT, '$1"$2"')) as unknown;
