import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USAGE_FIELDS, usageEvent, type Pricing, type UsageEvent } from '../events/usageEvent';
import { PriceBook } from './book';
import {
  GATEWAY_CACHE_HIT_TAG,
  GATEWAY_CACHE_PRICE_ID,
  NOT_PROCESSED_PRICE_ID,
  price,
  REPORTED_PRICE_ID,
} from './calculate';
import { AmountOutOfRange, MAX_PICO } from './decimal';
import { parseInstant } from './instant';
import { at, bookOf, call, MINI, stored, type TestRow } from './testing';

interface Case {
  name: string;
  prices: TestRow[];
  event: { time: string; usage: Record<string, number> } & Record<string, unknown>;
  expect: Record<string, string | null>;
}

const CASES = JSON.parse(readFileSync(join(__dirname, '../../tests/cases/pricing.json'), 'utf8')) as Case[];

function fromWire({ id, time, usage, ...rest }: Case['event']): UsageEvent {
  const known = Object.fromEntries(USAGE_FIELDS.map((field) => [field, usage[field] ?? null]));
  return usageEvent({ event_id: String(id), source: 'json', ...rest, ...known, time: parseInstant(time)! });
}

describe('golden price cases', () => {
  test.each(CASES.map((golden) => [golden.name, golden] as const))('%s', (_name, golden) => {
    const pricing = price(fromWire(golden.event), PriceBook.from(golden.prices.map(stored)));
    const got: Record<string, unknown> = { ...pricing };
    for (const [field, value] of Object.entries(golden.expect)) {
      expect([field, got[field]?.toString() ?? null]).toEqual([field, value]);
    }
  });
});

/** The amounts that aren't 0, or the reason. */
function costs(pricing: Pricing): Record<string, bigint> | string {
  if (!pricing.priced) {
    return pricing.unpriced_reason;
  }
  const { priced: _priced, price_id: _id, price_version: _version, ...amounts } = pricing;
  return Object.fromEntries(Object.entries(amounts).filter(([, pico]) => pico !== 0n));
}

const costOf = (row: TestRow, known: Partial<UsageEvent>) => costs(price(call(known), bookOf(row)));

const SONNET: TestRow = {
  ...MINI,
  input: '3',
  cache_read: '0.30',
  cache_write_5m: '3.75',
  output: '15',
  web_search_per_1k: '10',
  tiers: [
    { above_input_tokens: 200_000, input: '6', cache_read: '0.60', output: '22.50' },
    { above_input_tokens: 400_000, input: '12', cache_read: '1.20', output: '45' },
  ],
  service_tiers: {
    batch: { multiplier: '0.5' },
    priority: { input: '30', output: '150', tiers: [{ above_input_tokens: 200_000, input: '60', output: '300' }] },
  },
};

describe('long-context tiers', () => {
  test.each([
    [200_000, 600_000_000_000n],
    [200_001, 1_200_006_000_000n],
    [400_000, 2_400_000_000_000n],
    [400_001, 4_800_012_000_000n],
  ])('%s tokens cost %s', (input_tokens, input_cost) => {
    expect(costOf(SONNET, { input_tokens })).toEqual({ input_cost, total_cost: input_cost });
  });

  test('the order in which they are written does not matter', () => {
    const reversed = { ...SONNET, tiers: SONNET.tiers!.toReversed() };
    expect(costOf(reversed, { input_tokens: 400_001 })).toEqual(costOf(SONNET, { input_tokens: 400_001 }));
  });

  test('tokens that the tier has no rate for are not billed at the lower one', () => {
    const written = { cache_write_5m_tokens: 1, output_tokens: 0 };
    expect(costOf(SONNET, { input_tokens: 200_000, ...written })).toHaveProperty('cache_write_cost', 3_750_000n);
    expect(costOf(SONNET, { input_tokens: 200_001, ...written })).toBe('no_rate_for_component');
  });

  test('a search costs the same in every tier', () => {
    expect(costOf(SONNET, { input_tokens: 200_001, web_searches: 1 })).toHaveProperty('other_cost', 10_000_000_000n);
  });
});

describe('service tiers', () => {
  test.each([null, '', 'standard', 'default', 'auto', 'on_demand', ' Standard '])('%j is standard', (service_tier) => {
    expect(costOf(SONNET, { input_tokens: 1, service_tier })).toEqual({
      input_cost: 3_000_000n,
      total_cost: 3_000_000n,
    });
  });

  test('a multiplier holds for every component and on top of the long-context tier', () => {
    expect(costOf(SONNET, { input_tokens: 200_001, output_tokens: 1, web_searches: 1, service_tier: 'Batch' })).toEqual(
      {
        input_cost: 600_003_000_000n,
        output_cost: 11_250_000n,
        other_cost: 5_000_000_000n,
        total_cost: 605_014_250_000n,
      }
    );
  });

  test('own rates have their own long-context tiers', () => {
    expect(costOf(SONNET, { input_tokens: 200_001, service_tier: 'priority' })).toHaveProperty(
      'input_cost',
      12_000_060_000_000n
    );
  });

  test.each([
    ['cached tokens', { cache_read_tokens: 1 }],
    ['a search', { web_searches: 1 }],
  ])('own rates that leave out %s have no rate for them', (_what, usage) => {
    expect(costOf(SONNET, { input_tokens: 10, service_tier: 'priority', ...usage })).toBe('no_rate_for_component');
  });

  test('own rates without a request fee, where calls have one, are incomplete', () => {
    const row: TestRow = { ...MINI, per_request: '0.01', service_tiers: { flex: { input: '1' } } };
    expect(costOf(row, { input_tokens: 1, service_tier: 'flex' })).toBe('no_rate_for_component');
  });

  test('one without a price is not standard', () => {
    expect(costOf(SONNET, { input_tokens: 1, service_tier: 'flex' })).toBe('no_price_for_service_tier');
  });

  test('a row can say what standard costs in so many words', () => {
    const row: TestRow = { ...MINI, service_tiers: { default: { multiplier: '2' } } };
    expect(costOf(row, { input_tokens: 1, service_tier: 'default' })).toHaveProperty('input_cost', 300_000n);
    expect(costOf(row, { input_tokens: 1, service_tier: 'standard' })).toHaveProperty('input_cost', 150_000n);
  });
});

describe('time of day', () => {
  const berlin: TestRow = {
    ...MINI,
    time_of_day: [{ from: '22:00', to: '06:00', zone: 'Europe/Berlin', multiplier: '0.5' }],
  };
  const [cheap, dear] = [75_000n, 150_000n];

  test.each([
    // Winter, UTC+1.
    ['2026-01-15T20:59:59.999999Z', dear],
    ['2026-01-15T21:00:00Z', cheap],
    ['2026-01-16T04:59:59Z', cheap],
    ['2026-01-16T05:00:00Z', dear],
    // Summer, UTC+2.
    ['2026-07-15T19:59:59Z', dear],
    ['2026-07-15T20:00:00Z', cheap],
    ['2026-07-16T04:00:00Z', dear],
    // The night of 29 March 2026 has no 02:00 to 03:00: 01:00Z is 03:00, 04:00Z is 06:00.
    ['2026-03-29T00:59:59Z', cheap],
    ['2026-03-29T03:59:59Z', cheap],
    ['2026-03-29T04:00:00Z', dear],
    // The night of 25 October 2026 has 02:00 to 03:00 twice.
    ['2026-10-25T01:30:00Z', cheap],
    ['2026-10-25T04:59:59Z', cheap],
    ['2026-10-25T05:00:00Z', dear],
  ])('at %s: %s', (time, input_cost) => {
    expect(costOf(berlin, { input_tokens: 1, time: at(time) })).toHaveProperty('input_cost', input_cost);
  });

  test('a zone with half an hour', () => {
    const india: TestRow = {
      ...MINI,
      time_of_day: [{ from: '09:00', to: '17:00', zone: 'Asia/Kolkata', multiplier: '2' }],
    };
    expect(costOf(india, { input_tokens: 1, time: at('2026-01-15T03:29:59Z') })).toHaveProperty('input_cost', dear);
    expect(costOf(india, { input_tokens: 1, time: at('2026-01-15T03:30:00Z') })).toHaveProperty(
      'input_cost',
      2n * dear
    );
  });

  test('inside the dates of its row only', () => {
    const book = bookOf({ ...MINI, effective_to: '2026-01-15' }, { ...berlin, effective_from: '2026-01-15' });
    const night = (time: string) => costs(price(call({ input_tokens: 1, time: at(time) }), book));
    expect(night('2026-01-14T23:30:00Z')).toHaveProperty('input_cost', dear);
    expect(night('2026-01-15T23:30:00Z')).toHaveProperty('input_cost', cheap);
  });

  test('multiplied with a service tier', () => {
    const row: TestRow = { ...berlin, service_tiers: { batch: { multiplier: '0.1' }, flex: { input: '4' } } };
    const night = { input_tokens: 1, time: at('2026-01-15T22:00:00Z') };
    expect(costOf(row, { ...night, service_tier: 'batch' })).toHaveProperty('input_cost', 7_500n);
    expect(costOf(row, { ...night, service_tier: 'flex' })).toHaveProperty('input_cost', 2_000_000n);
  });

  test('a window can have rates of its own, the first that holds wins', () => {
    const row: TestRow = {
      ...MINI,
      time_of_day: [
        { from: '09:00', to: '12:00', input: '7' },
        { from: '10:00', to: '11:00', multiplier: '100' },
      ],
    };
    expect(costOf(row, { input_tokens: 1 })).toHaveProperty('input_cost', 7_000_000n);
    expect(costOf(row, { input_tokens: 1, output_tokens: 1 })).toBe('no_rate_for_component');
  });
});

describe('components', () => {
  test('audio without a rate is not text', () => {
    expect(costOf(MINI, { input_tokens: 10, audio_input_tokens: 1 })).toBe('no_rate_for_component');
    expect(costOf(MINI, { input_tokens: 10, output_tokens: 10, audio_output_tokens: 1 })).toBe('no_rate_for_component');
  });

  test('audio that was read from the cache is charged as cached', () => {
    const row: TestRow = { ...MINI, audio_input: '40' };
    expect(costOf(row, { input_tokens: 100, cache_read_tokens: 60, audio_input_tokens: 80 })).toMatchObject({
      cache_read_cost: 4_500_000n,
      other_cost: 1_600_000_000n,
      total_cost: 1_604_500_000n,
    });
  });

  test('images are input, unless they have a rate', () => {
    const usage = { input_tokens: 100, image_input_tokens: 40 };
    expect(costOf(MINI, usage)).toEqual({ input_cost: 15_000_000n, total_cost: 15_000_000n });
    expect(costOf({ ...MINI, image_input: '5' }, usage)).toEqual({
      input_cost: 9_000_000n,
      other_cost: 200_000_000n,
      total_cost: 209_000_000n,
    });
  });

  test('a request fee is charged once where nobody counted, and as counted', () => {
    const row: TestRow = { ...MINI, per_request: '0.005' };
    const fee = (requests: number | null) => costOf(row, { input_tokens: 0, requests });
    expect(fee(null)).toHaveProperty('other_cost', 5_000_000_000n);
    expect(fee(3)).toHaveProperty('other_cost', 15_000_000_000n);
    expect(fee(0)).toEqual({});
    expect(costOf(MINI, { input_tokens: 0, requests: 3 })).toEqual({});
  });

  test('searches and other units need a rate', () => {
    expect(costOf(MINI, { input_tokens: 1, web_searches: 1 })).toBe('no_rate_for_component');
    expect(costOf(MINI, { input_tokens: 1, web_searches: 0 })).toHaveProperty('total_cost');
    expect(costOf(MINI, { input_tokens: 1, other_units: 2 })).toBe('no_rate_for_component');
    expect(costOf({ ...MINI, per_unit: '0.04' }, { input_tokens: 0, other_units: 2 })).toHaveProperty(
      'other_cost',
      80_000_000_000n
    );
  });

  test('what caching saved is at the rates of the call', () => {
    const usage = { input_tokens: 1000, cache_read_tokens: 600 };
    expect(costOf(MINI, usage)).toHaveProperty('cache_savings', 45_000_000n);
    expect(costOf(SONNET, { ...usage, service_tier: 'batch' })).toHaveProperty('cache_savings', 810_000_000n);
    expect(costOf(SONNET, { input_tokens: 200_001, cache_read_tokens: 100 })).toHaveProperty(
      'cache_savings',
      540_000_000n
    );
    expect(costOf(MINI, { input_tokens: 1000 })).not.toHaveProperty('cache_savings');
  });

  test('each component is rounded by itself', () => {
    // Half a pico-USD each: 5-minute writes round to 0, 1-hour writes to 2.
    const row: TestRow = { ...MINI, cache_write_5m: '0.0000005', cache_write_1h: '0.0000015' };
    expect(costOf(row, { input_tokens: 2, cache_write_5m_tokens: 1, cache_write_1h_tokens: 1 })).toEqual({
      cache_write_cost: 2n,
      total_cost: 2n,
    });
  });
});

describe('numbers that contradict each other', () => {
  test('more cached than input: the parts are taken at their word', () => {
    expect(costOf(MINI, { input_tokens: 10, cache_read_tokens: 100 })).toMatchObject({
      cache_read_cost: 7_500_000n,
      total_cost: 7_500_000n,
    });
    expect(costOf(MINI, { input_tokens: null, cache_read_tokens: 100 })).toHaveProperty('total_cost', 7_500_000n);
    expect(costOf(SONNET, { input_tokens: 1, cache_read_tokens: 200_001 })).toHaveProperty(
      'cache_read_cost',
      120_000_600_000n
    );
  });

  test('more reasoning than output: at least the reasoning is paid', () => {
    expect(costOf(MINI, { output_tokens: 10, reasoning_tokens: 100 })).toEqual({
      output_cost: 60_000_000n,
      reasoning_cost: 60_000_000n,
      total_cost: 60_000_000n,
    });
  });
});

describe('no usage', () => {
  test('nothing known at all', () => {
    expect(costOf(MINI, {})).toBe('no_usage');
    expect(costOf({ ...MINI, per_request: '0.01' }, {})).toBe('no_usage');
    expect(costOf({ ...MINI, model: 'another' }, {})).toBe('no_usage');
  });

  test('requests or searches say nothing about tokens', () => {
    expect(costOf({ ...MINI, per_request: '0.01' }, { requests: 1 })).toBe('no_usage');
    expect(costOf(SONNET, { web_searches: 1 })).toBe('no_usage');
  });

  test('but are enough where only they are priced', () => {
    const image: TestRow = { provider: 'openai', model: 'gpt-4o-mini', per_request: '0.04' };
    expect(costOf(image, { requests: 2 })).toEqual({ other_cost: 80_000_000_000n, total_cost: 80_000_000_000n });
    expect(costOf(image, { requests: 1, input_tokens: 5 })).toBe('no_rate_for_component');
  });

  test('a stream that was cut off has what it has', () => {
    expect(costOf(MINI, { input_tokens: 100 })).toHaveProperty('total_cost', 15_000_000n);
  });
});

describe('calls that failed without usage', () => {
  test.each([
    ['was rate limited', { status: 'rate_limited', error_type: 'RateLimitError' }],
    ['was rate limited, and a client counted zeros', { status: 'rate_limited', input_tokens: 0, output_tokens: 0 }],
    ['had no valid key, by name', { status: 'error', error_type: 'AuthenticationError' }],
    ['had no valid key, by HTTP status', { status: 'error', error_type: '401' }],
  ] as const)('one that %s was not processed and is a real zero, also for an unknown model', (_, known) => {
    for (const model of [MINI.model, 'unheard-of']) {
      const pricing = price(call({ ...known, model }), bookOf(MINI));
      expect(pricing).toMatchObject({ priced: true, price_id: NOT_PROCESSED_PRICE_ID, total_cost: 0n });
    }
  });

  test.each([
    ['an error', { status: 'error', error_type: 'InternalServerError' }],
    ['a refused prompt, which Azure charges', { status: 'error', error_type: '400' }],
    ['a timeout', { status: 'timeout' }],
    ['a cancelled stream', { status: 'cancelled' }],
    ['an error of authentication in a tool', { status: 'ok', error_type: 'AuthenticationError' }],
  ] as const)('%s may have cost something', (_, known) => {
    expect(price(call(known), bookOf(MINI))).toEqual({ priced: false, unpriced_reason: 'no_usage' });
  });

  test('with usage they cost what they used', () => {
    expect(costOf(MINI, { status: 'rate_limited', input_tokens: 1000 })).toHaveProperty('total_cost', 150_000_000n);
    expect(costOf(MINI, { status: 'error', error_type: '401', output_tokens: 1 })).toHaveProperty('total_cost');
  });
});

describe('other sources of a price', () => {
  const hit = { tags: { [GATEWAY_CACHE_HIT_TAG]: 'true' }, input_tokens: 1000 };

  test('a gateway cache hit is a real zero, also for a model that is unknown', () => {
    const pricing = price(call({ ...hit, model: 'unheard-of' }), bookOf(MINI));
    expect(pricing).toMatchObject({ priced: true, price_id: GATEWAY_CACHE_PRICE_ID, total_cost: 0n });
    expect(costs(pricing)).toEqual({});
    expect(costOf(MINI, { ...hit, tags: { [GATEWAY_CACHE_HIT_TAG]: 'false' } })).toHaveProperty(
      'total_cost',
      150_000_000n
    );
  });

  test('a reported cost is used for the sources that are set so, and only there', () => {
    const event = call({ input_tokens: 1000, reported_cost: 123n });
    expect(price(event, bookOf(MINI))).toMatchObject({ price_id: 'p0', total_cost: 150_000_000n });
    const preferReported = ({ source }: UsageEvent) => source === 'test';
    const pricing = price(event, bookOf(MINI), { preferReported });
    expect(pricing).toMatchObject({ price_id: REPORTED_PRICE_ID });
    expect(costs(pricing)).toEqual({ other_cost: 123n, total_cost: 123n });
    expect(price({ ...event, reported_cost: null }, bookOf(MINI), { preferReported })).toMatchObject({
      price_id: 'p0',
    });
  });

  test('calls of a deployment that is paid by the hour cost nothing by themselves', () => {
    const row: TestRow = { provider: 'self-hosted', model: '*', deployment: 'gpu', hourly_amount: '4' };
    const pricing = price(call({ provider: 'self-hosted', deployment: 'gpu', input_tokens: 5 }), bookOf(row));
    expect(pricing).toMatchObject({ priced: true, price_id: 'p0' });
    expect(costs(pricing)).toEqual({});
  });
});

describe('large amounts', () => {
  test('beyond safe integers the sum is exact', () => {
    const row: TestRow = { ...MINI, input: '999999.999999', output: '0.000001' };
    expect(costOf(row, { input_tokens: 9_000_001, output_tokens: 1 })).toMatchObject({
      input_cost: 9_000_000_999_990_999_999n,
      total_cost: 9_000_000_999_991_000_000n,
    });
  });

  test('over int64 is refused, not wrapped', () => {
    const row: TestRow = { ...MINI, input: '1000000' };
    const tokens = Number(MAX_PICO / 1_000_000_000_000n);
    expect(costOf(row, { input_tokens: tokens })).toHaveProperty('total_cost');
    expect(() => costOf(row, { input_tokens: tokens + 1 })).toThrow(AmountOutOfRange);
    expect(() => price(call({ reported_cost: MAX_PICO + 1n }), bookOf(row), { preferReported: () => true })).toThrow(
      AmountOutOfRange
    );
  });
});

test('the version of the row is on the price', () => {
  expect(price(call({ input_tokens: 1 }), bookOf({ ...MINI, version: 7 }))).toMatchObject({
    price_id: 'p0',
    price_version: 7,
  });
});
