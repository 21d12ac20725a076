import { calcPrice } from '@pydantic/genai-prices';
import { usageEvent, type UsageEvent } from '../../backend/events/usageEvent';
import { PriceBook } from '../../backend/pricing/book';
import { price } from '../../backend/pricing/calculate';
import { loadCatalogue } from '../../backend/pricing/catalogue';
import { randomNumbers } from './events';

/** Matching plus pricing on one core: ours against `@pydantic/genai-prices`, the same calls in the same run. */

/** As many as a batch of the pipeline has: they stay in the processor's cache, as they do there. */
const CALLS = 5_000;
const MODELS = [
  ['openai', 'gpt-4o-mini-2024-07-18'],
  ['openai', 'gpt-5.1'],
  ['openai', 'gpt-4.1'],
  ['anthropic', 'claude-sonnet-4-5-20250929'],
  ['anthropic', 'claude-haiku-4-5'],
  ['google', 'gemini-2.5-pro'],
  ['google', 'gemini-2.5-flash'],
  ['deepseek', 'deepseek-v4-flash'],
  ['aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['azure', 'gpt-4o'],
] as const;

interface Call {
  readonly event: UsageEvent;
  readonly theirs: Parameters<typeof calcPrice>;
}

function calls(count: number): Call[] {
  const random = randomNumbers(7);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, index) => {
    const [providerId, model] = MODELS[below(MODELS.length)]!;
    const input_tokens = 1 + below(250_000);
    const cache_read_tokens = below(input_tokens);
    const output_tokens = below(4000);
    const time = Date.UTC(2026, 9, 1) + below(30 * 86_400_000);
    return {
      event: usageEvent({
        event_id: String(index),
        source: 'bench',
        time: time * 1000,
        tenant: `tenant-${below(200)}`,
        deployment: model,
        provider: providerId,
        model,
        input_tokens,
        cache_read_tokens,
        output_tokens,
        reasoning_tokens: below(output_tokens + 1),
      }),
      theirs: [{ input_tokens, cache_read_tokens, output_tokens }, model, { providerId, timestamp: new Date(time) }],
    };
  });
}

/** Calls a second of CPU time, of which other processes on the machine take nothing; the best of some rounds. */
function rate(list: readonly Call[], rounds: number, work: (call: Call) => unknown): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    let done = 0;
    for (const call of list) {
      done += work(call) ? 1 : 0;
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
    if (done !== list.length) {
      throw new Error(`only ${done} of ${list.length} calls were priced`);
    }
  }
  return (list.length * 1e6) / best;
}

export function run(): string {
  const book = PriceBook.from(loadCatalogue());
  const list = calls(CALLS);
  const ours = rate(list, 100, ({ event }) => price(event, book).priced);
  const theirs = rate(list, 4, ({ theirs: call }) => calcPrice(...call));
  const millions = (each: number) => `${(each / 1e6).toFixed(2)} M`;
  return [
    '| Matching and pricing | calls/s of CPU time | of genai-prices |',
    '| --- | ---: | ---: |',
    `| genai-prices | ${millions(theirs)} | 1 |`,
    `| ours | ${millions(ours)} | ${(ours / theirs).toFixed(1)} |`,
  ].join('\n');
}
