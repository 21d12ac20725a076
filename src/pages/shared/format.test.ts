import { change, delta, share } from './format';

it.each([
  ['120', '100', '+20%', '20% more than in the period before'],
  ['95', '100', '-5.0%', '5.0% less than in the period before'],
  ['100', '100', '0.0%', 'as in the period before'],
  ['1100', '100', '+1000%', '1000% more than in the period before'],
  // Next to nothing before: how many hundred thousand per cent it is says nothing.
  ['182.33', '0.0598', '> 1,000%', '> 1,000% more than in the period before'],
  ['5', '0', 'new', 'none in the period before'],
  ['5', null, 'new', 'none in the period before'],
  ['0', '0', '–', ''],
])('%s after %s is %s', (now, before, short, words) => {
  expect([delta(now, before), change(now, before)]).toEqual([short, words]);
});

it('what has no price has no change', () => {
  expect(delta(null, '5')).toBe('–');
});

it('a share of something is never 0.0%, and of a part never the whole', () => {
  expect([share('19.2', '293120000'), share('99.99', '100'), share('100', '100')]).toEqual([
    '<0.1%',
    '99.9%',
    '100.0%',
  ]);
  expect([share('0', '7'), share('1', '0')]).toEqual(['0.0%', '–']);
});
