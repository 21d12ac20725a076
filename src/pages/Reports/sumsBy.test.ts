import { sumsBy } from './sumsBy';

const sum = (tenant: string, team: string | null, cost_center: string | null, amount: string) => ({
  tenant,
  team,
  cost_center,
  amount,
  usd: amount,
});
const SUMS = [
  sum('acme', 'sales', 'c-1', '0.100000000001'),
  sum('acme', 'sales', 'c-2', '0.200000000002'),
  sum('acme', null, 'c-2', '-0.000000000003'),
  sum('globex', 'sales', null, '7'),
];

it.each([
  [
    'team',
    [
      [['globex', 'sales'], '7'],
      [['acme', 'sales'], '0.300000000003'],
      [['acme', null], '-0.000000000003'],
    ],
  ],
  [
    'cost_center',
    [
      [['globex', null], '7'],
      [['acme', 'c-2'], '0.199999999999'],
      [['acme', 'c-1'], '0.100000000001'],
    ],
  ],
  [
    'tenant',
    [
      [['globex'], '7'],
      [['acme'], '0.3'],
    ],
  ],
] as const)('by %s: exact, largest first, and teams of two tenants are two', (by, expected) => {
  expect(sumsBy(SUMS, by).map(({ who, amount }) => [who, amount])).toEqual(expected);
});

it('by all of them is what the statement says', () => {
  expect(sumsBy(SUMS, 'all')).toHaveLength(4);
});
