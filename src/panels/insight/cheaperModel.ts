import type { WorkFacts } from './facts';
import { count, percent, type Rule, usd } from './insight';

/** Fewer calls say nothing about how well a model does its work. */
const ENOUGH_CALLS = 100;
/** How much lower the success ratio of the cheaper model may be. */
const TOLERANCE = 0.005;
/** How much longer the answers of one model may be than those of the other. */
const MOST_FACTOR = 3;

interface Swap {
  readonly from: WorkFacts;
  readonly to: WorkFacts;
  /** USD that the same tokens cost at the other model's average prices. */
  readonly instead: number;
}

const perToken = (cost: number, tokens: number): number => (tokens > 0 ? cost / tokens : 0);

/** What the calls of one model would have cost at the average prices that the other one had for the same work. */
function swap(from: WorkFacts, to: WorkFacts): Swap {
  const instead =
    from.inputTokens * perToken(to.inputCost, to.inputTokens) +
    from.outputTokens * perToken(to.outputCost, to.outputTokens);
  return { from, to, instead };
}

const saved = ({ from, instead }: Swap): number => from.inputCost + from.outputCost - instead;

/** Calls of other sizes are other work: both sides answer with tokens, and with a similar number. */
function alike(a: WorkFacts, b: WorkFacts): boolean {
  const [small, large] = [a.outputTokens / a.calls, b.outputTokens / b.calls].sort((x, y) => x - y);
  return large <= small * MOST_FACTOR;
}

const comparable = (a: WorkFacts, b: WorkFacts): boolean =>
  a.work === b.work &&
  a.model !== b.model &&
  alike(a, b) &&
  b.successRatio >= a.successRatio - TOLERANCE &&
  b.inputCost + b.outputCost > 0;

/** Another model does the same work as well and for less: the swap that would have saved most. */
export const cheaperModel: Rule = ({ work, workName, total }, { saving }) => {
  const known = work.filter(({ work: name, calls }) => name !== '' && calls >= ENOUGH_CALLS);
  const [best] = known
    .flatMap((from) => known.filter((to) => comparable(from, to)).map((to) => swap(from, to)))
    .sort((a, b) => saved(b) - saved(a));
  if (!best || saved(best) <= 0 || saved(best) * 100 < total * saving) {
    return undefined;
  }
  const { from, to, instead } = best;
  const did = ({ model, calls, successRatio }: WorkFacts) =>
    `${model} ${count(calls)} calls, ${percent(successRatio)} successful`;
  const rate = (cost: number, tokens: number) => usd(perToken(cost, tokens) * 1e6);
  return {
    severity: 'info',
    title: `${to.model} does the work of ${from.model} for less`,
    advice: `Both serve the ${workName} “${from.work}”. Moving it to ${to.model} would have saved ${usd(saved(best))}.`,
    arithmetic: `${did(from)}; ${did(to)}. ${count(from.inputTokens)} input × ${rate(to.inputCost, to.inputTokens)} + ${count(from.outputTokens)} output × ${rate(to.outputCost, to.outputTokens)} per 1M = ${usd(instead)} instead of ${usd(from.inputCost + from.outputCost)}.`,
  };
};
