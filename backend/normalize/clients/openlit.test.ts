import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as openlit reads them', () => {
  itReads([
    {
      client: 'OpenLIT: Anthropic beside, a cost of 0 means no price list',
      span: {
        scope: 'openlit.otel.tracing',
        attributes: {
          ...semconv(111, 222, { 'gen_ai.usage.cache_read.input_tokens': 50, 'gen_ai.usage.cost': 0 }),
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.user': 'user-77',
        },
      },
      event: { input_tokens: 161, cache_read_tokens: 50, reported_cost: null, user_id: 'user-77' },
    },
    {
      client: "OpenLIT: an Anthropic stream's cache is lost, not 0",
      span: {
        scope: 'openlit.instrumentation.anthropic',
        attributes: {
          ...semconv(287, 307),
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.request.stream': true,
          'gen_ai.usage.cache_read.input_tokens': 0,
          'gen_ai.usage.cache_creation.input_tokens': 0,
        },
      },
      event: { input_tokens: 287, cache_read_tokens: null, cache_write_5m_tokens: null, quality: 'no_cache_detail' },
    },
    {
      client: "OpenLIT: a stream without the provider's counts has no cached ones either",
      span: {
        scope: 'openlit.instrumentation.openai',
        attributes: { ...semconv(13, 6), 'gen_ai.request.stream': true },
      },
      event: { input_tokens: 13, output_tokens: 6, quality: 'estimated_tokens' },
    },
    {
      client: 'OpenLIT: a failed call that is only a name and an exception',
      span: {
        scope: 'openlit.instrumentation.anthropic',
        name: 'chat claude-sonnet-4-5',
        error: 'Error code: 429',
        events: [{ name: 'exception', attributes: { 'exception.type': 'anthropic.RateLimitError' } }],
      },
      event: {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5',
        operation: 'chat',
        status: 'rate_limited',
        error_type: 'anthropic.RateLimitError',
      },
    },
    {
      client: 'OpenLIT: Gemini leaves thoughts out of the output',
      span: {
        scope: '@openlit/instrumentation-google-ai',
        attributes: {
          ...semconv(1000, 300, { 'gen_ai.usage.reasoning_tokens': 65, 'gen_ai.usage.cost': 0.25 }),
          'gen_ai.provider.name': 'gcp.gemini',
        },
      },
      event: { output_tokens: 365, reasoning_tokens: 65, reported_cost: 250_000_000_000n, provider: 'google' },
    },
  ]);
});
