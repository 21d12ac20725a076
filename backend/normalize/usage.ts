import type { Quality, Usage } from '../events/usageEvent';

/** Counts as a source said them, in its own convention. null: it said nothing. */
export interface RawUsage {
  input: number | null;
  output: number | null;
  cacheRead: number | null;
  /** All cache writes, when the source has no split by lifetime. */
  cacheWrite: number | null;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
  reasoning: number | null;
  audioInput: number | null;
  audioOutput: number | null;
  imageInput: number | null;
  webSearches: number | null;
}

export const noUsage = (): RawUsage => ({
  input: null,
  output: null,
  cacheRead: null,
  cacheWrite: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
  reasoning: null,
  audioInput: null,
  audioOutput: null,
  imageInput: null,
  webSearches: null,
});

/**
 * Whether a source's parts are inside its totals. `input`: cached tokens in the input; `output`: reasoning in the
 * output. `unknown` is read as inclusive unless arithmetic says that it cannot be.
 */
export interface Convention {
  input: 'inclusive' | 'exclusive' | 'unknown';
  output: 'inclusive' | 'exclusive' | 'unknown';
}

export const INCLUSIVE: Convention = { input: 'inclusive', output: 'inclusive' };
export const UNKNOWN: Convention = { input: 'unknown', output: 'unknown' };

const plus = (a: number | null, b: number | null): number => (a ?? 0) + (b ?? 0);

/** Cache writes by lifetime. What is not said to be 1 h is 5 min, the providers' default. */
function cacheWrites(raw: RawUsage): { short: number | null; long: number | null } {
  if (raw.cacheWrite5m === null && raw.cacheWrite1h === null) {
    return { short: raw.cacheWrite, long: null };
  }
  const known = plus(raw.cacheWrite5m, raw.cacheWrite1h);
  const rest = Math.max(0, (raw.cacheWrite ?? known) - known);
  return { short: (raw.cacheWrite5m ?? 0) + rest, long: raw.cacheWrite1h };
}

/**
 * A source's counts in the inclusive convention of usage events. The guard of `Usage normalisation`: parts that are
 * larger than their total can only stand beside it; then they are added and `inferred` says so.
 */
export function inclusiveUsage(raw: RawUsage, convention: Convention): { usage: Usage; inferred: boolean } {
  const { short, long } = cacheWrites(raw);
  const cached = plus(raw.cacheRead, plus(short, long));
  const inputBeside = raw.input !== null && cached > raw.input;
  const outputBeside = raw.output !== null && raw.reasoning !== null && raw.reasoning > raw.output;
  const addCached = convention.input === 'exclusive' || inputBeside;
  const addReasoning = convention.output === 'exclusive' || outputBeside;
  const usage: Usage = {
    input_tokens: raw.input === null && cached === 0 ? null : plus(raw.input, addCached ? cached : 0),
    cache_read_tokens: raw.cacheRead,
    cache_write_5m_tokens: short,
    cache_write_1h_tokens: long,
    output_tokens: raw.output === null ? raw.reasoning : raw.output + (addReasoning ? (raw.reasoning ?? 0) : 0),
    reasoning_tokens: raw.reasoning,
    audio_input_tokens: raw.audioInput,
    audio_output_tokens: raw.audioOutput,
    image_input_tokens: raw.imageInput,
    requests: null,
    web_searches: raw.webSearches,
    other_units: null,
  };
  if (raw.input === null && cached > 0) {
    usage.input_tokens = cached;
  }
  const inferred =
    (inputBeside && convention.input !== 'exclusive') || (outputBeside && convention.output !== 'exclusive');
  return { usage, inferred };
}

/** Quality of usage by what is missing from it. */
export function qualityOf(usage: Usage, facts: { inferred: boolean; neverCacheDetail: boolean }): Quality {
  if (usage.input_tokens === null && usage.output_tokens === null) {
    return 'no_usage';
  }
  if (facts.inferred) {
    return 'inferred_convention';
  }
  return facts.neverCacheDetail && usage.cache_read_tokens === null ? 'no_cache_detail' : 'exact';
}
