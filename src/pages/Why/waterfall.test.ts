import { reportOf } from '../../testing/why';
import { stepsOf } from './waterfall';

it('goes from before to after: each bar begins where the one before it ends', () => {
  const steps = stepsOf(
    reportOf({
      factors: [
        ['calls', '15'],
        ['cache', '-5'],
        ['price', '0'],
      ],
    })
  );
  expect(steps.map(({ label, kind }) => [label, kind])).toEqual([
    ['Before', 'total'],
    ['Number of calls', 'more'],
    ['Cache use', 'less'],
    ['Prices', 'same'],
    ['After', 'total'],
  ]);
  const [before, calls, cache, prices, after] = steps;
  // The largest level is 10 + 15 = 25 USD.
  expect([before.left, before.width]).toEqual([0, 40]);
  expect([calls.left, calls.width]).toEqual([40, 60]);
  expect([cache.left, cache.width]).toEqual([80, 20]);
  expect([prices.left, prices.width]).toEqual([80, 0]);
  expect([after.left, after.width]).toEqual([0, 80]);
});

it('keeps everything on the screen where causes go below nothing', () => {
  const steps = stepsOf(
    reportOf({
      factors: [
        ['calls', '-12'],
        ['price', '22'],
      ],
    })
  );
  for (const { left, width } of steps) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + width).toBeLessThanOrEqual(100.0001);
  }
});
