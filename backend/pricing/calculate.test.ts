import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USAGE_FIELDS, usageEvent, type UsageEvent } from '../events/usageEvent';
import { PriceBook } from './book';
import { price } from './calculate';
import { parseInstant } from './instant';
import { parsePriceRow, type StoredPrice } from './priceRow';

interface Case {
  name: string;
  why: string;
  prices: unknown[];
  event: { time: string; usage: Record<string, number> } & Record<string, unknown>;
  expect: Record<string, string | null>;
}

const CASES = JSON.parse(readFileSync(join(__dirname, '../../tests/cases/pricing.json'), 'utf8')) as Case[];

const stored = (row: unknown, i: number): StoredPrice => {
  const parsed = parsePriceRow(row);
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.errors));
  }
  return { ...parsed.row, price_id: `p${i}`, version: 1 };
};

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
