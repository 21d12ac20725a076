import { candidateOf, semconv } from '../testing/spans';

describe("a usage object under a client's own name", () => {
  const said = { input_tokens: 48300, output_tokens: 3033, cache_read_tokens: 17093, cache_write_tokens: 24156 };
  const span = (usage: object) => ({
    scope: 'mirascope.llm',
    attributes: semconv(48300, 3033, { 'mirascope.response.usage': JSON.stringify(usage) }),
  });

  it("adds the parts of the usage (Mirascope's)", () => {
    expect(candidateOf(span(said)).event).toMatchObject({
      input_tokens: 48300,
      output_tokens: 3033,
      cache_read_tokens: 17093,
      cache_write_5m_tokens: 24156,
    });
  });

  it('is not believed where its totals are others', () => {
    expect(candidateOf(span({ ...said, input_tokens: 7 })).event).toMatchObject({
      input_tokens: 48300,
      cache_read_tokens: null,
    });
  });
});

describe("Azure's and Foundry's tracing", () => {
  it('names a provider of many names, and never says how much was cached', () => {
    const { event } = candidateOf({
      scope: 'azure.core.tracing.ext.opentelemetry_span',
      attributes: semconv(1000, 300, { 'gen_ai.provider.name': 'microsoft.foundry' }),
    });
    expect(event).toMatchObject({ provider: 'azure', quality: 'no_cache_detail' });
  });
});
