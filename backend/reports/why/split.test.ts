import fc from 'fast-check';
import { FACTORS, type Kind, type Period, splitDifference, type Usage } from './split';

/** Usage at prices in pico-USD per token; `other` pico-USD in all. */
function usage(
  calls: number,
  tokens: Partial<Record<Kind, number>>,
  prices: Partial<Record<Kind, number>> = { input: 3, cache_read: 1, cache_write: 4, output: 15 },
  { retries = 0, other = 0, work = 'w' } = {}
): Usage {
  const kinds: Kind[] = ['input', 'cache_read', 'cache_write', 'output'];
  const record = (value: (kind: Kind) => bigint) =>
    Object.fromEntries(kinds.map((kind) => [kind, value(kind)])) as Record<Kind, bigint>;
  const cost = record((kind) => BigInt((tokens[kind] ?? 0) * (prices[kind] ?? 0)));
  return {
    work,
    calls: BigInt(calls),
    retries: BigInt(retries),
    tokens: record((kind) => BigInt(tokens[kind] ?? 0)),
    cost,
    total: kinds.reduce((sum, kind) => sum + cost[kind], BigInt(other)),
  };
}

const one = (of: Usage): Period => new Map([['m', of]]);
const total = (period: Period) => [...period.values()].reduce((sum, { total: cost }) => sum + cost, 0n);
const nonZero = (parts: Record<string, bigint>) =>
  Object.fromEntries(Object.entries(parts).filter(([, v]) => v !== 0n));

describe('a single cause takes the whole difference', () => {
  const before = usage(100, { input: 1000, cache_read: 500, output: 200 });
  it.each<[string, Usage, Record<string, bigint>]>([
    ['twice the calls', usage(200, { input: 2000, cache_read: 1000, output: 400 }), { calls: 6500n }],
    [
      'every call retried once',
      usage(200, { input: 2000, cache_read: 1000, output: 400 }, undefined, { retries: 100 }),
      { retries: 6500n },
    ],
    [
      'twice the input, cached in the same part',
      usage(100, { input: 2000, cache_read: 1000, output: 200 }),
      { input: 3500n },
    ],
    ['twice the output', usage(100, { input: 1000, cache_read: 500, output: 400 }), { output: 3000n }],
    ['half as much from the cache', usage(100, { input: 1250, cache_read: 250, output: 200 }), { cache: 500n }],
    [
      'output a third dearer',
      usage(100, { input: 1000, cache_read: 500, output: 200 }, { input: 3, cache_read: 1, output: 20 }),
      { price: 1000n },
    ],
    ['a fee', usage(100, { input: 1000, cache_read: 500, output: 200 }, undefined, { other: 77 }), { other: 77n }],
    ['nothing', before, {}],
  ])('%s', (_, after, parts) => {
    expect(nonZero(splitDifference(one(before), one(after)))).toEqual(parts);
  });
});

it('calls a move to a dearer model a change of mix, and a model that is new or gone too', () => {
  const small = usage(100, { input: 1000 }, { input: 1 });
  const large = usage(100, { input: 1000 }, { input: 10 });
  expect(nonZero(splitDifference(new Map([['small', small]]), new Map([['large', large]])))).toEqual({
    model_mix: 9000n,
  });
});

it('tells a move between kinds of work from a move between models', () => {
  const short = usage(80, { input: 800 }, { input: 1 }, { work: 'short' });
  const long = usage(20, { input: 2000 }, { input: 1 }, { work: 'long' });
  const before = new Map([
    ['short', short],
    ['long', long],
  ]);
  // 20 calls of 10 tokens less, 20 of 100 tokens more; each is as it was.
  const after = new Map([
    ['short', usage(60, { input: 600 }, { input: 1 }, { work: 'short' })],
    ['long', usage(40, { input: 4000 }, { input: 1 }, { work: 'long' })],
  ]);
  expect(nonZero(splitDifference(before, after))).toEqual({ work_mix: 1800n });
});

it('gives everything to the number of calls where a period is empty', () => {
  const after = usage(10, { input: 1000, output: 50 });
  expect(nonZero(splitDifference(new Map(), one(after)))).toEqual({ calls: after.total });
  expect(nonZero(splitDifference(one(after), new Map()))).toEqual({ calls: -after.total });
  expect(nonZero(splitDifference(new Map(), new Map()))).toEqual({});
});

it('shares what two causes do together evenly between them', () => {
  // 100 calls at 10 tokens of 1 pico-USD, then 200 at 20: 3000 more, of which 1000 belong to neither alone.
  const parts = splitDifference(
    one(usage(100, { input: 1000 }, { input: 1 })),
    one(usage(200, { input: 4000 }, { input: 1 }))
  );
  expect(nonZero(parts)).toEqual({ calls: 1500n, input: 1500n });
});

it('compares with an average stretch: seven days of 100 calls, and one day of 150', () => {
  const week = one(usage(700, { input: 7000 }, { input: 1 }));
  const scale = { num: 1n, den: 7n };
  expect(nonZero(splitDifference(week, one(usage(150, { input: 1500 }, { input: 1 })), scale))).toEqual({
    calls: 500n,
  });
  expect(nonZero(splitDifference(week, one(usage(100, { input: 1000 }, { input: 1 })), scale))).toEqual({});
});

it('adds up to the difference exactly, and turns its sign with the direction', () => {
  const tokens = fc.record({
    input: fc.nat(100_000),
    cache_read: fc.nat(100_000),
    cache_write: fc.nat(1000),
    output: fc.nat(50_000),
  });
  const period = fc
    .dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.record({
        calls: fc.integer({ min: 1, max: 5000 }),
        retries: fc.nat(5000),
        other: fc.nat(10_000_000),
        tokens,
        prices: tokens,
      })
    )
    .map(
      (models): Period =>
        new Map(
          Object.entries(models).map(([name, m]) => [
            name,
            usage(m.calls, m.tokens, m.prices, {
              retries: Math.min(m.retries, m.calls),
              other: m.other,
              work: name === 'c' ? 'v' : 'w',
            }),
          ])
        )
    );
  fc.assert(
    fc.property(period, period, (before, after) => {
      const parts = splitDifference(before, after);
      const back = splitDifference(after, before);
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0n)).toBe(total(after) - total(before));
      for (const { name } of FACTORS) {
        // Whole pico-USD: the two directions may round one part apart.
        expect([-1n, 0n, 1n]).toContain(parts[name] + back[name]);
      }
    }),
    { numRuns: 60 }
  );
});
