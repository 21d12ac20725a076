import { cheaperModel } from './cheaperModel';
import type { Facts, ModelFacts, WorkFacts } from './facts';
import { DEFAULT_OPTIONS } from './options';
import { concentration, oneUser, RULES, singleModel, unpriced, unusedCache } from './rules';

const model = (name: string, more: Partial<ModelFacts> = {}): ModelFacts => ({
  model: name,
  cost: 10,
  calls: 1_000,
  unpricedCalls: 0,
  inputTokens: 500_000,
  cacheReadTokens: 0,
  inputCost: 5,
  cacheReadCost: 0,
  ...more,
});

const facts = (models: ModelFacts[], more: Partial<Facts> = {}): Facts => ({
  models,
  work: [],
  workName: 'feature',
  users: [],
  total: models.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
  calls: models.reduce((sum, { calls }) => sum + calls, 0),
  ...more,
});

const work = (name: string, more: Partial<WorkFacts> = {}): WorkFacts => ({
  work: 'support',
  model: name,
  cost: 10,
  calls: 1_000,
  successRatio: 0.99,
  inputTokens: 1_000_000,
  outputTokens: 100_000,
  inputCost: 5,
  outputCost: 5,
  ...more,
});

it('a single model is told as the seed tells it, even when it costs next to nothing', () => {
  const said = singleModel(facts([model('qwen-cpu-deployment', { cost: 0.16, calls: 54 })]), DEFAULT_OPTIONS);
  expect(said).toMatchObject({
    title: 'Single model usage',
    advice: expect.stringMatching(/^All cost is concentrated in a single model\./),
    arithmetic: 'qwen-cpu-deployment: $0.16 of $0.16, 54 of 54 calls.',
  });
  expect(singleModel(facts([model('a'), model('b')]), DEFAULT_OPTIONS)).toBeUndefined();
});

it('one of several models that dominates', () => {
  const some = facts([model('a', { cost: 75 }), model('b', { cost: 25 })]);
  expect(concentration(some, DEFAULT_OPTIONS)?.arithmetic).toBe('$75.00 of $100.00 = 75.0%; worth saying from 70% on.');
  expect(concentration(some, { ...DEFAULT_OPTIONS, concentration: 80 })).toBeUndefined();
  expect(concentration(facts([model('a')]), DEFAULT_OPTIONS)).toBeUndefined();
});

describe('a cheaper model', () => {
  const cheap = work('small', { inputTokens: 2_000_000, outputTokens: 200_000, inputCost: 2, outputCost: 1 });
  const pair = (more: Partial<WorkFacts> = {}) =>
    facts([model('big', { cost: 10 })], { work: [work('big'), { ...cheap, ...more }] });

  it('prices the same tokens at what the other one paid', () => {
    // 1,000,000 × $1 + 100,000 × $5 per 1M = $1.50 instead of $10.
    expect(cheaperModel(pair(), DEFAULT_OPTIONS)).toMatchObject({
      title: 'small does the work of big for less',
      advice: 'Both serve the feature “support”. Moving it to small would have saved $8.50.',
      arithmetic:
        'big 1,000 calls, 99.0% successful; small 1,000 calls, 99.0% successful. ' +
        '1,000,000 input × $1.00 + 100,000 output × $5.00 per 1M = $1.50 instead of $10.00.',
    });
  });

  it.each([
    ['does other work', { work: 'search' }],
    ['succeeds less often', { successRatio: 0.98 }],
    ['has done too little to tell', { calls: 99, outputTokens: 10_000 }],
    ['gives much shorter answers', { outputTokens: 20_000 }],
    ['gives no answers, as embeddings do', { outputTokens: 0 }],
    ['is not cheaper', { inputCost: 10, outputCost: 10 }],
  ])('is none when it %s', (_why, more) => expect(cheaperModel(pair(more), DEFAULT_OPTIONS)).toBeUndefined());

  it('is not worth saying when it saves too little of the whole', () => {
    expect(cheaperModel({ ...pair(), total: 900 }, DEFAULT_OPTIONS)).toBeUndefined();
  });
});

describe('an unused cache', () => {
  const long = { inputTokens: 4_000_000, inputCost: 12, calls: 1_000 };

  it('says what half of the input cached would save, where the price of cached tokens is known', () => {
    const known = model('a', { ...long, cacheReadTokens: 100_000, cacheReadCost: 0.03, inputCost: 11.7 });
    expect(unusedCache(facts([known]), DEFAULT_OPTIONS)?.arithmetic).toBe(
      '100 K of 4 Mil input tokens = 2.5% came from a cache, at 4,000 tokens a call; uncached input cost $11.70. ' +
        'A million cached tokens cost $0.30 here instead of $3.00: with half of the input cached, $5.13 less.'
    );
  });

  it('does not guess that price where nothing was cached', () => {
    expect(unusedCache(facts([model('a', long)]), DEFAULT_OPTIONS)?.arithmetic).toBe(
      '0 of 4 Mil input tokens = 0.0% came from a cache, at 4,000 tokens a call; uncached input cost $12.00.'
    );
  });

  it.each([
    ['prompts are too short for caches', { inputTokens: 1_000_000 }],
    ['it is used', { cacheReadTokens: 400_000 }],
    ['there were few calls', { calls: 99 }],
  ])('is nothing to talk about when %s', (_why, more) =>
    expect(unusedCache(facts([model('a', { ...long, ...more })]), DEFAULT_OPTIONS)).toBeUndefined()
  );
});

it('one user who dominates, who is somebody', () => {
  const users = [
    { user: '(not set)', cost: 50 },
    { user: 'u1', cost: 30 },
    { user: 'u2', cost: 1 },
  ];
  const some = facts([model('a', { cost: 100 })], { users });
  expect(oneUser(some, DEFAULT_OPTIONS)).toMatchObject({
    title: 'One user dominates: u1',
    arithmetic: '$30.00 of $100.00 = 30.0%; worth saying from 25% on.',
  });
  expect(oneUser({ ...some, users: users.slice(0, 2) }, DEFAULT_OPTIONS)).toBeUndefined();
});

it('calls without a price, with their models', () => {
  const some = facts([model('a'), model('acme-intent-v2', { cost: null, calls: 200, unpricedCalls: 200 })]);
  expect(unpriced(some, DEFAULT_OPTIONS)).toMatchObject({
    severity: 'warning',
    title: '200 calls have no price',
    arithmetic: '200 of 1,200 calls = 16.7%: acme-intent-v2 200.',
  });
  expect(unpriced(facts([model('a')]), DEFAULT_OPTIONS)).toBeUndefined();
});

it('is silent when all is well', () => {
  const fine = facts([model('a'), model('b'), model('c')]);
  expect(RULES.map((rule) => rule(fine, DEFAULT_OPTIONS)).filter(Boolean)).toEqual([]);
});
