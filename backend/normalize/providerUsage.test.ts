import { readProviderUsage } from './providerUsage';
import { inclusiveUsage } from './usage';
import { ItemError } from './values';

/** What a provider's usage object amounts to; only what is known. */
function read(object: Record<string, unknown>): object | undefined {
  const found = readProviderUsage(object);
  if (!found) {
    return undefined;
  }
  const { usage } = inclusiveUsage(found.usage, found.convention);
  const known = Object.entries({ ...usage, tier: found.serviceTier }).filter(([, value]) => value != null);
  return Object.fromEntries(known);
}

describe('usage objects of providers', () => {
  it.each([
    [
      'OpenAI chat',
      {
        prompt_tokens: 1000,
        completion_tokens: 300,
        total_tokens: 1300,
        prompt_tokens_details: { cached_tokens: 640, audio_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 128, audio_tokens: 5, rejected_prediction_tokens: 3 },
      },
      {
        input_tokens: 1000,
        cache_read_tokens: 640,
        audio_input_tokens: 10,
        output_tokens: 300,
        reasoning_tokens: 128,
        audio_output_tokens: 5,
      },
    ],
    [
      'OpenAI responses, with cache writes of two lifetimes',
      {
        input_tokens: 1000,
        input_tokens_details: {
          cached_tokens: 600,
          cache_write_tokens: 300,
          cache_write_tokens_details: { ttl_30m_tokens: 200, ttl_12h_tokens: 100 },
        },
        output_tokens: 300,
        output_tokens_details: { reasoning_tokens: 128 },
      },
      {
        input_tokens: 1000,
        cache_read_tokens: 600,
        cache_write_5m_tokens: 200,
        cache_write_1h_tokens: 100,
        output_tokens: 300,
        reasoning_tokens: 128,
      },
    ],
    ['OpenAI embeddings', { prompt_tokens: 77, total_tokens: 77 }, { input_tokens: 77 }],
    ['a bare total (Voyage)', { total_tokens: 77 }, { input_tokens: 77 }],
    [
      'Anthropic: cached tokens beside the input',
      {
        input_tokens: 111,
        cache_creation_input_tokens: 2000,
        cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
        cache_read_input_tokens: 5000,
        output_tokens: 222,
        output_tokens_details: { thinking_tokens: 22 },
        server_tool_use: { web_search_requests: 2 },
        service_tier: 'batch',
      },
      {
        input_tokens: 7111,
        cache_read_tokens: 5000,
        cache_write_5m_tokens: 1500,
        cache_write_1h_tokens: 500,
        output_tokens: 222,
        reasoning_tokens: 22,
        web_searches: 2,
        tier: 'batch',
      },
    ],
    [
      'Anthropic without a cache reads like any other',
      { input_tokens: 111, output_tokens: 222 },
      { input_tokens: 111, output_tokens: 222 },
    ],
    [
      'Gemini: thoughts beside the candidates, tool use beside the prompt',
      {
        promptTokenCount: 1000,
        cachedContentTokenCount: 640,
        toolUsePromptTokenCount: 50,
        candidatesTokenCount: 300,
        thoughtsTokenCount: 65,
        totalTokenCount: 1415,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 900 },
          { modality: 'AUDIO', tokenCount: 100 },
        ],
      },
      {
        input_tokens: 1050,
        cache_read_tokens: 640,
        audio_input_tokens: 100,
        output_tokens: 365,
        reasoning_tokens: 65,
      },
    ],
    [
      'Gemini in snake case',
      { prompt_token_count: 10, candidates_token_count: 5, thoughts_token_count: 2 },
      { input_tokens: 10, output_tokens: 7, reasoning_tokens: 2 },
    ],
    [
      'Bedrock Converse: cached tokens beside the input',
      {
        inputTokens: 111,
        outputTokens: 222,
        totalTokens: 7333,
        cacheReadInputTokens: 5000,
        cacheWriteInputTokens: 2000,
        cacheDetails: [
          { ttl: '5m', inputTokens: 1500 },
          { ttl: '1h', inputTokens: 500 },
        ],
      },
      {
        input_tokens: 7111,
        cache_read_tokens: 5000,
        cache_write_5m_tokens: 1500,
        cache_write_1h_tokens: 500,
        output_tokens: 222,
      },
    ],
    [
      'DeepSeek: hits are a part of the prompt',
      {
        prompt_tokens: 1000,
        prompt_cache_hit_tokens: 640,
        prompt_cache_miss_tokens: 360,
        completion_tokens: 300,
        completion_tokens_details: { reasoning_tokens: 128 },
      },
      { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
    ],
    [
      'xAI: the total shows that reasoning stands beside the completion',
      {
        prompt_tokens: 1000,
        completion_tokens: 100,
        total_tokens: 1228,
        completion_tokens_details: { reasoning_tokens: 128 },
      },
      { input_tokens: 1000, output_tokens: 228, reasoning_tokens: 128 },
    ],
    [
      "the AI SDK's",
      { inputTokens: 1000, outputTokens: 300, cachedInputTokens: 640, reasoningTokens: 128 },
      { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
    ],
    [
      "Cohere's billed units",
      { billed_units: { input_tokens: 10, output_tokens: 5, search_units: 1 }, tokens: { input_tokens: 90 } },
      { input_tokens: 10, output_tokens: 5, web_searches: 1 },
    ],
    ["Ollama's", { prompt_eval_count: 10, eval_count: 5 }, { input_tokens: 10, output_tokens: 5 }],
    ['none of them', { tokens: 5 }, undefined],
  ])('%s', (_provider, object, expected) => {
    expect(read(object)).toEqual(expected);
  });

  it.each([[{ prompt_tokens: -1 }], [{ prompt_tokens: 1.5 }], [{ prompt_tokens: 'many' }]])(
    'refuses %j by name',
    (object) => {
      expect(() => readProviderUsage(object)).toThrow(ItemError);
      expect(() => readProviderUsage(object)).toThrow(/prompt_tokens must be a whole number/);
    }
  );
});
