import { Stretch } from './job';

const HOUR_MS = 3_600_000;

test('a stretch halves while it takes too long, down to where looking back would cost more, and grows again', () => {
  const stretch = new Stretch();
  const over = (took: number, times: number): number[] =>
    Array.from({ length: times }, () => {
      stretch.took(took);
      return stretch.ms / HOUR_MS;
    });
  expect(over(5_000, 3)).toEqual([1, 0.5, 0.25]);
  expect(over(200, 1)).toEqual([0.25]);
  expect(over(5_000, 9).at(-1)).toBe(1 / 12);
  expect(over(10, 2)).toEqual([1 / 6, 1 / 3]);
  expect(over(10, 20).at(-1)).toBe(24);
});
