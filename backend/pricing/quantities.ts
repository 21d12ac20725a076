import type { Usage } from '../events/usageEvent';
import type { CompiledPrice } from './compiledPrice';
import type { CompiledRates, RateName } from './rates';

/** How many units of a call each rate is charged for. They are disjoint: no token is in two of them. */
export type Quantities = { readonly [Name in RateName]: number };

const cached = (usage: Usage): number =>
  (usage.cache_read_tokens ?? 0) + (usage.cache_write_5m_tokens ?? 0) + (usage.cache_write_1h_tokens ?? 0);

/**
 * The whole input in tokens, which chooses the long-context tier. A whole is never smaller than its parts: where a
 * source reports more cached (or audio) tokens than input, the parts are taken at their word.
 */
export const wholeInput = (usage: Usage): number =>
  Math.max(usage.input_tokens ?? 0, cached(usage), usage.audio_input_tokens ?? 0);

/**
 * Splits inclusive usage (`UsageEvent`) into what each rate is charged for.
 *
 * - Audio is charged apart. Audio that was read from a cache is in both counts: it is charged as cached.
 * - Images are input, and reasoning is output, unless the price has a rate of their own for them.
 * - A call is one request when nobody counted.
 */
export function quantities(usage: Usage, price: CompiledPrice, rates: CompiledRates): Quantities {
  const reasoning = usage.reasoning_tokens ?? 0;
  const audioOutput = usage.audio_output_tokens ?? 0;
  const output = Math.max(usage.output_tokens ?? 0, reasoning + audioOutput);
  const ownReasoning = rates.reasoning === null ? 0 : reasoning;
  const uncached = wholeInput(usage) - cached(usage);
  const audioInput = Math.min(usage.audio_input_tokens ?? 0, uncached);
  const imageInput = rates.image_input === null ? 0 : Math.min(usage.image_input_tokens ?? 0, uncached - audioInput);
  return {
    input: uncached - audioInput - imageInput,
    cache_read: usage.cache_read_tokens ?? 0,
    cache_write_5m: usage.cache_write_5m_tokens ?? 0,
    cache_write_1h: usage.cache_write_1h_tokens ?? 0,
    output: output - audioOutput - ownReasoning,
    reasoning: ownReasoning,
    audio_input: audioInput,
    audio_output: audioOutput,
    image_input: imageInput,
    per_request: price.chargesRequests ? (usage.requests ?? 1) : 0,
    web_search_per_1k: usage.web_searches ?? 0,
    per_unit: usage.other_units ?? 0,
  };
}
