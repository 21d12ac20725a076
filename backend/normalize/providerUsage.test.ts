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
    [
      'Cohere with a cache, in the case of its TypeScript SDK',
      { billedUnits: { inputTokens: 10, outputTokens: 5 }, tokens: { inputTokens: 90 }, cachedTokens: 4 },
      { input_tokens: 10, cache_read_tokens: 4, output_tokens: 5 },
    ],
    [
      "Anthropic's compaction of the context: in the iterations alone, an advisor's is another model's",
      {
        input_tokens: 100,
        cache_read_input_tokens: 50,
        cache_creation_input_tokens: 20,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 20 },
        output_tokens: 30,
        iterations: [
          {
            type: 'compaction',
            input_tokens: 7000,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 900,
            output_tokens: 600,
          },
          { type: 'advisor_message', model: 'claude-opus-4-5', input_tokens: 5000, output_tokens: 400 },
          { type: 'message', input_tokens: 100, cache_read_input_tokens: 50, output_tokens: 30 },
        ],
      },
      {
        input_tokens: 8070,
        cache_read_tokens: 950,
        cache_write_5m_tokens: 0,
        cache_write_1h_tokens: 20,
        output_tokens: 630,
      },
    ],
    [
      "Gemini's Interactions API",
      {
        total_input_tokens: 1000,
        total_cached_tokens: 640,
        total_tool_use_tokens: 50,
        total_output_tokens: 300,
        total_thought_tokens: 65,
        total_tokens: 1415,
        input_tokens_by_modality: [{ modality: 'audio', tokens: 100 }],
        output_tokens_by_modality: [{ modality: 'audio', tokens: 30 }],
      },
      {
        input_tokens: 1050,
        cache_read_tokens: 640,
        audio_input_tokens: 100,
        output_tokens: 365,
        audio_output_tokens: 30,
        reasoning_tokens: 65,
      },
    ],
    [
      'Gemini Live, served as priority traffic',
      {
        promptTokenCount: 10,
        responseTokenCount: 5,
        responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
        trafficType: 'ON_DEMAND_PRIORITY',
      },
      { input_tokens: 10, output_tokens: 5, audio_output_tokens: 4, tier: 'priority' },
    ],
    [
      'Vertex AI, provisioned throughput',
      { promptTokenCount: 10, candidatesTokenCount: 5, trafficType: 'PROVISIONED_THROUGHPUT' },
      { input_tokens: 10, output_tokens: 5, tier: 'provisioned_throughput' },
    ],
    [
      "xAI's gRPC names: cached text, images, reasoning beside the completion",
      {
        prompt_tokens: 1000,
        cached_prompt_text_tokens: 640,
        prompt_text_tokens: 900,
        prompt_image_tokens: 100,
        completion_tokens: 100,
        reasoning_tokens: 128,
        total_tokens: 1228,
      },
      {
        input_tokens: 1000,
        cache_read_tokens: 640,
        image_input_tokens: 100,
        output_tokens: 228,
        reasoning_tokens: 128,
      },
    ],
    [
      'OpenRouter',
      {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 200, audio_tokens: 0, video_tokens: 0 },
        completion_tokens: 300,
        completion_tokens_details: { reasoning_tokens: 128 },
        total_tokens: 1300,
        cost: 0.0021,
        is_byok: false,
        server_tool_use_details: { web_search_requests: 3 },
      },
      {
        input_tokens: 1000,
        cache_read_tokens: 600,
        cache_write_5m_tokens: 200,
        audio_input_tokens: 0,
        output_tokens: 300,
        reasoning_tokens: 128,
        web_searches: 3,
      },
    ],
    [
      'OpenRouter in the case of its TypeScript SDK',
      {
        promptTokens: 1000,
        promptTokensDetails: { cachedTokens: 600, cacheWriteTokens: 200 },
        completionTokens: 300,
        completionTokensDetails: { reasoningTokens: 128 },
        totalTokens: 1300,
        serverToolUseDetails: { webSearchRequests: 3 },
      },
      {
        input_tokens: 1000,
        cache_read_tokens: 600,
        cache_write_5m_tokens: 200,
        output_tokens: 300,
        reasoning_tokens: 128,
        web_searches: 3,
      },
    ],
    [
      'Mistral in the case of its TypeScript SDK',
      { promptTokens: 1000, completionTokens: 300, totalTokens: 1300, serviceTier: 'default' },
      { input_tokens: 1000, output_tokens: 300, tier: 'default' },
    ],
    [
      'Perplexity: searches, and reasoning beside the completion',
      {
        prompt_tokens: 33,
        completion_tokens: 7163,
        total_tokens: 7196,
        citation_tokens: 19028,
        num_search_queries: 21,
        reasoning_tokens: 73997,
        cost: { total_cost: 0.9 },
      },
      { input_tokens: 33, output_tokens: 81160, reasoning_tokens: 73997, web_searches: 21 },
    ],
    [
      "Perplexity's Responses API: caches among the details, under Anthropic's names",
      {
        input_tokens: 1000,
        input_tokens_details: { cache_read_input_tokens: 600, cache_creation_input_tokens: 200 },
        output_tokens: 300,
        total_tokens: 1300,
      },
      { input_tokens: 1000, cache_read_tokens: 600, cache_write_5m_tokens: 200, output_tokens: 300 },
    ],
    [
      'Groq, with its tier',
      {
        prompt_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 640 },
        completion_tokens: 300,
        completion_tokens_details: { reasoning_tokens: 128 },
        total_tokens: 1300,
        queue_time: 0.01,
        service_tier: 'on_demand',
      },
      { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128, tier: 'on_demand' },
    ],
    [
      'Fireworks and Together: a prompt without parts',
      { prompt_tokens: 1000, completion_tokens: 300, total_tokens: 1300, prompt_tokens_details: null },
      { input_tokens: 1000, output_tokens: 300 },
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
