import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as strands reads them', () => {
  itReads([
    {
      client: 'Strands: its own name is no provider, milliseconds under a name of seconds',
      span: {
        scope: 'strands-agents',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': 'strands-agents',
          'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
          'gen_ai.usage.prompt_tokens': 1000,
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 300,
          'gen_ai.usage.total_tokens': 1300,
          'gen_ai.usage.cache_read_input_tokens': 640,
          'gen_ai.server.time_to_first_token': 412,
        },
      },
      event: { provider: null, input_tokens: 1000, cache_read_tokens: 640, time_to_first_token_ms: 412 },
    },
    {
      client: 'Strands: a cancelled call',
      span: {
        scope: 'strands-agents',
        attributes: { ...semconv(), 'strands.cancellation.type': 'CancelledError' },
      },
      event: { status: 'cancelled', error_type: 'CancelledError' },
    },
  ]);
});
