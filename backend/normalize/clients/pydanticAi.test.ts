import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as pydanticAi reads them', () => {
  itReads([
    {
      client: 'pydantic-ai: the 1 h cache write is in the details',
      span: {
        scope: 'pydantic-ai',
        attributes: {
          ...semconv(7311, 237, {
            'gen_ai.usage.cache_creation.input_tokens': 2080,
            'gen_ai.usage.cache_read.input_tokens': 5115,
            'gen_ai.usage.details.cache_write_tokens': 2080,
            'gen_ai.usage.details.ephemeral_1h_input_tokens': 525,
            'gen_ai.usage.details.web_search_requests': 2,
            'gen_ai.client.operation.time_to_first_chunk': 0.0055,
          }),
          'gen_ai.agent.name': 'claude-agent',
          'operation.cost': 0.03441875,
        },
      },
      event: {
        input_tokens: 7311,
        cache_write_5m_tokens: 1555,
        cache_write_1h_tokens: 525,
        web_searches: 2,
        agent: 'claude-agent',
        reported_cost: 34_418_750_000n,
        time_to_first_token_ms: 5.5,
      },
    },
    {
      client: 'pydantic-ai 0.2: parts under names of their provider',
      span: {
        scope: 'pydantic-ai',
        attributes: semconv(2600, 30, {
          'gen_ai.usage.details.cache_read_input_tokens': 2000,
          'gen_ai.usage.details.cache_creation_input_tokens': 500,
          'gen_ai.usage.details.input_tokens': 100,
        }),
      },
      event: { input_tokens: 2600, cache_read_tokens: 2000, cache_write_5m_tokens: 500 },
    },
  ]);
});
