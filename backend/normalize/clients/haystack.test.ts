import { candidateOf, received, type TestSpan } from '../testing/spans';

const USAGE = {
  prompt_tokens: 20137,
  completion_tokens: 3011,
  total_tokens: 23148,
  prompt_tokens_details: { cached_tokens: 5007 },
  completion_tokens_details: { reasoning_tokens: 1113 },
};
const META = { model: 'gpt-4o-mini', index: 0, finish_reason: 'stop', usage: USAGE };

const component = (output: object | undefined, type = 'generators.chat.openai.OpenAIChatGenerator'): TestSpan => ({
  scope: 'my_application',
  name: 'haystack.component.run',
  attributes: {
    'haystack.component.type': type.slice(type.lastIndexOf('.') + 1),
    'haystack.component.fully_qualified_type': `haystack.components.${type}`,
    ...(output ? { 'haystack.component.output': JSON.stringify(output) } : {}),
  },
});

const WHOLE = {
  input_tokens: 20137,
  output_tokens: 3011,
  cache_read_tokens: 5007,
  reasoning_tokens: 1113,
  model: 'gpt-4o-mini',
};

describe("Haystack's own spans", () => {
  it("are calls where a generator's replies say the model and the usage", () => {
    const { event } = candidateOf(component({ replies: [{ role: 'assistant', meta: META, content: [] }] }));
    expect(event).toMatchObject({ ...WHOLE, operation: 'chat', provider: 'openai', finish_reason: 'stop' });
  });

  it('are calls inside of an agent, too', () => {
    const { event } = candidateOf({
      name: 'haystack.agent.step.llm',
      attributes: { 'haystack.agent.step.llm.output': JSON.stringify({ replies: [{ meta: META }] }) },
    });
    expect(event).toMatchObject({ ...WHOLE, provider: null });
  });

  it('of embedders have their usage in the meta', () => {
    const meta = { model: 'text-embedding-3-small', usage: { prompt_tokens: 77, total_tokens: 77 } };
    const { event } = candidateOf(
      component({ embedding: [0.1], meta }, 'embedders.openai_text_embedder.OpenAITextEmbedder')
    );
    expect(event).toMatchObject({ operation: 'embeddings', input_tokens: 77, provider: 'openai' });
  });

  it('of other components, pipelines, agents and tools are no calls', () => {
    const messages = { messages: [{ meta: META }], last_message: { meta: META } };
    const { candidates, links } = received([
      { ...component({ prompt: [{ role: 'user', meta: {} }] }), id: '1' },
      { ...component(messages, 'agents.agent.Agent'), id: '2' },
      { ...component(undefined), id: '3' },
      {
        name: 'haystack.pipeline.run',
        id: '4',
        attributes: { 'haystack.pipeline.output_data': JSON.stringify(messages) },
      },
      { name: 'haystack.agent.step.tool', id: '5', attributes: { 'haystack.agent.step.tool.name': 'x' } },
    ]);
    expect(candidates).toEqual([]);
    expect(links.map(({ role }) => role)).toEqual(['other', 'other', 'other', 'aggregate', 'tool']);
  });

  it('by OpenInference tell the parts in the repr of their replies only', () => {
    const meta = JSON.stringify(USAGE).replaceAll('"', "'");
    const { event } = candidateOf({
      scope: 'openinference.instrumentation.haystack',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-mini',
        'llm.token_count.prompt': 20137,
        'llm.token_count.completion': 3011,
        'output.value': JSON.stringify({ replies: [`ChatMessage(_content=[], _meta={'usage': ${meta}})`] }),
      },
    });
    expect(event).toMatchObject(WHOLE);
  });
});
