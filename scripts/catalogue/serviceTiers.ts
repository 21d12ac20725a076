import { parseDecimal, ratio, ratioToDecimal } from '../../backend/pricing/decimal';
import { TOKEN_RATE_NAMES } from '../../backend/pricing/rates';
import type { CatalogueRow, Rates, Tier } from './toRows';

/**
 * Rates of the service tiers that providers list and the package doesn't know. Only what a page says of the very model is
 * here: a tier that no page confirms stays without a rate, so that such a call is unpriced (`no_price_for_service_tier`)
 * instead of wrong. Looked up in November 2026.
 */

type ServiceTiers = Record<string, Rates & { tiers?: Tier[] }>;

/** Lists batch, flex and priority rates for each model, read off OpenAI's and Anthropic's price pages. */
const LITELLM = 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json';
/** "Tokens are priced at Batch API rates, with additional discounts from prompt caching." */
const OPENAI_FLEX = 'https://developers.openai.com/api/docs/guides/flex-processing.md';
const OPENAI_PRIORITY = 'https://openai.com/api-priority-processing/';
/** "All usage is charged at 50% of the standard API prices", with a table of models up to Opus 4.1. */
const ANTHROPIC_BATCH = 'https://docs.anthropic.com/en/docs/build-with-claude/batch-processing';

const PRIORITY: Readonly<Record<string, Rates>> = {
  'gpt-5.5': { input: '12.50', cache_read: '1.250', output: '75' },
  'gpt-5.4': { input: '5', cache_read: '0.50', output: '30' },
  'gpt-5.4-mini': { input: '1.50', cache_read: '0.15', output: '9' },
  'gpt-5.2': { input: '3.50', cache_read: '0.35', output: '28' },
  'gpt-5.1': { input: '2.50', cache_read: '0.25', output: '20' },
  'gpt-5': { input: '2.50', cache_read: '0.25', output: '20' },
  'gpt-5-mini': { input: '0.45', cache_read: '0.045', output: '3.60' },
  'gpt-4.1': { input: '3.50', cache_read: '0.875', output: '14' },
};

/** Batch and flex at half of every rate, cached input and long contexts too. */
const HALF = new Set(
  [
    ['gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5.1', 'gpt-5.2', 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano'],
    ['gpt-5.5', 'gpt-6-luna', 'gpt-6-sol'],
  ].flat()
);
/** Batch at half price; cached input is not listed there. */
const HALF_WITHOUT_CACHE = new Set(
  [
    ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini', 'o1', 'o3', 'o3-mini', 'o4-mini'],
    ['text-embedding-3-large', 'text-embedding-3-small'],
  ].flat()
);
/** Cached input where the list doesn't show exactly half, and flex of models that have no cached input in batches. */
const LISTED_CACHE_READ: Readonly<Record<string, string>> = { 'gpt-5.4': '0.13' };
const FLEX_CACHE_READ: Readonly<Record<string, string>> = { o3: '0.25', 'o4-mini': '0.138' };

/** Claude models whose batches are listed; older ones (Claude 2, Claude 3 Sonnet) never were. */
const CLAUDE_BATCHES = new Map<string, string>([
  ...['3-haiku', '3-opus', '3-5-haiku', '3-5-sonnet', '3-7-sonnet', 'sonnet-4-0', 'opus-4-0', 'opus-4-1'].map(
    (name) => [`claude-${name}`, ANTHROPIC_BATCH] as const
  ),
  ...[
    ['haiku-4-5', 'sonnet-4-5', 'sonnet-4-6', 'sonnet-5', 'opus-4-5', 'opus-4-6', 'opus-4-7', 'opus-4-8'],
    ['opus-5', 'opus-5-5', 'fable-5', 'fable-5-1'],
  ]
    .flat()
    .map((name) => [`claude-${name}`, LITELLM] as const),
]);

/** Claude models whose fast mode is listed, with its factor on every token rate, cached ones too ("stacks with other pricing modifiers"). */
const CLAUDE_FAST = new Map<string, readonly [factor: string, source: string]>([
  ['claude-opus-4-6', ['6', 'https://platform.claude.com/docs/en/build-with-claude/fast-mode']],
  ['claude-opus-5', ['2', 'https://openrouter.ai/anthropic/claude-opus-5-fast-20260723']],
]);

/** The row with its service tiers, and where they come from in its note. */
export function withServiceTiers(row: CatalogueRow, comments: string): CatalogueRow {
  const { tiers, sources } = serviceTiers(row, comments);
  if (Object.keys(tiers).length === 0) {
    return row;
  }
  const origin = sources.length > 0 ? `Service tiers: ${sources.join(', ')}` : '';
  const note = [row.note, origin].filter(Boolean).join('. ');
  return { ...row, service_tiers: tiers, ...(note !== '' && { note }) };
}

interface Listed {
  readonly tiers: ServiceTiers;
  readonly sources: readonly string[];
}

function serviceTiers(row: CatalogueRow, comments: string): Listed {
  if (row.provider === 'anthropic') {
    const batches = CLAUDE_BATCHES.get(row.model);
    const fast = CLAUDE_FAST.get(row.model);
    return {
      tiers: {
        ...(batches !== undefined && { batch: scaled(row, '0.5') }),
        ...(fast && { fast: scaled(row, fast[0]) }),
      },
      sources: [batches, fast?.[1]].filter((source) => source !== undefined),
    };
  }
  if (row.provider === 'google') {
    // The package's own comments on the model.
    const half = /(Batch(?: and Flex)?)[^.]*50% discount/.exec(comments)?.[1];
    const priority = /Priority tier is (\d+(?:\.\d+)?)x/.exec(comments)?.[1];
    return {
      tiers: {
        ...(half !== undefined && { batch: scaled(row, '0.5') }),
        ...(half?.includes('Flex') && { flex: scaled(row, '0.5') }),
        ...(priority !== undefined && { priority: scaled(row, priority) }),
      },
      sources: [],
    };
  }
  // Today's lists say nothing of prices that have ended.
  return row.provider === 'openai' && row.effective_to === undefined ? openaiTiers(row) : NOTHING;
}

const NOTHING: Listed = { tiers: {}, sources: [] };

function openaiTiers(row: CatalogueRow): Listed {
  const { model } = row;
  const half = scaled(row, '0.5');
  const listed = LISTED_CACHE_READ[model];
  const full = listed === undefined ? half : { ...half, cache_read: listed };
  const { cache_read: _cacheRead, ...withoutCache } = half;
  const flexCache = FLEX_CACHE_READ[model];
  const priority = PRIORITY[model];
  const tiers: ServiceTiers = {
    ...(HALF.has(model) && { batch: full, flex: full }),
    ...(HALF_WITHOUT_CACHE.has(model) && { batch: withoutCache }),
    ...(flexCache !== undefined && { flex: { ...withoutCache, cache_read: flexCache } }),
    ...(priority && { priority: { ...priority, cache_write_5m: priority.input!, ...unitRates(row) } }),
  };
  const sources = [
    ...('batch' in tiers ? [LITELLM] : []),
    ...('flex' in tiers ? [OPENAI_FLEX] : []),
    ...('priority' in tiers ? [OPENAI_PRIORITY] : []),
  ];
  return { tiers, sources };
}

/** All token rates times a factor; searches and requests as they are. */
function scaled(row: CatalogueRow, factor: string): Rates & { tiers?: Tier[] } {
  const tiers = row.tiers?.map((tier) => ({
    above_input_tokens: tier.above_input_tokens,
    ...scaledTokens(tier, factor),
  }));
  return { ...scaledTokens(row, factor), ...unitRates(row), ...(tiers && { tiers }) };
}

function scaledTokens(rates: Rates, factor: string): Rates {
  const by = parseDecimal(factor);
  return Object.fromEntries(
    TOKEN_RATE_NAMES.flatMap((name) => {
      const text = rates[name];
      if (text === undefined) {
        return [];
      }
      const { num, den } = parseDecimal(text);
      return [[name, ratioToDecimal(ratio(num * by.num, den * by.den))!]];
    })
  );
}

const unitRates = ({ per_request, web_search_per_1k }: Rates): Rates => ({
  ...(per_request !== undefined && { per_request }),
  ...(web_search_per_1k !== undefined && { web_search_per_1k }),
});
