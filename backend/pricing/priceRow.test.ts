import { parsePriceRow, parsePriceRows, type RowError } from './priceRow';
import { MINI } from './testing';

function errors(row: unknown): readonly RowError[] {
  const parsed = parsePriceRow(row);
  return parsed.ok ? [] : parsed.errors;
}

const only = (path: string, message: string | RegExp) => [
  { path, message: typeof message === 'string' ? message : expect.stringMatching(message) },
];

test('what is left out has its default', () => {
  const parsed = parsePriceRow({ provider: ' anthropic ', model: 'claude-sonnet-4-5', input: '3', output: '15' });
  expect(parsed).toEqual({
    ok: true,
    row: {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      match: 'prefix-date',
      aliases: [],
      tenant: null,
      deployment: null,
      effective_from: null,
      effective_to: null,
      input: '3',
      cache_read: null,
      cache_write_5m: null,
      cache_write_1h: null,
      output: '15',
      reasoning: null,
      audio_input: null,
      audio_output: null,
      image_input: null,
      per_request: null,
      web_search_per_1k: null,
      per_unit: null,
      hourly_amount: null,
      tiers: [],
      service_tiers: {},
      time_of_day: [],
      source: '',
      note: '',
    },
  });
});

test('the example of the design is right, and stays as it is', () => {
  const example = {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    match: 'prefix-date',
    tenant: null,
    deployment: null,
    effective_from: '2025-09-29T00:00:00Z',
    effective_to: null,
    input: '3',
    cache_read: '0.30',
    cache_write_5m: '3.75',
    cache_write_1h: '6',
    output: '15',
    reasoning: null,
    audio_input: null,
    audio_output: null,
    per_request: null,
    web_search_per_1k: '10',
    tiers: [
      {
        above_input_tokens: 200000,
        input: '6',
        cache_read: '0.60',
        cache_write_5m: '7.50',
        cache_write_1h: '12',
        output: '22.50',
      },
    ],
    service_tiers: { batch: { multiplier: '0.5' }, priority: { input: '6', output: '30' } },
    time_of_day: [{ from: '16:30', to: '00:30', zone: 'UTC', multiplier: '0.5' }],
    source: 'contract 2026-02',
    note: '',
  };
  // A time of day with a multiplier goes with a service tier that has rates.
  const parsed = parsePriceRow(example);
  expect(parsed).toMatchObject({ ok: true, row: example });
});

test('a number is refused with the string to send', () => {
  expect(errors({ ...MINI, input: 0.15 })).toEqual(
    only('input', 'must be a string, so that no digit is lost: send "0.15" instead of 0.15')
  );
  expect(errors({ ...MINI, tiers: [{ above_input_tokens: 1000, input: 6 }] })).toEqual(
    only('tiers.0.input', /send "6" instead of 6/)
  );
});

test.each(['-1', '1e-6', '$3', '3 USD', '1,000', '.5', ''])('%j is not a price', (input) => {
  expect(errors({ ...MINI, input })).toEqual(only('input', /plain decimal ≥ 0 like "0.15"/));
});

test('an unknown key is refused with the nearest known one', () => {
  expect(errors({ ...MINI, cache_reads: '1' })).toEqual(
    only('cache_reads', 'is not a key of a price; did you mean "cache_read"?')
  );
  expect(errors({ ...MINI, tiers: [{ above_tokens: 5, above_input_tokens: 5, input: '1' }] })).toEqual(
    only('tiers.0.above_tokens', /did you mean "above_input_tokens"/)
  );
});

describe('dates', () => {
  test.each([
    ['2026-01-15', '2026-01-15T00:00:00Z'],
    ['2026-01-15T10:00:00+02:00', '2026-01-15T08:00:00Z'],
    ['2026-01-15t10:00:00.5z', '2026-01-15T10:00:00.500Z'],
    ['2026-01-15T10:00:00.123456Z', '2026-01-15T10:00:00.123456Z'],
  ])('%s is kept as %s', (effective_from, kept) => {
    expect(parsePriceRow({ ...MINI, effective_from })).toMatchObject({ ok: true, row: { effective_from: kept } });
  });

  test.each(['2026-02-30', '2026-01-15T10:00:00', 'yesterday', '15.1.2026'])('%s is refused', (effective_from) => {
    expect(errors({ ...MINI, effective_from })).toEqual(
      only('effective_from', /a time with its offset like "2026-01-15T00:00:00Z"/)
    );
  });

  test('the end is later than the beginning', () => {
    expect(errors({ ...MINI, effective_from: '2026-01-15', effective_to: '2026-01-15' })).toEqual(
      only('effective_to', /^must be later than effective_from/)
    );
  });
});

describe('tiers and windows', () => {
  test('a service tier has a multiplier or rates', () => {
    const message = 'must have either a multiplier or rates of its own';
    expect(errors({ ...MINI, service_tiers: { batch: {} } })).toEqual(only('service_tiers.batch', message));
    expect(errors({ ...MINI, service_tiers: { batch: { multiplier: '0.5', input: '1' } } })).toEqual(
      only('service_tiers.batch', message)
    );
  });

  test('only one of service tier and time of day can set the rates', () => {
    const window = { from: '01:00', to: '02:00', input: '1', output: '2' };
    expect(errors({ ...MINI, service_tiers: { flex: { input: '1' } }, time_of_day: [window] })).toEqual(
      only('time_of_day.0', /^must be a multiplier/)
    );
  });

  test.each([
    ['from', '24:00', /between "00:00" and "23:59"/],
    ['to', '9:30', /between "00:00" and "23:59"/],
    ['zone', 'Mars/Olympus', /IANA time zone/],
  ])('a window with %s %s is refused', (key, value, message) => {
    const window = { from: '01:00', to: '02:00', zone: 'UTC', multiplier: '0.5', [key]: value };
    expect(errors({ ...MINI, time_of_day: [window] })).toEqual(only(`time_of_day.0.${key}`, message));
  });

  test('a window has a length', () => {
    expect(errors({ ...MINI, time_of_day: [{ from: '01:00', to: '01:00', multiplier: '2' }] })).toEqual(
      only('time_of_day.0', 'must not begin and end at the same minute')
    );
  });

  test('a threshold is a positive whole number and stands once', () => {
    const tier = (above_input_tokens: unknown) => ({ above_input_tokens, input: '1' });
    expect(errors({ ...MINI, tiers: [tier(1.5)] })).toEqual(
      only('tiers.0.above_input_tokens', 'must be a whole number of tokens')
    );
    expect(errors({ ...MINI, tiers: [tier(0)] })).toEqual(
      only('tiers.0.above_input_tokens', 'must be a positive number of tokens')
    );
    expect(errors({ ...MINI, tiers: [tier(5), tier(5)] })).toEqual(only('tiers', /the same above_input_tokens twice/));
  });
});

describe('what a row must have', () => {
  test('a rate, be it 0', () => {
    expect(errors({ provider: 'openai', model: 'free' })).toEqual(only('', /a free model has "input": "0"/));
    expect(errors({ provider: 'openai', model: 'free', input: '0', output: '0' })).toEqual([]);
  });

  test('a deployment, for "*" and for an hourly amount', () => {
    expect(errors({ ...MINI, model: '*' })).toEqual(only('model', /name the deployment, or the model/));
    expect(errors({ provider: 'self-hosted', model: 'qwen3-8b', hourly_amount: '4' })).toEqual(
      only('hourly_amount', 'is the price of a deployment: name the deployment')
    );
    expect(errors({ provider: '*', model: '*', deployment: 'd', hourly_amount: '4' })).toEqual([]);
  });

  test('a provider and a model', () => {
    expect(errors({ input: '1' }).map(({ path }) => path)).toEqual(['provider', 'model']);
    expect(errors({ ...MINI, model: ' ' })).toEqual(only('model', 'must not be empty'));
    expect(errors(null)).toHaveLength(1);
    expect(errors([MINI])).toHaveLength(1);
  });
});

test('a list gives its good rows and says where the others are wrong', () => {
  const { rows, errors: found } = parsePriceRows([MINI, { ...MINI, output: 1 }, 7]);
  expect(rows.map(({ model }) => model)).toEqual(['gpt-4o-mini']);
  expect(found.map(({ path }) => path)).toEqual(['1.output', '2']);
});
