import fc from 'fast-check';
import {
  AmountOutOfRange,
  isDecimal,
  MAX_PICO,
  parseDecimal,
  picoToUsd,
  plainDecimal,
  ratio,
  ratioToDecimal,
  roundHalfEven,
  usdToPico,
} from './decimal';

describe('decimal strings', () => {
  test.each([
    ['0', 0n, 1n],
    ['3', 3n, 1n],
    ['0.30', 3n, 10n],
    ['007.5', 15n, 2n],
    ['0.08333333333333334', 4166666666666667n, 50000000000000000n],
  ])('%s is %s / %s', (text, num, den) => {
    expect(parseDecimal(text)).toEqual({ num, den });
  });

  test.each(['', '.5', '5.', '-1', '+1', '1e3', '1,5', ' 1', '0x10', 'NaN', '1'.repeat(41)])(
    '%j is refused',
    (text) => {
      expect(isDecimal(text)).toBe(false);
      expect(() => parseDecimal(text)).toThrow('is not a plain decimal number like "0.15"');
    }
  );

  test.each([
    ['7.5e-08', '0.000000075'],
    ['1.5E3', '1500'],
    ['0.0000010', '0.000001'],
    ['2.5e+1', '25'],
    ['12', '12'],
    ['0.0', '0'],
  ])('the number %s is %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  test.each(['-1', '1e999', 'Infinity', '1e'])('the number %s is refused', (text) => {
    expect(() => plainDecimal(text)).toThrow(SyntaxError);
  });

  test('every finite number of JavaScript keeps its digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true, minExcluded: true }), (value) => {
        fc.pre(value > 1e-30);
        expect(Number(plainDecimal(String(value)))).toBe(value);
      })
    );
  });
});

describe('rounding half to even', () => {
  test.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [2n, 3n, 1n],
    [1n, 3n, 0n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-2n, 3n, -1n],
    [6n, 3n, 2n],
  ])('%s / %s is %s', (num, den, rounded) => {
    expect(roundHalfEven(num, den)).toBe(rounded);
  });

  test('is never further than a half away, and even at a half', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.bigInt({ min: 1n, max: 10n ** 20n }),
        (num, den) => {
          const rounded = roundHalfEven(num, den);
          const away = 2n * (num - rounded * den);
          const distance = away < 0n ? -away : away;
          expect(distance < den || (distance === den && rounded % 2n === 0n)).toBe(true);
        }
      )
    );
  });
});

describe('pico-USD and USD', () => {
  test.each([
    [0n, '0'],
    [330_000_000n, '0.00033'],
    [1n, '0.000000000001'],
    [160_000_000_000n, '0.16'],
    [-1_500_000_000_000n, '-1.5'],
    [MAX_PICO, '9223372.036854775807'],
  ])('%s pico-USD is %s USD and back', (pico, usd) => {
    expect(picoToUsd(pico)).toBe(usd);
    expect(usdToPico(usd)).toBe(pico);
  });

  test('digits beyond the twelfth are rounded half to even', () => {
    expect(usdToPico('0.0000000000005')).toBe(0n);
    expect(usdToPico('0.0000000000015')).toBe(2n);
    expect(usdToPico('0.00000000000050000000001')).toBe(1n);
  });

  test('more than int64 is refused with the limit', () => {
    expect(() => usdToPico('9223372.036854775808')).toThrow(AmountOutOfRange);
    expect(() => usdToPico('9223372.036854775808')).toThrow('over the limit of 9223372.036854775807 USD');
    expect(() => usdToPico('-9223373')).toThrow(AmountOutOfRange);
  });

  test('any amount goes there and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MAX_PICO, max: MAX_PICO }), (pico) => {
        expect(usdToPico(picoToUsd(pico))).toBe(pico);
      })
    );
  });
});

test('a fraction is a decimal when it has an end', () => {
  expect(ratioToDecimal(ratio(3n, 8n))).toBe('0.375');
  expect(ratioToDecimal(ratio(40n, 4n))).toBe('10');
  expect(ratioToDecimal(ratio(1n, 3n))).toBeUndefined();
});
