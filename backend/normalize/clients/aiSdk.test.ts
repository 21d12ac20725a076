import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as aiSdk reads them', () => {
  itReads([
    {
      client: 'AI SDK 6: the split by lifetime is inside a JSON text',
      span: {
        scope: 'ai',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.provider': 'anthropic.messages',
          'ai.model.id': 'claude-sonnet-4-5',
          'ai.usage.inputTokens': 7111,
          'ai.usage.outputTokens': 222,
          'ai.usage.inputTokenDetails.cacheReadTokens': 5000,
          'ai.usage.inputTokenDetails.cacheWriteTokens': 2000,
          'ai.usage.outputTokenDetails.reasoningTokens': 9,
          'ai.response.msToFirstChunk': 19.5,
          'ai.telemetry.metadata.userId': 'user-77',
          'ai.telemetry.metadata.plan': 'gold',
          'ai.response.providerMetadata': JSON.stringify({
            anthropic: {
              usage: {
                input_tokens: 111,
                cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
                server_tool_use: { web_search_requests: 2 },
                service_tier: 'standard',
              },
            },
          }),
        },
      },
      event: {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5',
        input_tokens: 7111,
        cache_read_tokens: 5000,
        cache_write_5m_tokens: 1500,
        cache_write_1h_tokens: 500,
        reasoning_tokens: 9,
        web_searches: 2,
        service_tier: 'standard',
        time_to_first_token_ms: 19.5,
        user_id: 'user-77',
        tags: { plan: 'gold' },
      },
    },
    {
      client: 'AI SDK 6: embeddings, and the tier of a Responses call',
      span: {
        scope: 'ai',
        attributes: {
          'ai.operationId': 'ai.embedMany.doEmbed',
          'ai.model.provider': 'openai.embedding',
          'ai.model.id': 'text-embedding-3-small',
          'ai.usage.tokens': 77,
          'ai.response.providerMetadata': '{"openai":{"serviceTier":"flex"}}',
        },
      },
      event: { operation: 'embeddings', provider: 'openai', input_tokens: 77, service_tier: 'flex' },
    },
    {
      client:
        "AI SDK 5: a result in one piece has Anthropic's exclusive input, the cache only in the provider's own usage",
      span: {
        scope: 'ai',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.id': 'claude-sonnet-4-5-20250929',
          'ai.model.provider': 'anthropic.messages',
          'gen_ai.usage.input_tokens': 14400,
          'gen_ai.usage.output_tokens': 242,
          'ai.usage.promptTokens': 14400,
          'ai.usage.completionTokens': 242,
          'ai.response.providerMetadata':
            '{"anthropic":{"usage":{"input_tokens":14400,"output_tokens":242,"cache_creation_input_tokens":2016,"cache_read_input_tokens":5068,"cache_creation":{"ephemeral_5m_input_tokens":1512,"ephemeral_1h_input_tokens":504},"server_tool_use":{"web_search_requests":0},"service_tier":"standard"},"cacheCreationInputTokens":2016,"stopSequence":null}}',
        },
      },
      event: {
        input_tokens: 21484,
        cache_read_tokens: 5068,
        cache_write_5m_tokens: 1512,
        cache_write_1h_tokens: 504,
        output_tokens: 242,
        service_tier: 'standard',
        quality: 'exact',
      },
    },
    {
      client: "AI SDK 5: OpenAI's cached tokens are left out of a result in one piece",
      span: {
        scope: 'ai',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.id': 'gpt-5',
          'ai.model.provider': 'openai.responses',
          'gen_ai.usage.input_tokens': 1037,
          'gen_ai.usage.output_tokens': 307,
          'ai.usage.promptTokens': 1037,
          'ai.usage.completionTokens': 307,
          'ai.response.providerMetadata': '{"openai":{"responseId":"resp_1","serviceTier":"default"}}',
        },
      },
      event: { input_tokens: 1037, cache_read_tokens: null, quality: 'no_cache_detail', service_tier: 'standard' },
    },
    {
      client: 'AI SDK 7: reasoning only under ai.*',
      span: {
        scope: 'gen_ai',
        attributes: semconv(1000, 300, {
          'gen_ai.usage.cache_read.input_tokens': 640,
          'ai.usage.outputTokenDetails.reasoningTokens': 128,
          'ai.settings.context.userId': 'user-77',
        }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 640, reasoning_tokens: 128, user_id: 'user-77' },
    },
    {
      client: "AI SDK 4: OpenAI's parts right in its metadata",
      span: {
        scope: 'ai',
        attributes: {
          'ai.operationId': 'ai.generateText.doGenerate',
          'ai.model.id': 'gpt-4o-mini',
          'ai.usage.promptTokens': 1000,
          'ai.usage.completionTokens': 300,
          'ai.response.providerMetadata': '{"openai":{"reasoningTokens":128,"cachedPromptTokens":640}}',
        },
      },
      event: {
        input_tokens: 1000,
        cache_read_tokens: 640,
        output_tokens: 300,
        reasoning_tokens: 128,
        quality: 'exact',
      },
    },
  ]);
});
