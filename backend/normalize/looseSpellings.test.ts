import { loosePart } from './looseSpellings';

describe('parts of the usage under spellings that nobody listed', () => {
  it.each([
    ['gen_ai.usage.details.cache_read_input_tokens', 'cacheRead'],
    ['gen_ai.usage.input_token_details.cached_tokens', 'cacheRead'],
    ['gen_ai.usage.promptTokensDetails.cachedTokens', 'cacheRead'],
    ['llm.usage.cache_creation_input_tokens', 'cacheWrite'],
    ['gen_ai.usage.details.ephemeral_1h_input_tokens', 'cacheWrite1h'],
    ['gen_ai.usage.output_tokens_details.reasoning', 'reasoning'],
    ['gen_ai.usage.thoughts_token_count', 'reasoning'],
    ['agentscope.usage.cache_input_tokens', 'cacheRead'],
    ['metadata.usage.cached_creation_tokens', 'cacheWrite'],
  ])('%s is %s', (key, part) => {
    expect(loosePart(key)).toBe(part);
  });

  it.each([
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.details.output_tokens',
    'gen_ai.usage.total_tokens',
    'gen_ai.usage.text.cache_read.input_tokens',
    'gen_ai.aggregated_usage.cache_read.input_tokens',
    'cached_tokens',
  ])('%s is none', (key) => {
    expect(loosePart(key)).toBeUndefined();
  });
});
