import type { WhyReport } from './why';

/** A row of the waterfall. */
export interface Step {
  readonly name: string;
  readonly label: string;
  /** What changed, in words; nothing for the totals. */
  readonly means?: string;
  /** USD as decimal text. */
  readonly amount: string;
  readonly kind: 'total' | 'more' | 'less' | 'same';
  /** Where the bar begins and how wide it is, in per cent of the largest amount; for drawing only. */
  readonly left: number;
  readonly width: number;
}

const kindOf = (amount: number): Step['kind'] => (amount > 0 ? 'more' : amount < 0 ? 'less' : 'same');

/** From what it was before, by each cause, to what it is: each bar begins where the one before it ends. */
export function stepsOf({ before, after, factors }: WhyReport): Step[] {
  let level = Number(before.cost);
  const spans = factors.map(({ amount }) => {
    const [from, to] = [level, level + Number(amount)];
    level = to;
    return { low: Math.min(from, to), high: Math.max(from, to) };
  });
  const most = Math.max(Number(before.cost), Number(after.cost), ...spans.map(({ high }) => high));
  const least = Math.min(0, ...spans.map(({ low }) => low));
  const percent = (amount: number): number => (most > least ? (amount / (most - least)) * 100 : 0);
  const total = (name: string, label: string, amount: string): Step => ({
    name,
    label,
    amount,
    kind: 'total',
    left: percent(Math.abs(least)),
    width: percent(Number(amount)),
  });
  return [
    total('before', 'Before', before.cost),
    ...factors.map(({ factor, label, means, amount }, i) => ({
      name: factor,
      label,
      means,
      amount,
      kind: kindOf(Number(amount)),
      left: percent(spans[i].low - least),
      width: percent(spans[i].high - spans[i].low),
    })),
    total('after', 'After', after.cost),
  ];
}
