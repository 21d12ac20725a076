import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as logfire reads them', () => {
  itReads([
    {
      client: "Logfire: the provider's own usage object beside the sums, a stream's in a span of its end",
      span: {
        scope: 'logfire.anthropic',
        name: 'streaming response from {request_data[model]!r} took {duration:.2f}s',
        attributes: {
          ...semconv(7644, 307),
          'gen_ai.provider.name': 'anthropic',
          'logfire.span_type': 'log',
          'gen_ai.usage.raw':
            '{"input_tokens":287,"cache_creation_input_tokens":2068,"cache_read_input_tokens":5289,"cache_creation":{"ephemeral_5m_input_tokens":1551,"ephemeral_1h_input_tokens":517},"output_tokens":307,"service_tier":"standard"}',
        },
      },
      event: {
        input_tokens: 7644,
        cache_read_tokens: 5289,
        cache_write_5m_tokens: 1551,
        cache_write_1h_tokens: 517,
        output_tokens: 307,
        service_tier: 'standard',
      },
    },
    {
      client: 'Logfire 3: all that is known of an Anthropic call is its request and its answer',
      span: {
        scope: 'logfire.anthropic',
        name: 'Message with {request_data[model]!r}',
        attributes: {
          request_data: '{"max_tokens":1024,"model":"claude-sonnet-4-5","stream":false}',
          response_data:
            '{"message":{"role":"assistant"},"usage":{"cache_creation_input_tokens":500,"cache_read_input_tokens":2000,"input_tokens":100,"output_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":200},"service_tier":"standard"}}',
          'logfire.span_type': 'span',
        },
      },
      event: {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5',
        operation: 'chat',
        input_tokens: 2600,
        cache_read_tokens: 2000,
        cache_write_5m_tokens: 300,
        cache_write_1h_tokens: 200,
        output_tokens: 30,
      },
    },
    {
      client: "Logfire's spans of OpenAI Agents: the parts are in the whole answer",
      span: {
        scope: 'logfire.openai_agents',
        attributes: semconv(1000, 300, {
          response:
            '{"id":"resp_1","usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":640},"output_tokens":300,"output_tokens_details":{"reasoning_tokens":128},"total_tokens":1300}}',
        }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
    },
  ]);
});
