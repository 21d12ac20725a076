import fc from 'fast-check';
import { hourOf, spreadHour } from './hourly';
import { at } from './testing';

const calls = (...tokens: number[]) => tokens.map((count, index) => ({ event_id: `e${index}`, tokens: count }));

test('by tokens', () => {
  expect([...spreadHour('4', calls(100, 300))]).toEqual([
    ['e0', 1_000_000_000_000n],
    ['e1', 3_000_000_000_000n],
  ]);
});

test('by equal parts where nobody counted tokens', () => {
  expect([...spreadHour('3', calls(0, 0, 0)).values()]).toEqual([
    1_000_000_000_000n,
    1_000_000_000_000n,
    1_000_000_000_000n,
  ]);
});

test('what is left of a division goes to the largest remainders', () => {
  // 11 pico-USD by 1 : 1 : 4 are 1 5/6, 1 5/6 and 7 2/6.
  expect(spreadHour('0.000000000011', calls(1, 1, 4))).toEqual(
    new Map([
      ['e0', 2n],
      ['e1', 2n],
      ['e2', 7n],
    ])
  );
});

test('an hour without calls is charged to nobody', () => {
  expect(spreadHour('4', []).size).toBe(0);
});

test('the hour is charged once, whatever the calls', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 50 }), fc.nat(10 ** 9 - 1), (tokens, nano) => {
      const amount = `0.${String(nano).padStart(9, '0')}`;
      const parts = [...spreadHour(amount, calls(...tokens)).values()];
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(BigInt(nano) * 1000n);
      expect(parts.every((part) => part >= 0n)).toBe(true);
    })
  );
});

test('an hour begins with it', () => {
  expect(hourOf(at('2026-01-15T10:59:59.999999Z'))).toBe(at('2026-01-15T10:00:00Z'));
  expect(hourOf(at('2026-01-15T11:00:00Z'))).toBe(at('2026-01-15T11:00:00Z'));
});
