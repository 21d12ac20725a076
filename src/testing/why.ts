import type { WhyReport } from '../pages/Why/why';

const LABELS: Readonly<Record<string, string>> = { calls: 'Number of calls', cache: 'Cache use', price: 'Prices' };

interface Given {
  readonly before?: string;
  readonly factors?: ReadonlyArray<readonly [name: string, amount: string]>;
  readonly who?: WhyReport['who'];
}

/** From 10 to 20 USD: 15 more by calls, 5 less by the cache. */
export function reportOf({ before = '10', factors, who }: Given = {}): WhyReport {
  return {
    before: { from: '2026-11-01T00:00:00Z', to: '2026-11-08T00:00:00Z', cost: before, unpriced_calls: 0 },
    after: { from: '2026-11-08T00:00:00Z', to: '2026-11-15T00:00:00Z', cost: '20', unpriced_calls: 3 },
    difference: '10',
    factors: (
      factors ?? [
        ['calls', '15.000000000001'],
        ['cache', '-5.000000000001'],
        ['price', '0'],
      ]
    ).map(([factor, amount]) => ({ factor, label: LABELS[factor] ?? factor, means: `what ${factor} means`, amount })),
    who: who ?? [
      {
        dimension: 'tenant',
        explained: 0.8,
        movers: [
          { value: 'acme', before: '4', after: '12', difference: '8' },
          { value: '=cmd()', before: '6', after: '5', difference: '-1' },
        ],
      },
    ],
    sentence: 'Cost rose by $10.00 (+100%), from $10.00 to $20.00: +$15.00 from more calls.',
  };
}
