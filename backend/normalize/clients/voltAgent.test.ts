import { itReads } from '../testing/clientCases';
import { received, type Entries } from '../testing/spans';

const SCOPE = '@voltagent/core';

const agent = (more: Entries = {}): Entries => ({
  'entity.type': 'agent',
  'entity.name': 'weather',
  'conversation.id': 'c-1',
  'user.id': 'u-1',
  'ai.model.name': 'gpt-4o-mini',
  ...more,
});

describe('calls as VoltAgent reports them', () => {
  itReads([
    {
      client: "VoltAgent: an agent's sum over the steps of its run",
      span: {
        scope: SCOPE,
        attributes: agent({
          'usage.prompt_tokens': 40959,
          'usage.completion_tokens': 6077,
          'usage.total_tokens': 47036,
          'usage.cached_tokens': 10049,
          'usage.reasoning_tokens': 2291,
        }),
      },
      event: {
        model: 'gpt-4o-mini',
        agent: 'weather',
        session_id: 'c-1',
        user_id: 'u-1',
        input_tokens: 40959,
        output_tokens: 6077,
        cache_read_tokens: 10049,
        reasoning_tokens: 2291,
        source: 'otlp:@voltagent/core/agent',
      },
    },
    {
      client: "VoltAgent: Anthropic's caches beside the input, as the AI SDK 5 has them",
      span: {
        scope: SCOPE,
        attributes: agent({
          'span.type': 'llm',
          'llm.model': 'claude-sonnet-4-5',
          'llm.usage.prompt_tokens': 7204,
          'llm.usage.completion_tokens': 3132,
          'llm.usage.total_tokens': 10336,
          'llm.usage.cached_tokens': 17372,
        }),
      },
      event: { model: 'claude-sonnet-4-5', input_tokens: 24576, cache_read_tokens: 17372, output_tokens: 3132 },
    },
  ]);

  it('memory and tools are none', () => {
    const spans = [
      { scope: SCOPE, id: 'a', attributes: agent({ 'span.type': 'memory' }) },
      { scope: SCOPE, id: 'b', attributes: agent({ 'span.type': 'tool' }) },
    ];
    const { candidates, links } = received(spans);
    expect(candidates).toEqual([]);
    expect(links.map(({ role }) => role)).toEqual(['aggregate', 'tool']);
  });
});
