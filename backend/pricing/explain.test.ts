import type { UsageEvent } from '../events/usageEvent';
import { PriceBook } from './book';
import { GATEWAY_CACHE_HIT_TAG, price } from './calculate';
import { explain } from './explain';
import { at, bookOf, call, MINI, stored, type TestRow } from './testing';

const SONNET: TestRow = {
  ...MINI,
  price_id: 'sonnet',
  effective_from: '2025-09-29',
  input: '3',
  cache_read: '0.30',
  output: '15',
  tiers: [{ above_input_tokens: 200_000, input: '6', cache_read: '0.60', output: '22.50' }],
  service_tiers: { batch: { multiplier: '0.5' } },
  time_of_day: [{ from: '16:30', to: '00:30', zone: 'UTC', multiplier: '0.5' }],
  source: 'contract 2026-02',
};

function explained(known: Partial<UsageEvent>, ...rows: TestRow[]) {
  const [event, book] = [call(known), bookOf(...rows)];
  return explain(event, price(event, book), book);
}

describe('a priced call', () => {
  test('in words', () => {
    expect(explained({ input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300 }, SONNET).words).toEqual([
      'The price row is openai gpt-4o-mini (model override), in force from 2025-09-29T00:00:00Z, from contract 2026-02.',
      'input: 360 tokens × 3 USD per 1M tokens = 0.00108 USD.',
      'cache read: 640 tokens × 0.3 USD per 1M tokens = 0.000192 USD.',
      'output: 300 tokens × 15 USD per 1M tokens = 0.0045 USD.',
      'The call costs 0.005772 USD.',
    ]);
  });

  test('with its long-context tier, service tier and time of day', () => {
    const usage = { input_tokens: 200_001, output_tokens: 1, service_tier: 'batch', time: at('2026-01-15T17:00:00Z') };
    const found = explained(usage, SONNET);
    expect(found).toMatchObject({
      row: { price_id: 'sonnet', version: 1, level: 'model override', effective_from: '2025-09-29T00:00:00Z' },
      long_context_tier: { above_input_tokens: 200_000, input_tokens: 200_001 },
      service_tier: { served: 'batch', used: 'batch' },
      time_of_day: { from: '16:30', to: '00:30', zone: 'UTC' },
      multiplier: '0.25',
      components: [
        {
          rate_name: 'input',
          column: 'input_cost',
          units: 200_001,
          rate: '1.5',
          per: '1M tokens',
          amount: '300001500000',
        },
        { rate_name: 'output', column: 'output_cost', units: 1, rate: '5.625', per: '1M tokens', amount: '5625000' },
      ],
    });
    expect(found.words.slice(1, 5)).toEqual([
      'With 200,001 input tokens, more than 200,000, the whole call is at the long-context rates.',
      'It was served in the tier batch, which has a price of its own.',
      'Between 16:30 and 00:30 (UTC) another price holds.',
      'All rates are multiplied by 0.25.',
    ]);
  });

  test('says whose contract it is', () => {
    const [row] = explained(
      { input_tokens: 1, deployment: 'prod' },
      { ...MINI, tenant: 'acme', deployment: 'prod' }
    ).words;
    expect(row).toBe(
      'The price row is openai gpt-4o-mini of tenant acme, deployment prod (tenant and deployment), in force at all times.'
    );
  });

  test('whose row is gone, or is no longer the one', () => {
    const event = call({ input_tokens: 1000 });
    const pricing = price(event, bookOf({ ...MINI, price_id: 'old' }));
    expect(explain(event, pricing, bookOf(MINI)).words).toEqual([
      'Priced at 0.00015 USD by the price row old (version 1), which is no longer in the price book.',
    ]);
    const both = PriceBook.from([
      stored({ ...MINI, price_id: 'old' }),
      stored({ ...MINI, price_id: 'new', tenant: 'acme' }),
    ]);
    expect(explain(event, pricing, both).words.at(-1)).toBe(
      'Another price holds today (new): reprice this time range to apply it.'
    );
  });

  test('without a row: gateway cache, reported cost, hourly amount', () => {
    expect(explained({ input_tokens: 1, tags: { [GATEWAY_CACHE_HIT_TAG]: 'true' } }, MINI).words).toEqual([
      expect.stringContaining('gateway answered from its own cache'),
    ]);
    const event = call({ reported_cost: 1_000_000_000_000n });
    expect(explain(event, price(event, bookOf(MINI), { preferReported: () => true }), bookOf(MINI)).words).toEqual([
      'The cost of 1 USD is what test reported, as this source is set to.',
    ]);
    const hourly: TestRow = { provider: '*', model: '*', deployment: 'gpu', hourly_amount: '4' };
    expect(explained({ input_tokens: 1, deployment: 'gpu' }, hourly).words[1]).toBe(
      'The deployment costs 4 USD an hour, spread over the calls of each hour by their tokens.'
    );
  });
});

describe('an unpriced call says why, and what to do', () => {
  test('unknown model, with the nearest that are known', () => {
    const found = explained({ model: 'gpt-4o-maxi', input_tokens: 1 }, MINI, { ...MINI, model: 'whisper' });
    expect(found).toMatchObject({ unpriced_reason: 'unknown_model', row: null, components: [] });
    expect(found.words).toEqual([
      'No price row matches the model "gpt-4o-maxi" of provider "openai".',
      'Add a price for it, or add its name to the aliases of the row that it belongs to, then reprice. The nearest that are known: gpt-4o-mini.',
    ]);
  });

  test('no price at its time, with the times that have one', () => {
    const { words } = explained({ input_tokens: 1, time: at('2025-01-01T00:00:00Z') }, SONNET);
    expect(words).toEqual([
      'No price of the model "gpt-4o-mini" of provider "openai" holds at 2025-01-01T00:00:00Z.',
      'Known are: sonnet from 2025-09-29T00:00:00Z. Add a price that holds at the time of the call, then reprice.',
    ]);
  });

  test('no rate, naming the tokens', () => {
    const { words, components } = explained({ input_tokens: 10, cache_write_1h_tokens: 10 }, SONNET);
    expect(words).toContain('cache write (1 hour): 10 tokens, for which the row has no rate (cache_write_1h).');
    expect(components).toEqual([
      expect.objectContaining({ rate_name: 'cache_write_1h', units: 10, rate: null, amount: null }),
    ]);
  });

  test('no price for the service tier, naming those that have one', () => {
    const { words, service_tier } = explained({ input_tokens: 1, service_tier: 'priority' }, SONNET);
    expect(service_tier).toEqual({ served: 'priority', used: null });
    expect(words.at(-1)).toBe('It has standard, batch. Add a price with that tier under service_tiers, then reprice.');
  });

  test('no usage', () => {
    expect(explained({}, MINI).words[1]).toContain('stream_options: { include_usage: true }');
  });

  test('which has a price by now', () => {
    const event = call({ input_tokens: 1 });
    const { words } = explain(
      event,
      { priced: false, unpriced_reason: 'unknown_model' },
      bookOf({ ...MINI, price_id: 'new' })
    );
    expect(words).toEqual([
      'No price row matches the model "gpt-4o-mini" of provider "openai".',
      'The price book has a price for it by now (new): reprice this time range to apply it.',
    ]);
  });
});
