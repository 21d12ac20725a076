import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as langSmith reads them', () => {
  itReads([
    {
      client: "LangSmith: parts of the usage among the run's metadata",
      span: {
        scope: 'langsmith',
        attributes: semconv(2600, 30, {
          'langsmith.span.kind': 'llm',
          'gen_ai.system': 'langchain',
          'langsmith.metadata.ls_provider': 'anthropic',
          'langsmith.metadata.usage_metadata':
            '{"input_tokens":2600,"output_tokens":30,"total_tokens":2630,"input_token_details":{"cache_read":2000,"cache_creation":0,"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":200}}',
        }),
      },
      event: {
        provider: 'anthropic',
        input_tokens: 2600,
        cache_read_tokens: 2000,
        cache_write_5m_tokens: 300,
        cache_write_1h_tokens: 200,
      },
    },
    {
      client: 'LangSmith of 2025: parts in Python reprs, a text completion in its answer alone',
      span: {
        scope: 'langsmith',
        attributes: semconv(1000, 300, {
          'langsmith.span.kind': 'llm',
          'gen_ai.usage.input_token_details': "{'audio': 0, 'cache_read': 640}",
          'gen_ai.usage.output_token_details': "{'audio': 0, 'reasoning': 128}",
        }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
    },
    {
      client: 'LangSmith: usage that only the answer has',
      span: {
        scope: 'langsmith',
        attributes: semconv(undefined, undefined, {
          'langsmith.span.kind': 'llm',
          'gen_ai.completion':
            '{"id":"cmpl-1","usage":{"completion_tokens":30,"prompt_tokens":100,"total_tokens":130}}',
        }),
      },
      event: { input_tokens: 100, output_tokens: 30, response_id: 'cmpl-1' },
    },
  ]);
});
