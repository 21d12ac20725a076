import { at, bookOf } from '../pricing/testing';
import { costAt, tokensTimes } from './arithmetic';
import { batches, caching, routing } from './savings';
import { featureKey, type Work } from './work';

const NOW = at('2026-02-01T00:00:00Z');
const row = (model: string, input: string, output: string, more: object = {}) => ({
  provider: 'openai',
  model,
  effective_from: '2025-01-01T00:00:00Z',
  input,
  output,
  ...more,
});
const book = bookOf(
  row('large', '10', '40', {
    cache_read: '1',
    cache_write_5m: '12.5',
    service_tiers: { batch: { multiplier: '0.5' } },
  }),
  row('small', '1', '4'),
  row('tiny', '0.1', '0.4')
);
const work = (fields: Partial<Work>): Work => ({
  tenant: 'acme',
  feature: 'chat',
  operation: 'chat',
  provider: 'openai',
  model: 'large',
  service_tier: 'standard',
  calls: 100,
  successes: 95,
  score: null,
  tokens: { input: 1_000_000n, cache_read: 0n, cache_write: 0n, output: 100_000n },
  // 1 × 10 + 0.1 × 40 USD
  cost: 14_000_000_000_000n,
  cacheReadCost: 0n,
  cacheWriteCost: 0n,
  cacheSavings: 0n,
  ...fields,
});

it('multiplies whole tokens and decimals, rounded once', () => {
  expect(tokensTimes(1_234_567n, '0.15')).toBe(185_185_050_000n);
  expect(tokensTimes(1n, '0.0000005')).toBe(0n);
  expect(tokensTimes(3n, '0.0000005')).toBe(2n);
});

it('has no price for tokens without a rate', () => {
  const [tiny] = bookOf(row('x', '1', '4')).candidates({
    ...work({}),
    time: NOW,
    deployment: null,
    model: 'x',
    request_model: null,
  });
  expect(costAt({ ...tiny!.row, output: null }, work({}).tokens)).toBeNull();
  expect(costAt(tiny!.row, { input: 0n, cache_read: 10n, cache_write: 0n, output: 0n })!.cost).toBe(10_000_000n);
});

it('names cheaper models for the same tokens with what is seen of them, the largest saving first', () => {
  const all = [
    work({}),
    work({ model: 'small', calls: 50, successes: 48, cost: 70_000_000_000n }),
    // Seen to fail more often: no candidate.
    work({ model: 'tiny', calls: 40, successes: 20, cost: 1_000_000_000n }),
  ];
  const [first] = routing(all, book, NOW);
  expect(first).toMatchObject({ model: 'large', cost: '14', success_ratio: 0.95, output_size: 'medium' });
  expect(first!.candidates).toEqual([
    {
      provider: 'openai',
      model: 'small',
      price_id: 'p1',
      // 1 × 1 + 0.1 × 4 USD
      cost: '1.4',
      saving: '12.6',
      saving_ratio: 0.9,
      arithmetic: [
        { what: 'input', tokens: '1000000', rate: '1', usd: '1' },
        { what: 'output', tokens: '100000', rate: '4', usd: '0.4' },
      ],
      evidence: 'same_feature',
      seen: { calls: 50, success_ratio: 0.96, score: null },
    },
  ]);
});

it('says where the evidence is thin, and prefers what is seen', () => {
  const all = [
    work({}),
    work({ model: 'small', calls: 40, successes: 40, feature: 'other' }),
    work({ model: 'tiny', calls: 5, successes: 5 }),
  ];
  const candidates = routing(all, book, NOW).find(({ model }) => model === 'large')!.candidates;
  expect(candidates.map(({ model, evidence }) => [model, evidence])).toEqual([
    ['small', 'same_operation'],
    ['tiny', 'thin'],
  ]);
});

it('does not compare with base rates where calls come near a long-context tier', () => {
  const tiered = bookOf(
    row('large', '10', '40'),
    row('small', '1', '4', { tiers: [{ above_input_tokens: 15_000, input: '100', output: '400' }] })
  );
  expect(
    routing([work({}), work({ model: 'small', calls: 50 })], tiered, NOW).filter(({ model }) => model === 'large')
  ).toEqual([]);
});

it('caching: what was saved, written for nothing, and possible', () => {
  const tokens = { input: 200_000n, cache_read: 300_000n, cache_write: 400_000n, output: 0n };
  const [cached] = caching(
    // 0.4 × 12.5 = 5 USD for writes that would have been 4 as input; a fourth of them was not read: 0.25.
    [work({ tokens, cacheWriteCost: 5_000_000_000_000n, cacheSavings: 1_700_000_000_000n })],
    book,
    NOW
  );
  // Half of 0.2 × (10 − 1)
  expect(cached).toMatchObject({ saved: '1.7', wasted: '0.25', possible: '0.9' });
  expect(cached!.arithmetic).toContain('100000 of 400000 written tokens were not read');
});

it('batches: only what names no user, at the model’s own batch price', () => {
  const free = new Set([featureKey('acme', 'nightly')]);
  const found = batches(
    [work({}), work({ feature: 'nightly' }), work({ feature: 'nightly', model: 'small' })],
    free,
    book,
    NOW
  );
  expect(found).toEqual([
    expect.objectContaining({
      feature: 'nightly',
      model: 'large',
      service_tier: 'batch',
      saving: '7',
      arithmetic: '14 × (1 − 0.5)',
    }),
  ]);
});
