import { itReads } from '../testing/clientCases';
import { received, type Entries } from '../testing/spans';

const call = (more: Entries): Entries => ({
  'judgment.span_kind': 'llm',
  'judgment.llm.model': 'gpt-4o-mini',
  ...more,
});

describe('calls as Judgeval reports them', () => {
  itReads([
    {
      client: "Judgeval: the provider's own usage object",
      span: {
        scope: 'judgeval',
        name: 'OPENAI_API_CALL',
        attributes: call({
          'gen_ai.completion': '{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","service_tier":"default"}',
          'judgment.usage.non_cached_input_tokens': 600,
          'judgment.usage.output_tokens': 300,
          'judgment.usage.cache_read_input_tokens': 400,
          'judgment.usage.metadata':
            '{"prompt_tokens":1000,"completion_tokens":300,"total_tokens":1300,"prompt_tokens_details":{"cached_tokens":400},"completion_tokens_details":{"reasoning_tokens":128}}',
        }),
      },
      event: {
        provider: 'openai',
        request_model: 'gpt-4o-mini',
        model: 'gpt-4o-mini-2024-07-18',
        response_id: 'chatcmpl-1',
        input_tokens: 1000,
        cache_read_tokens: 400,
        output_tokens: 300,
        reasoning_tokens: 128,
      },
    },
    {
      client: 'Judgeval: flat counts alone leave caches out of the input',
      span: {
        scope: 'judgeval',
        name: 'ANTHROPIC_API_CALL',
        attributes: call({
          'judgment.usage.non_cached_input_tokens': 600,
          'judgment.usage.output_tokens': 300,
          'judgment.usage.cache_read_input_tokens': 400,
          'judgment.usage.cache_creation_input_tokens': 50,
        }),
      },
      event: { provider: 'anthropic', input_tokens: 1050, cache_read_tokens: 400, cache_write_5m_tokens: 50 },
    },
  ]);

  it('its own functions are none', () => {
    const { candidates, links } = received([{ scope: 'judgeval', attributes: { 'judgment.span_kind': 'span' } }]);
    expect([candidates, links[0]?.role]).toEqual([[], 'aggregate']);
  });
});
