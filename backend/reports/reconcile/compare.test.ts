import { parseKeepingAmounts, providerAmount } from './amount';
import { compareDays } from './compare';
import { modelOfLine } from './openai';
import { modelKey, type OurUse, percent, type Sides } from './sides';

describe('amounts', () => {
  it.each([
    ['12.5', 1, 12_500_000_000_000n],
    ['0.06000000000000001', 1, 60_000_000_000n],
    ['7.5e-08', 1, 75_000n],
    ['-3', 1, -3_000_000_000_000n],
    ['0E-6176', 1, 0n],
    ['0.0000000000005', 1, 0n],
    ['0.0000000000015', 1, 2n],
    ['1e-20', 1, 0n],
    ['123.45', 100, 1_234_500_000_000n],
    ['0.000000000123', 100, 1n],
  ] as const)('%s, %d to the dollar', (text, perUsd, pico) => {
    expect(providerAmount(text, perUsd)).toBe(pico);
  });

  it.each(['', '1,5', 'NaN', '0x1', '1e99999', '9'.repeat(60)])('refuses %j', (text) => {
    expect(() => providerAmount(text, 1)).toThrow(SyntaxError);
  });

  it('keep all digits that a float would lose, and only they become text', () => {
    const json =
      '{"amount":{"value": 0.12345678901234567890,"currency":"usd"},"x":"\\"value\\": 3","n":4,"amount":-1e-7}';
    expect(parseKeepingAmounts(json)).toEqual({ amount: '-1e-7', x: '"value": 3', n: 4 });
    expect(parseKeepingAmounts('{"value": 0.12345678901234567890}')).toEqual({ value: '0.12345678901234567890' });
  });
});

it('percent has two decimals, rounded half to even, and none without a whole', () => {
  expect([percent(-1n, 3n), percent(5n, 100_000n), percent(1n, 1n), percent(1n, 0n)]).toEqual([
    '-33.33',
    '0.00',
    '100.00',
    null,
  ]);
});

it('finds the model in a line of the bill, and one name for its snapshots', () => {
  expect(['gpt-4o-mini-2024-07-18, cached input', 'web search tool calls', 'x y, z'].map(modelOfLine)).toEqual([
    'gpt-4o-mini-2024-07-18',
    null,
    null,
  ]);
  expect([modelKey('gpt-4o-mini-2024-07-18'), modelKey('Claude-Sonnet-4-5-20250929')]).toEqual([
    'gpt-4o-mini',
    'claude-sonnet-4-5',
  ]);
});

describe('a day', () => {
  const USD = 1_000_000_000_000n;
  const day = '2026-01-02';
  const ours = (model: string, cost: bigint, more: Partial<OurUse> = {}): OurUse => ({
    day,
    model,
    service_tier: null,
    calls: 10n,
    unpriced_calls: 0n,
    unpriced_tokens: 0n,
    without_usage: 0n,
    input_tokens: 900n,
    output_tokens: 100n,
    cost,
    ...more,
  });
  const theirCost = (model: string | null, cost: bigint) => ({ day, model, cost });
  const theirUse = (model: string, input: bigint, tier: string | null = 'standard') => ({
    day,
    model,
    service_tier: tier,
    input_tokens: input,
    output_tokens: 100n,
    requests: 10n,
  });
  const compare = (sides: Partial<Sides>, { known = true, today = '2026-02-01' } = {}) =>
    compareDays(
      [day],
      { ours: [], theirCosts: [], theirUse: [], ...sides },
      new Map(known ? [[day, new Date(0)]] : []),
      today
    )[0]!;
  const reasons = (line: { explanations: ReadonlyArray<{ reason: string }> }) =>
    line.explanations.map(({ reason }) => reason);

  it('that agrees needs no explanation, also under the name of a snapshot', () => {
    const line = compare({
      ours: [ours('gpt-4o', 2n * USD)],
      theirCosts: [theirCost('gpt-4o-2024-08-06', USD), theirCost('gpt-4o-2024-08-06', USD)],
      theirUse: [theirUse('gpt-4o-2024-08-06', 900n)],
    });
    expect(line).toMatchObject({
      ours: '2',
      theirs: '2',
      difference: '0',
      difference_percent: '0.00',
      explanations: [],
    });
    expect(line.models).toEqual([
      { model: 'gpt-4o', ours: '2', theirs: '2', difference: '0', difference_percent: '0.00', explanations: [] },
    ]);
  });

  it('without their report has no difference and says how to get it', () => {
    const line = compare({ ours: [ours('m', USD)] }, { known: false });
    expect(line).toMatchObject({ ours: '1', theirs: null, difference: null, difference_percent: null });
    expect(reasons(line)).toEqual(['not_pulled']);
  });

  it('names what is unpriced, without usage, on one side only and of no model, and that it is not over', () => {
    const line = compare(
      {
        ours: [ours('a', 0n, { unpriced_calls: 3n, unpriced_tokens: 70n, without_usage: 2n }), ours('b', USD)],
        theirCosts: [theirCost('a', 3n * USD), theirCost('c', USD), theirCost(null, USD / 2n)],
      },
      { today: day }
    );
    expect(line).toMatchObject({ ours: '1', theirs: '4.5', difference: '-3.5', difference_percent: '-77.78' });
    expect(line.explanations).toEqual([
      { reason: 'day_not_over', text: expect.stringContaining('UTC') },
      { reason: 'unpriced_calls', text: expect.stringContaining('3 of our calls with 70 tokens have no price') },
      { reason: 'calls_without_usage', text: expect.stringContaining('2 of our calls came without usage') },
      { reason: 'models_only_theirs', text: expect.stringContaining('c: billed 1 USD') },
      { reason: 'models_only_ours', text: expect.stringContaining('b: 1 USD here') },
      { reason: 'not_of_a_model', text: expect.stringContaining('0.5 USD') },
    ]);
    expect(line.models.map((model) => [model.model, reasons(model)])).toEqual([
      ['a', ['unpriced_calls', 'calls_without_usage']],
      ['b', ['models_only_ours']],
      ['c', ['models_only_theirs']],
    ]);
  });

  it('tells other tokens, other tiers and other prices apart', () => {
    const theirs = { theirCosts: [theirCost('m', 2n * USD)] };
    const missing = compare({ ...theirs, ours: [ours('m', USD)], theirUse: [theirUse('m', 1_900n)] });
    expect(missing.explanations).toEqual([
      {
        reason: 'tokens_differ',
        text: '1000 tokens against their 2000 (-50.00%), 10 calls against their 10: some calls were not reported to us',
      },
    ]);
    const tier = compare({ ...theirs, ours: [ours('m', 2n * USD)], theirUse: [theirUse('m', 900n, 'batch')] });
    expect(tier.explanations).toEqual([
      {
        reason: 'service_tiers_differ',
        text: "they served batch, which no call here says; our calls say standard, which they don't report",
      },
    ]);
    const price = compare({ ...theirs, ours: [ours('m', USD)], theirUse: [theirUse('m', 900n)] });
    expect(reasons(price)).toEqual(['prices_differ']);
    expect(reasons(price.models[0]!)).toEqual(['prices_differ']);
  });
});
