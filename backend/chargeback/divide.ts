/**
 * Divides a whole amount in proportion to weights, without a rest: each part is rounded down (towards zero), and what is left
 * goes, one by one, to the parts that lost most (largest remainder; the first of equals).
 *
 * @param weights whole numbers from 0 up, at least one above 0
 */
export function divide(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('weights must be 0 or more, and one of them above 0');
  }
  const sign = amount < 0n ? -1n : 1n;
  const size = amount * sign;
  const parts = weights.map((weight) => (size * weight) / whole);
  const lost = weights.map((weight, i) => ({ i, rest: (size * weight) % whole }));
  let left = size - parts.reduce((sum, part) => sum + part, 0n);
  for (const { i } of lost.sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1))) {
    if (left === 0n) {
      break;
    }
    parts[i]! += 1n;
    left -= 1n;
  }
  return parts.map((part) => part * sign);
}
