import { readFileSync } from 'node:fs';
import { CATALOGUE_FILE } from '../../backend/pricing/catalogue';
import { buildCatalogue, serialise } from './build';
import { exactIds } from './exactIds';
import { readPackage } from './readPackage';
import { decimal, rates, toRows } from './toRows';

const data = readPackage();
const provider = (id: string) => data.providers.find((each) => each.id === id)!;
const model = (providerId: string, id: string) => provider(providerId).models.find((each) => each.id === id)!;

test('the committed catalogue is what `npm run catalogue` makes', () => {
  const committed = readFileSync(CATALOGUE_FILE, 'utf8');
  const { generated_on } = JSON.parse(committed) as { generated_on: string };
  expect(serialise(buildCatalogue(data, generated_on)) === committed).toBe(true);
});

test('every model of the package is in it or left out with a reason', () => {
  const { rows, left_out } = buildCatalogue(data, '2026-01-01');
  for (const seller of data.providers) {
    const inIt = new Set(rows.filter((row) => row.provider === seller.id).map((row) => row.model));
    const leftOut = new Set(left_out.filter((each) => each.provider === seller.id).map((each) => each.model));
    const missing = seller.models.filter(
      (each) => !inIt.has(exactIds(seller, each)?.model ?? '') && !leftOut.has(each.id)
    );
    expect([seller.id, missing.map((each) => each.id)]).toEqual([seller.id, []]);
  }
  expect(left_out.every(({ why }) => why !== '')).toBe(true);
});

describe('exact ids', () => {
  test('loose rules give whole ids only', () => {
    expect(exactIds(provider('anthropic'), model('anthropic', 'claude-sonnet-4-0'))).toEqual({
      model: 'claude-sonnet-4-0',
      aliases: ['claude-sonnet-4', 'claude-4-sonnet'],
    });
    expect(exactIds(provider('google'), model('google', 'gemini-2.0-flash'))?.aliases).toContain(
      'gemini-2.0-flash-001'
    );
    expect(exactIds(provider('openai'), model('openai', 'gpt-4o-mini-2024-07-18.ft-'))).toBeUndefined();
  });

  test('dated snapshots are left to the matcher', () => {
    expect(exactIds(provider('openai'), model('openai', 'gpt-4o'))).toEqual({ model: 'gpt-4o', aliases: [] });
  });

  test('an exact id that is written as a pattern', () => {
    expect(exactIds(provider('cursor'), model('cursor', 'composer-2.5'))).toEqual({
      model: 'composer-2.5',
      aliases: ['composer-2.5[fast=false]'],
    });
  });
});

describe('decimals', () => {
  test.each([
    [0.15, '0.15'],
    [3, '3'],
    [7.5e-7, '0.00000075'],
    [0.18000000000000002, '0.18'],
    [0.08333333333333334, '0.08333333333333334'],
    [0.003625, '0.003625'],
  ])('%s is %s', (value, text) => {
    expect(decimal(value)).toBe(text);
  });
});

describe('rates', () => {
  test('tiers have every token rate, also those that stay the same', () => {
    const tiered = (base: number, price: number) => ({ base, tiers: [{ start: 200_000, price }] });
    expect(rates({ input_mtok: tiered(3, 6), output_mtok: 15, web_searches_kcount: 10, requests_kcount: 5 })).toEqual({
      input: '3',
      output: '15',
      web_search_per_1k: '10',
      per_request: '0.005',
      tiers: [{ above_input_tokens: 200_000, input: '6', output: '15' }],
    });
  });

  test('dates make rows, hours belong to the row that they are listed in', () => {
    const rows = toRows(
      'x',
      { model: 'm', aliases: [] },
      {
        id: 'm',
        match: { equals: 'm' },
        prices: [
          { prices: { input_mtok: 1 } },
          { constraint: { type: 'start_date', start_date: '2026-08-17' }, prices: { input_mtok: 2, output_mtok: 4 } },
          {
            constraint: { type: 'time_of_date', start_time: '01:00:00Z', end_time: '04:00:00Z' },
            prices: { input_mtok: 3, output_mtok: 6 },
          },
          {
            constraint: { type: 'time_of_date', start_time: '05:00:00Z', end_time: '06:00:00Z' },
            prices: { input_mtok: 3, output_mtok: 5 },
          },
        ],
      }
    );
    expect(rows).toEqual([
      { provider: 'x', model: 'm', effective_to: '2026-08-17', input: '1' },
      {
        provider: 'x',
        model: 'm',
        effective_from: '2026-08-17',
        input: '2',
        output: '4',
        time_of_day: [
          { from: '01:00', to: '04:00', zone: 'UTC', multiplier: '1.5' },
          { from: '05:00', to: '06:00', zone: 'UTC', input: '3', output: '5' },
        ],
      },
    ]);
  });
});
