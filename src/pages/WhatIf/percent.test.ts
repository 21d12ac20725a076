import { factorOf, partOf, percentOf, percentOfPart } from './percent';

it.each([
  ['+20', '1.2'],
  ['20', '1.2'],
  ['-12.5', '0.875'],
  ['−100', '0'],
  ['0', '1'],
  ['+0.01', '1.0001'],
  ['900', '10'],
])('%s %% is the factor %s, exactly', (percent, factor) => expect(factorOf(percent)).toBe(factor));

it('there is no factor below nothing, nor of what is no number', () => {
  expect(['-101', 'a', '', '1,5', '1e3'].map(factorOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('factors are shown as what they add', () => {
  expect(['1.2', '0.875', '1', '0', '10'].map(percentOf)).toEqual(['+20', '-12.5', '0', '-100', '+900']);
});

it('parts are from nothing to the whole', () => {
  expect(['30', '0', '100', '33.3', '100.1', '-1'].map(partOf)).toEqual([
    '0.3',
    '0',
    '1',
    '0.333',
    undefined,
    undefined,
  ]);
  expect(['0.3', '1', '0.333'].map(percentOfPart)).toEqual(['30', '100', '33.3']);
});
