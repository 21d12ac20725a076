import { cheaperModel } from './cheaperModel';
import { type Insight, type Rule, count, many, percent, usd } from './insight';
import { NOT_SET, OTHER } from '../../query/labels';

const named = (name: string): boolean => name !== NOT_SET && name !== OTHER;

/** Everything runs on one model. */
export const singleModel: Rule = ({ models, total, calls }) =>
  models.length === 1 && calls > 0
    ? {
        severity: 'info',
        title: 'Single model usage',
        advice:
          'All cost is concentrated in a single model. Consider additional models, for flexibility and to spread the risk.',
        arithmetic: `${models[0].model}: ${usd(models[0].cost ?? 0)} of ${usd(total)}, ${count(calls)} of ${count(calls)} calls.`,
      }
    : undefined;

/** One of several models dominates the bill. */
export const concentration: Rule = ({ models, total }, { concentration: limit }) => {
  const [top] = [...models].sort((a, b) => (b.cost ?? 0) - (a.cost ?? 0));
  const share = top && total > 0 ? (top.cost ?? 0) / total : 0;
  return models.length > 1 && share * 100 >= limit
    ? {
        severity: 'info',
        title: `${top.model} dominates the cost`,
        advice:
          'A change of its price or an outage of its provider hits nearly everything. Try a second model where it does the same work.',
        arithmetic: `${usd(top.cost ?? 0)} of ${usd(total)} = ${percent(share)}; worth saying from ${limit}% on.`,
      }
    : undefined;
};

/** Below this, providers don't cache a prompt (OpenAI's and Anthropic's documented minimum). */
const CACHEABLE_TOKENS = 1_024;
const ENOUGH_CALLS = 100;

/** A model with long prompts that are hardly ever read from a cache: the one with the most expensive input. */
export const unusedCache: Rule = ({ models }, { cacheHits }): Insight | undefined => {
  const [worst] = models
    .filter(
      ({ calls, inputTokens, cacheReadTokens, inputCost }) =>
        calls >= ENOUGH_CALLS &&
        inputCost > 0 &&
        inputTokens / calls >= CACHEABLE_TOKENS &&
        cacheReadTokens * 100 < inputTokens * cacheHits
    )
    .sort((a, b) => b.inputCost - a.inputCost);
  if (!worst) {
    return undefined;
  }
  const { model, calls, inputTokens, cacheReadTokens, inputCost, cacheReadCost } = worst;
  const uncached = inputCost / (inputTokens - cacheReadTokens);
  const cached = cacheReadTokens > 0 ? cacheReadCost / cacheReadTokens : null;
  const saving =
    cached === null || cached >= uncached
      ? ''
      : ` A million cached tokens cost ${usd(cached * 1e6)} here instead of ${usd(uncached * 1e6)}: with half of the input cached, ${usd((inputTokens / 2 - cacheReadTokens) * (uncached - cached))} less.`;
  return {
    severity: 'info',
    title: `${model} hardly uses its cache`,
    advice:
      'Put what stays the same (instructions, tools, documents) first in the prompt, and mark it for caching where the provider wants that.',
    arithmetic: `${many(cacheReadTokens)} of ${many(inputTokens)} input tokens = ${percent(cacheReadTokens / inputTokens)} came from a cache, at ${count(inputTokens / calls)} tokens a call; uncached input cost ${usd(inputCost)}.${saving}`,
  };
};

/** One user causes a large part of the cost. */
export const oneUser: Rule = ({ users, total }, { userShare }) => {
  const known = users.filter(({ user }) => named(user));
  const [top] = [...known].sort((a, b) => b.cost - a.cost);
  const share = top && total > 0 ? top.cost / total : 0;
  return known.length > 1 && share * 100 >= userShare
    ? {
        severity: 'warning',
        title: `One user dominates: ${top.user}`,
        advice: 'Look at their calls: heavy use, a loop, or a shared key. A limit or a plan of their own may be due.',
        arithmetic: `${usd(top.cost)} of ${usd(total)} = ${percent(share)}; worth saying from ${userShare}% on.`,
      }
    : undefined;
};

/** Calls whose cost is unknown: every total is too small by it. */
export const unpriced: Rule = ({ models, calls }) => {
  const left = models
    .filter(({ unpricedCalls }) => unpricedCalls > 0)
    .sort((a, b) => b.unpricedCalls - a.unpricedCalls);
  const sum = left.reduce((total, { unpricedCalls }) => total + unpricedCalls, 0);
  return sum > 0
    ? {
        severity: 'warning',
        title: `${count(sum)} calls have no price`,
        advice: 'Their cost is unknown and not part of any amount. Add prices for these models, then reprice.',
        arithmetic: `${count(sum)} of ${count(calls)} calls = ${percent(sum / calls)}: ${left
          .slice(0, 4)
          .map(({ model, unpricedCalls }) => `${model} ${count(unpricedCalls)}`)
          .join(', ')}${left.length > 4 ? ` and ${left.length - 4} more models` : ''}.`,
      }
    : undefined;
};

/** The rules, the most valuable first. */
export const RULES: readonly Rule[] = [unpriced, cheaperModel, oneUser, unusedCache, singleModel, concentration];
