import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as traceloop reads them', () => {
  itReads([
    {
      client: "Traceloop JavaScript's Anthropic: cached tokens beside the input",
      span: {
        scope: '@traceloop/instrumentation-anthropic',
        attributes: semconv(111, 222, {
          'gen_ai.usage.total_tokens': 333,
          'gen_ai.usage.cache_read.input_tokens': 50,
          'gen_ai.usage.cache_creation.input_tokens': 20,
          'traceloop.association.properties.user_id': 'user-77',
          'traceloop.association.properties.region': 'eu',
        }),
      },
      event: { input_tokens: 181, cache_read_tokens: 50, quality: 'exact', user_id: 'user-77', tags: { region: 'eu' } },
    },
    {
      client: "Traceloop JavaScript's OpenAI: a stream that the client counted itself",
      span: { scope: '@traceloop/instrumentation-openai', attributes: semconv(1, 2) },
      event: { input_tokens: 1, output_tokens: 2, quality: 'estimated_tokens' },
    },
    {
      client: "OpenLLMetry Python's Anthropic is inclusive",
      span: {
        scope: 'opentelemetry.instrumentation.anthropic',
        attributes: semconv(7591, 258, {
          'gen_ai.usage.total_tokens': 7849,
          'gen_ai.usage.cache_read.input_tokens': 5276,
          'gen_ai.usage.cache_creation.input_tokens': 2192,
        }),
      },
      event: { input_tokens: 7591, cache_read_tokens: 5276, cache_write_5m_tokens: 2192, quality: 'exact' },
    },
    {
      client: 'OpenLLMetry of 2024: Bedrock by the name of the vendor',
      span: {
        scope: 'opentelemetry.instrumentation.bedrock',
        attributes: {
          'gen_ai.system': 'anthropic',
          'llm.request.type': 'chat',
          'gen_ai.request.model': 'claude-sonnet-4-5-20250929-v1:0',
          'gen_ai.usage.prompt_tokens': 100,
          'gen_ai.usage.completion_tokens': 30,
        },
      },
      event: { provider: 'aws', input_tokens: 100, output_tokens: 30 },
    },
    {
      client: 'OpenLLMetry for Go: its names of 2023 for vendor and models',
      span: {
        name: 'openai.chat',
        scope: 'my-tracer',
        attributes: {
          'llm.vendor': 'openai',
          'llm.request.type': 'chat',
          'llm.request.model': 'gpt-5',
          'llm.response.model': 'gpt-5-2025-08-07',
          'llm.usage.total_tokens': 1118,
          'llm.usage.completion_tokens': 107,
          'llm.usage.prompt_tokens': 1011,
          'traceloop.workflow.name': 'jokes',
          'traceloop.association.properties.user_id': 'u1',
        },
      },
      event: {
        provider: 'openai',
        request_model: 'gpt-5',
        model: 'gpt-5-2025-08-07',
        input_tokens: 1011,
        output_tokens: 107,
        quality: 'no_cache_detail',
        pipeline: 'jokes',
        user_id: 'u1',
      },
    },
  ]);
});
