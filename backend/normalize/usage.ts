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
  /** The sum as the source gives it: evidence of what its parts include, never a count of its own. */
  total: number | null;
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
  total: null,
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

/** Parts larger than their total can only stand beside it; so do parts that the source's own sum counts again. */
function isBeside(parts: number, whole: number | null, rest: number | null, total: number | null): boolean {
  return whole !== null && parts > 0 && (parts > whole || total === whole + plus(rest, parts));
}

/**
 * A source's counts in the inclusive convention of usage events. Where its convention is not known, arithmetic decides
 * (`Usage normalisation` in the domain's contract), and `inferred` says so.
 */
export function inclusiveUsage(raw: RawUsage, convention: Convention): { usage: Usage; inferred: boolean } {
  const { short, long } = cacheWrites(raw);
  const cached = plus(raw.cacheRead, plus(short, long));
  const inputBeside = isBeside(cached, raw.input, raw.output, convention.input === 'unknown' ? raw.total : null);
  const outputBeside = isBeside(
    raw.reasoning ?? 0,
    raw.output,
    raw.input,
    convention.output === 'unknown' ? raw.total : null
  );
  const usage: Usage = {
    input_tokens: whole(raw.input, cached, inputBeside || convention.input === 'exclusive'),
    cache_read_tokens: raw.cacheRead,
    cache_write_5m_tokens: short,
    cache_write_1h_tokens: long,
    output_tokens: whole(raw.output, raw.reasoning ?? 0, outputBeside || convention.output === 'exclusive'),
    reasoning_tokens: raw.reasoning,
    audio_input_tokens: raw.audioInput,
    audio_output_tokens: raw.audioOutput,
    image_input_tokens: raw.imageInput,
    requests: null,
    web_searches: raw.webSearches,
    other_units: null,
  };
  const inferred =
    (inputBeside && convention.input !== 'exclusive') || (outputBeside && convention.output !== 'exclusive');
  return { usage, inferred };
}

/** A total with its parts; where only parts are known, they are the least that it can be. */
function whole(said: number | null, parts: number, beside: boolean): number | null {
  if (said === null) {
    return parts > 0 ? parts : null;
  }
  return beside ? said + parts : said;
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
