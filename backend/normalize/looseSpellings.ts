import type { RawUsage } from './usage';

/**
 * Spellings of the parts of a call's usage that no list can keep up with: each release of each client puts the words of
 * one more provider behind `gen_ai.usage.` (`details.cache_read_input_tokens`, `input_token_details.cached_tokens`,
 * `output_tokens_details.reasoning`), or puts its own name in front (`agentscope.usage.cache_input_tokens`). What counts is the words, whatever stands between them. Totals are not read this
 * way: a part that is missed makes a price too high, a total that is mistaken makes a call that was none.
 */
const PREFIX = /^(?:[a-z_]+\.)?[a-z_]+\.usage\.(.+)$/;
/** Wrappers that say where a provider keeps a detail. */
const WRAPPER = /^(details|((prompt|completion|input|output)_)?tokens?_details)_/;

const WORDS: ReadonlyMap<string, keyof RawUsage> = new Map(
  (
    [
      [
        'cacheRead',
        [
          'cache_read',
          'cache_read_input',
          'cache_input',
          'cached',
          'cached_input',
          'cached_prompt',
          'input_cached',
          'input_cache_read',
          'prompt_cached',
          'prompt_cache_hit',
          'cached_content',
        ],
      ],
      [
        'cacheWrite',
        [
          'cache_write',
          'cache_write_input',
          'cache_creation',
          'cache_creation_input',
          'input_cache_write',
          'input_cache_creation',
          'cached_creation',
        ],
      ],
      [
        'cacheWrite5m',
        [
          'ephemeral_5m_input',
          'cache_write_5m',
          'cache_creation_5m',
          'cache_creation_ephemeral_5m_input',
          'input_cache_creation_5m',
        ],
      ],
      [
        'cacheWrite1h',
        [
          'ephemeral_1h_input',
          'cache_write_1h',
          'cache_creation_1h',
          'cache_creation_ephemeral_1h_input',
          'input_cache_creation_1h',
        ],
      ],
      [
        'reasoning',
        ['reasoning', 'reasoning_output', 'output_reasoning', 'completion_reasoning', 'thoughts', 'thinking'],
      ],
    ] as const
  ).flatMap(([field, words]) => words.map((word) => [word, field] as const))
);

const known = new Map<string, keyof RawUsage | null>();
const MAX_KEYS = 4096;

/** The part that an attribute tells, undefined when it tells none. */
export function loosePart(key: string): keyof RawUsage | undefined {
  let part = known.get(key);
  if (part === undefined) {
    part = partOf(key);
    if (known.size < MAX_KEYS) {
      known.set(key, part);
    }
  }
  return part ?? undefined;
}

function partOf(key: string): keyof RawUsage | null {
  const [, rest] = PREFIX.exec(key) ?? [];
  if (rest === undefined) {
    return null;
  }
  const words = rest
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[.-]/g, '_')
    .replace(WRAPPER, '')
    // "Tokens" and "count" may stand anywhere and say nothing.
    .split('_')
    .filter((word) => !/^(tokens?|count)$/.test(word))
    .join('_');
  return WORDS.get(words) ?? null;
}
