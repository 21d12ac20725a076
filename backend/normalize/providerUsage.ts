import { gemini, geminiTier, interactions } from './geminiUsage';
import { INCLUSIVE, noUsage, UNKNOWN, type Convention, type RawUsage } from './usage';
import { count, has, sum, type Shape } from './usageShape';
import { child, isJson, textOf, type Json } from './values';

/** A provider's usage object, understood. */
export interface ProviderUsage {
  usage: RawUsage;
  convention: Convention;
  /** The tier that served the call, where the provider puts it into the usage object. */
  serviceTier: string | undefined;
}

/**
 * Usage in a provider's own shape: OpenAI chat, responses and embeddings (Azure, Mistral, Groq, xAI, DeepSeek and all
 * who copy it), Anthropic, Gemini, Bedrock Converse, Cohere, Ollama, and the AI SDK's. Undefined when the object is
 * none of them. Sources: the providers' SDK types (ingest notes §4).
 * @throws ItemError when a count is negative or fractional
 */
export function readProviderUsage(object: Json): ProviderUsage | undefined {
  // Most places where one could be have none: no shape needs to look at them.
  if (isEmpty(object)) {
    return undefined;
  }
  const shape = SHAPES.find(({ recognises }) => recognises(object));
  return shape && { ...shape.read(object), serviceTier: servedTier(object) };
}

function isEmpty(object: Json): boolean {
  for (const _key in object) {
    return false;
  }
  return true;
}

/** Anthropic's fast mode is a price of its own and is said beside the tier: `speed` is "standard" or "fast". */
const servedTier = (object: Json): string | undefined =>
  textOf(object.speed) === 'fast'
    ? 'fast'
    : (textOf(object.service_tier) ?? textOf(object.serviceTier) ?? geminiTier(object));

/**
 * True when an object has a key that only providers' usage objects have, so that it is no usage in the collector's own
 * words (which share `input_tokens`, `output_tokens` and `reasoning_tokens` with OpenAI and Anthropic).
 */
export const isProviderUsage = (object: Json): boolean => PROVIDER_KEYS.some((key) => object[key] !== undefined);

/** Keys that only providers' usage objects have. */
export const PROVIDER_KEYS = [
  // OpenAI, and who copies it
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_tokens_details',
  'completion_tokens_details',
  'input_tokens_details',
  'output_tokens_details',
  'input_token_details',
  'output_token_details',
  'prompt_cache_hit_tokens',
  'cached_tokens',
  // Anthropic
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'server_tool_use',
  'service_tier',
  'inference_geo',
  'speed',
  // Gemini
  'promptTokenCount',
  'candidatesTokenCount',
  'responseTokenCount',
  'totalTokenCount',
  'prompt_token_count',
  'candidates_token_count',
  'total_token_count',
  'total_input_tokens',
  'total_output_tokens',
  // Bedrock Converse, Bedrock's invocation metrics, the AI SDK
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'inputTokenCount',
  'outputTokenCount',
  // SDKs that hand out their API's names in their language's case (Mistral, OpenRouter, Cohere)
  'promptTokens',
  'completionTokens',
  'billedUnits',
  // Cohere, Ollama
  'billed_units',
  'prompt_eval_count',
  'eval_count',
] as const;

/** Vercel's AI SDK: `inputTokens` includes what `inputTokenDetails` splits. */
const aiSdk: Shape = {
  recognises: (object) =>
    has(object, 'cachedInputTokens', 'inputTokenDetails', 'outputTokenDetails', 'reasoningTokens'),
  read(object) {
    const input = child(object, 'inputTokenDetails');
    const output = child(object, 'outputTokenDetails');
    const usage: RawUsage = {
      ...noUsage(),
      input: count(object, 'inputTokens'),
      output: count(object, 'outputTokens'),
      cacheRead: count(input, 'cacheReadTokens') ?? count(object, 'cachedInputTokens'),
      cacheWrite: count(input, 'cacheWriteTokens'),
      reasoning: count(output, 'reasoningTokens') ?? count(object, 'reasoningTokens'),
    };
    return { usage, convention: INCLUSIVE };
  },
};

/** Bedrock Converse, and the invocation metrics at the end of a Bedrock stream: caches stand beside the input. */
const bedrock: Shape = {
  recognises: (object) => has(object, 'inputTokens', 'outputTokens', 'inputTokenCount', 'outputTokenCount'),
  read(object) {
    const list = Array.isArray(object.cacheDetails) ? (object.cacheDetails as unknown[]).filter(isJson) : [];
    const written = (ttl: string) => sum(...list.filter((d) => d.ttl === ttl).map((d) => count(d, 'inputTokens')));
    const usage: RawUsage = {
      ...noUsage(),
      input: count(object, 'inputTokens', 'inputTokenCount'),
      output: count(object, 'outputTokens', 'outputTokenCount'),
      cacheRead: count(object, 'cacheReadInputTokens', 'cacheReadInputTokenCount'),
      cacheWrite: count(object, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount'),
      cacheWrite5m: written('5m'),
      cacheWrite1h: written('1h'),
    };
    return { usage, convention: { input: 'exclusive', output: 'inclusive' } };
  },
};

/**
 * Anthropic: `input_tokens` is the uncached part only; thinking is inside the output. What compacting the context took is
 * in `iterations` alone. (An advisor's is there too; it is another model's, and no part of this call.)
 */
const anthropic: Shape = {
  recognises: (object) =>
    !has(object, 'input_tokens_details', 'prompt_tokens') &&
    (isJson(object.cache_creation) ||
      (has(object, 'input_tokens') &&
        has(object, 'cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation', 'server_tool_use'))),
  read(object) {
    const parts = [object, ...compactions(object)];
    const whole = (key: string) => sum(...parts.map((part) => count(part, key)));
    const lifetime = (key: string) => sum(...parts.map((part) => count(child(part, 'cache_creation'), key)));
    const usage: RawUsage = {
      ...noUsage(),
      input: whole('input_tokens'),
      output: whole('output_tokens'),
      cacheRead: whole('cache_read_input_tokens'),
      cacheWrite: whole('cache_creation_input_tokens'),
      cacheWrite5m: lifetime('ephemeral_5m_input_tokens'),
      cacheWrite1h: lifetime('ephemeral_1h_input_tokens'),
      reasoning: count(child(object, 'output_tokens_details'), 'thinking_tokens'),
      webSearches: count(child(object, 'server_tool_use'), 'web_search_requests'),
    };
    return { usage, convention: { input: 'exclusive', output: 'inclusive' } };
  },
};

const compactions = ({ iterations }: Json): Json[] =>
  Array.isArray(iterations) ? (iterations as unknown[]).filter(isJson).filter(({ type }) => type === 'compaction') : [];

/** Cohere bills `billed_units`, which are fewer than `tokens`. */
const cohere: Shape = {
  recognises: (object) => isJson(object.billed_units),
  read(object) {
    const billed = child(object, 'billed_units');
    const usage: RawUsage = {
      ...noUsage(),
      input: count(billed, 'input_tokens'),
      output: count(billed, 'output_tokens'),
      cacheRead: count(object, 'cached_tokens'),
      webSearches: count(billed, 'search_units'),
    };
    return { usage, convention: INCLUSIVE };
  },
};

const ollama: Shape = {
  recognises: (object) => has(object, 'prompt_eval_count', 'eval_count'),
  read: (object) => ({
    usage: { ...noUsage(), input: count(object, 'prompt_eval_count'), output: count(object, 'eval_count') },
    convention: INCLUSIVE,
  }),
};

/**
 * OpenAI and all who copy its shape. Details are parts of the totals; where they are not (xAI leaves reasoning out of
 * the completion), the total says so.
 */
const openai: Shape = {
  recognises: (object) => has(object, 'prompt_tokens', 'completion_tokens', 'input_tokens', 'total_tokens'),
  read(object) {
    const input = detailsOf(object, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details');
    const output = detailsOf(object, 'completion_tokens_details', 'output_tokens_details', 'output_token_details');
    // LangChain keeps the lifetimes among the details themselves.
    const written = {
      ...input,
      ...child(input, 'cache_write_tokens_details'),
      ...child(input, 'cache_creation_token_details'),
    };
    const usage: RawUsage = {
      input: count(object, 'prompt_tokens', 'input_tokens'),
      output: count(object, 'completion_tokens', 'output_tokens'),
      cacheRead:
        count(input, 'cached_tokens', 'cache_read', 'cache_read_input_tokens') ??
        count(
          object,
          'cache_read_input_tokens',
          'prompt_cache_hit_tokens',
          'cached_tokens',
          'cached_prompt_text_tokens'
        ),
      cacheWrite:
        count(input, 'cache_write_tokens', 'cache_creation_tokens', 'cache_creation', 'cache_creation_input_tokens') ??
        count(object, 'cache_creation_input_tokens'),
      // OpenAI's lifetimes are 30 min and 12 h; they go with Anthropic's short and long one.
      cacheWrite5m: count(written, 'ephemeral_5m_input_tokens', 'ttl_30m_tokens'),
      cacheWrite1h: count(written, 'ephemeral_1h_input_tokens', 'ttl_12h_tokens'),
      reasoning: count(output, 'reasoning_tokens', 'reasoning', 'thinking_tokens') ?? count(object, 'reasoning_tokens'),
      audioInput: count(input, 'audio_tokens', 'audio'),
      audioOutput: count(output, 'audio_tokens', 'audio'),
      imageInput: count(input, 'image_tokens') ?? count(object, 'prompt_image_tokens'),
      webSearches:
        count(child(object, 'server_tool_use'), 'web_search_requests') ??
        count(child(object, 'server_tool_use_details'), 'web_search_requests') ??
        count(object, 'num_search_queries'),
      total: count(object, 'total_tokens'),
    };
    if (usage.input === null && usage.output === null) {
      usage.input = usage.total;
    }
    return { usage, convention: UNKNOWN };
  },
};

function detailsOf(object: Json, ...keys: string[]): Json {
  const key = keys.find((name) => isJson(object[name]));
  return key === undefined ? {} : child(object, key);
}

/** An API's object in the case of TypeScript: `promptTokensDetails.cachedTokens`, `billedUnits.inputTokens`. */
const camelCase: Shape = {
  recognises: (object) => has(object, 'promptTokens', 'completionTokens', 'billedUnits'),
  read(object) {
    const renamed = snakeCase(object, 0);
    return cohere.recognises(renamed) ? cohere.read(renamed) : openai.read(renamed);
  },
};

/** Two levels: details are no deeper. */
function snakeCase(object: Json, depth: number): Json {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isJson(value) && depth < 2 ? snakeCase(value, depth + 1) : value,
    ])
  );
}

const SHAPES: readonly Shape[] = [gemini, interactions, aiSdk, camelCase, bedrock, cohere, ollama, anthropic, openai];
