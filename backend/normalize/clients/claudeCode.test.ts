import { itReads } from '../testing/clientCases';

describe('calls as claudeCode reads them', () => {
  itReads([
    {
      client: 'Claude Code traces: bare names, cached tokens beside the input',
      span: {
        scope: 'com.anthropic.claude_code.tracing',
        name: 'claude_code.llm_request',
        attributes: {
          model: 'claude-sonnet-4-5',
          input_tokens: 3,
          output_tokens: 120,
          cache_read_tokens: 9000,
          cache_creation_tokens: 400,
          ttft_ms: 700,
          'session.id': 'sess-1',
        },
      },
      event: {
        provider: 'anthropic',
        input_tokens: 9403,
        cache_read_tokens: 9000,
        cache_write_5m_tokens: 400,
        time_to_first_token_ms: 700,
      },
    },
  ]);
});
