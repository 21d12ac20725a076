import { itReads } from '../testing/clientCases';
import { semconv, type Entries } from '../testing/spans';

const IN_NODE = { 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' };

const inTypeScript = (model: string): Entries => ({
  ...semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 640 }),
  'gen_ai.system': 'shop',
  'gen_ai.provider.name': 'shop',
  'gen_ai.request.model': model,
  'gen_ai.event.start_time': '2026-11-23T07:10:07.676Z',
});

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
    {
      client: "Strands in TypeScript: the service's name is its scope and provider; Claude's input leaves caches out",
      span: { scope: 'shop', resource: IN_NODE, attributes: inTypeScript('claude-sonnet-4-5') },
      event: { provider: null, input_tokens: 1640, cache_read_tokens: 640, source: 'otlp:strands-agents' },
    },
    {
      client: "Strands in TypeScript: OpenAI's input has them",
      span: { scope: 'shop', resource: IN_NODE, attributes: inTypeScript('gpt-5-mini') },
      event: { provider: null, input_tokens: 1000, cache_read_tokens: 640 },
    },
  ]);
});
