import { PriceBook } from '../../backend/pricing/book';
import { price } from '../../backend/pricing/calculate';
import { loadCatalogue } from '../../backend/pricing/catalogue';
import { readPackage } from '../catalogue/readPackage';
import { DIFFERENCES, theirPrice } from './differences';
import { randomCalls } from './randomCalls';

test('every difference from genai-prices has an explanation, and most calls have none', () => {
  const book = PriceBook.from(loadCatalogue());
  const counts = new Map<string, number>();
  const unexplained: unknown[] = [];
  for (const call of randomCalls(readPackage(), 3000, 11)) {
    const [ours, theirs] = [price(call.event, book), theirPrice(call)];
    const name = DIFFERENCES.find(({ holds }) => holds(call, ours, theirs))?.name;
    counts.set(name ?? '', (counts.get(name ?? '') ?? 0) + 1);
    if (name === undefined) {
      unexplained.push({ call, ours, theirs });
    }
  }
  expect(unexplained).toEqual([]);
  expect(counts.get('the same')).toBeGreaterThan(1500);
  expect(counts.size).toBeGreaterThan(8);
});
