import { overlaps } from './book';
import { OverlapIndex } from './overlapIndex';
import { parsePriceRow, type StoredPrice } from './priceRow';

const stored = (input: object, price_id: string): StoredPrice => {
  const parsed = parsePriceRow({ provider: 'p', model: 'm', input: '1', ...input });
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.errors));
  }
  return { ...parsed.row, price_id, version: 1, origin: 'override' };
};

const FIELDS: ReadonlyArray<readonly object[]> = [
  [{ provider: 'openai' }, { provider: 'OpenAI' }, { provider: 'anthropic' }],
  [{ model: 'm' }, { model: 'n', aliases: ['M'] }, { model: 'n' }],
  [{}, { tenant: 'acme' }],
  [{}, { deployment: 'd' }],
  [
    {},
    { effective_to: '2026-01-01' },
    { effective_from: '2026-01-01' },
    { effective_from: '2025-01-01', effective_to: '2026-02-01' },
  ],
];
const rows = FIELDS.reduce<object[]>(
  (done, choices) => done.flatMap((row) => choices.map((choice) => ({ ...row, ...choice }))),
  [{}]
).map((row, index) => stored(row, `row ${index}`));

test('finds what a scan finds, for every pair of rows', () => {
  const pairs = rows.flatMap((row) => {
    const index = new OverlapIndex([row]);
    return rows.map((other) => ({ scan: overlaps([row], other)?.price_id, index: index.find(other)?.price_id }));
  });
  expect(pairs.filter(({ scan, index }) => scan !== index)).toEqual([]);
  expect(pairs.filter(({ scan }) => scan !== undefined).length).toBeGreaterThan(rows.length);
});
