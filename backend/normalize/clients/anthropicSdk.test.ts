import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as anthropicSdk reads them', () => {
  itReads([
    {
      client: 'the Anthropic SDK: both cache lifetimes and the served tier',
      span: {
        scope: 'com.anthropic.sdk.python',
        attributes: {
          ...semconv(7111, 222),
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.usage.cache_read.input_tokens': 5000,
          'gen_ai.usage.cache_write.input_tokens': 2000,
          'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 1500,
          'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 500,
          'anthropic.response.service_tier': 'priority',
          'anthropic.message.stop_reason': 'end_turn',
        },
      },
      event: {
        input_tokens: 7111,
        cache_write_5m_tokens: 1500,
        cache_write_1h_tokens: 500,
        service_tier: 'priority',
        finish_reason: 'end_turn',
        quality: 'exact',
      },
    },
    {
      client: 'the Anthropic SDK: a stream that the caller aborted has no output',
      span: { scope: 'com.anthropic.sdk.typescript', attributes: semconv(111) },
      event: { input_tokens: 111, output_tokens: null, quality: 'exact' },
    },
  ]);
});
