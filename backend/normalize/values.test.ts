import { countOf, ItemError } from './values';

describe('a count', () => {
  it.each([
    [1000, 1000],
    ['1000', 1000],
    [' 1000.0 ', 1000],
    [1000n, 1000],
    ['0', 0],
  ])('%p', (value, count) => {
    expect(countOf(value, 'n')).toBe(count);
  });

  it.each([[undefined], [null], [''], ['  '], ['None'], [' null ']])('%p says nothing', (value) => {
    expect(countOf(value, 'n')).toBeNull();
  });

  it.each([
    [-1],
    ['-1'],
    [1.5],
    ['1.5'],
    [NaN],
    ['0x10'],
    ['1e3'],
    ['eleven'],
    [true],
    [[1]],
    [2 ** 53],
    ['9'.repeat(30)],
  ])('%p is refused with its name', (value) => {
    expect(() => countOf(value, 'n')).toThrow(ItemError);
    expect(() => countOf(value, 'n')).toThrow(/^n must be a whole number ≥ 0/);
  });
});
