import { Command, InvalidArgumentError } from 'commander';
import type { Pricing } from '../backend/events/usageEvent';
import { PriceBook } from '../backend/pricing/book';
import { price } from '../backend/pricing/calculate';
import { loadCatalogue } from '../backend/pricing/catalogue';
import { picoToUsd } from '../backend/pricing/decimal';
import { readPackage } from './catalogue/readPackage';
import { DIFFERENCES, theirPrice, type Theirs } from './compare/differences';
import { randomCalls, type Call } from './compare/randomCalls';

/** The same random calls priced by `@pydantic/genai-prices` and by ours: each kind of difference, explained and counted. */

const EXAMPLES = 2;

interface Seen {
  count: number;
  readonly examples: string[];
}

function compare(calls: number, seed: number): Map<string, Seen> {
  const book = PriceBook.from(loadCatalogue());
  const seen = new Map<string, Seen>();
  for (const call of randomCalls(readPackage(), calls, seed)) {
    const [ours, theirs] = [price(call.event, book), theirPrice(call)];
    const name = DIFFERENCES.find((difference) => difference.holds(call, ours, theirs))?.name ?? 'unexplained';
    const entry = seen.get(name) ?? { count: 0, examples: [] };
    seen.set(name, entry);
    entry.count++;
    if (entry.examples.length < EXAMPLES) {
      entry.examples.push(example(call, ours, theirs));
    }
  }
  return seen;
}

function example({ providerId, model, time, usage }: Call, ours: Pricing, theirs: Theirs): string {
  const ourText = ours.priced ? `${picoToUsd(ours.total_cost)} by ${ours.price_id}` : ours.unpriced_reason;
  const theirText =
    theirs === null ? 'nothing' : 'thrown' in theirs ? `an error (${theirs.thrown})` : String(theirs.total_price);
  return `${providerId ?? '-'} ${model} ${time.toISOString()} ${JSON.stringify(usage)}\n      ours ${ourText}; theirs ${theirText}`;
}

const natural = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('must be a positive whole number');
  }
  return value;
};

const { calls, seed } = new Command('compare-prices')
  .description('prices the same random calls with genai-prices and with ours')
  .option('--calls <number>', 'how many', natural, 20_000)
  .option('--seed <number>', 'the same seed gives the same calls', natural, 1)
  .parse()
  .opts<{ calls: number; seed: number }>();

const seen = compare(calls, seed);
for (const { name, why } of [...DIFFERENCES, { name: 'unexplained', why: 'a fault, in theirs or in ours' }]) {
  const { count = 0, examples = [] } = seen.get(name) ?? {};
  const shown = name === 'the same' ? [] : examples;
  process.stdout.write(
    `${String(count).padStart(7)}  ${name}: ${why}\n${shown.map((each) => `    ${each}\n`).join('')}`
  );
}
process.exitCode = seen.has('unexplained') ? 1 : 0;
