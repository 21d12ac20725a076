import fc from 'fast-check';
import { divide } from './divide';
import { type Line, lineId, type LineSubject } from './line';
import { type Split, splitLines } from './split';

const subject = (team: string | null): LineSubject => ({
  tenant: 'acme',
  team,
  cost_center: null,
  project: 'p',
  provider: 'openai',
  model: 'm',
  service_tier: null,
  price_id: 'x',
  cost_type: 'input',
});
const usage = (team: string | null, amount: bigint): Line => ({
  ...subject(team),
  line_id: lineId('usage', '2026-01', '2026-01', subject(team)),
  kind: 'usage',
  month: '2026-01',
  of_month: '2026-01',
  description: '',
  quantity: 1n,
  calls: 1n,
  amount,
  converted: amount * 2n,
});
const split = (fields: Partial<Split>): Split => ({
  name: 'platform',
  tenant: 'acme',
  dimension: 'team',
  source: 'platform',
  by: 'shares',
  targets: { sales: '0.5', support: '0.25' },
  ...fields,
});

it('divides without a rest, whatever the amount and the weights', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 30n), 10n ** 30n),
      fc.array(fc.bigInt(0n, 10n ** 20n), { minLength: 1, maxLength: 12 }),
      (amount, rest) => {
        const weights = [1n, ...rest];
        const whole = weights.reduce((a, b) => a + b);
        const parts = divide(amount, weights);
        expect(parts.reduce((a, b) => a + b)).toBe(amount);
        // Each is within one of its exact share.
        parts.forEach((part, i) => {
          const off = part * whole - amount * weights[i]!;
          expect(off < whole && off > -whole).toBe(true);
        });
      }
    )
  );
});

it('gives what rounding leaves to those that lost most', () => {
  expect(divide(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
  expect(divide(-5n, [2n, 1n])).toEqual([-3n, -2n]);
  expect(() => divide(1n, [0n])).toThrow('above 0');
});

it('takes a shared cost from its source and gives it to the targets by fixed shares', () => {
  const lines = splitLines(split({}), [usage('platform', 90n), usage('platform', 10n), usage('sales', 7n)], '2026-01');
  // 0.5 : 0.25 of 100.
  expect(lines.map(({ team, amount, converted }) => [team, amount, converted])).toEqual([
    ['platform', -100n, -200n],
    ['sales', 67n, 133n],
    ['support', 33n, 67n],
  ]);
  expect(new Set(lines.map((line) => line.line_id)).size).toBe(3);
  expect(splitLines(split({}), [usage('platform', 90n), usage('platform', 10n)], '2026-01')[0]!.line_id).toBe(
    lines[0]!.line_id
  );
});

it('divides by usage, and leaves the cost where nobody used anything', () => {
  const by = split({ by: 'usage', targets: { sales: '1', support: '1' } });
  const lines = splitLines(by, [usage('platform', 100n), usage('sales', 30n), usage('support', 10n)], '2026-01');
  expect(lines.map(({ team, amount }) => [team, amount])).toEqual([
    ['platform', -100n],
    ['sales', 75n],
    ['support', 25n],
  ]);
  expect(splitLines(by, [usage('platform', 100n)], '2026-01')).toEqual([]);
});
