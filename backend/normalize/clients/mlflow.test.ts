import { candidateOf, received, type Entries } from '../testing/spans';

const attributes = (type: string, more: Entries = {}): Entries => ({
  'mlflow.traceRequestId': '"tr-1"',
  'mlflow.spanType': `"${type}"`,
  'mlflow.llm.model': '"claude-sonnet-4-5"',
  'mlflow.llm.provider': '"anthropic"',
  'mlflow.spanInputs': '{"model": "claude-sonnet-4-5", "messages": []}',
  ...more,
});

describe("MLflow's spans", () => {
  it('are calls by their type; the input includes caches, whatever the keys are called', () => {
    const { event } = candidateOf({
      scope: 'mlflow.tracing.provider',
      attributes: attributes('CHAT_MODEL', {
        'mlflow.chat.tokenUsage':
          '{"input_tokens": 49500, "output_tokens": 3165, "total_tokens": 52665, "cache_read_input_tokens": 17465, "cache_creation_input_tokens": 24780, "cache_creation_input_tokens_above_1hr": 13435}',
        'mlflow.spanOutputs': '{"id": "msg_1", "model": "claude-sonnet-4-5-20250929", "usage": {"input_tokens": 7255}}',
      }),
    });
    expect(event).toMatchObject({
      provider: 'anthropic',
      model: 'claude-sonnet-4-5-20250929',
      request_model: 'claude-sonnet-4-5',
      response_id: 'msg_1',
      operation: 'chat',
      input_tokens: 49500,
      cache_read_tokens: 17465,
      cache_write_5m_tokens: 11345,
      cache_write_1h_tokens: 13435,
      output_tokens: 3165,
      quality: 'exact',
    });
  });

  it('have their usage in the answer where the client gives no sums', () => {
    const { event } = candidateOf({
      attributes: attributes('EMBEDDING', {
        'mlflow.spanOutputs':
          '{"data": [], "model": "text-embedding-3-small", "usage": {"prompt_tokens": 77, "total_tokens": 77}}',
      }),
    });
    expect(event).toMatchObject({ operation: 'embeddings', input_tokens: 77, model: 'text-embedding-3-small' });
  });

  it('that fail, or stream, are calls without usage', () => {
    const failed = candidateOf({ error: 'Error code: 429', attributes: attributes('CHAT_MODEL') });
    expect(failed.event).toMatchObject({ status: 'rate_limited', quality: 'no_usage', model: 'claude-sonnet-4-5' });
    const stream = candidateOf({
      attributes: attributes('LLM', { 'mlflow.spanOutputs': '"<anthropic.Stream object>"' }),
    });
    expect(stream.event).toMatchObject({ status: 'ok', quality: 'no_usage' });
  });

  it('of LangChain and of the SDK below it are told by different instrumentations', () => {
    const format = (name: string) => attributes('CHAT_MODEL', { 'mlflow.message.format': `"${name}"` });
    const spans = ['langchain', 'openai'].map((name) => ({ trace: name, attributes: format(name) }));
    expect(received(spans).candidates.map(({ instrumentation }) => instrumentation)).toEqual([
      'mlflow/langchain',
      'mlflow/openai',
    ]);
  });

  it('of agents, chains and tools are no calls', () => {
    const usage = { 'mlflow.chat.tokenUsage': '{"input_tokens": 5, "output_tokens": 5}' };
    const spans = ['AGENT', 'CHAIN', 'TOOL', 'PARSER', 'UNKNOWN'].map((type, i) => ({
      id: String(i),
      attributes: attributes(type, usage),
    }));
    const { candidates, links } = received(spans);
    expect(candidates).toEqual([]);
    expect(links.map(({ role }) => role)).toEqual(['aggregate', 'aggregate', 'tool', 'aggregate', 'aggregate']);
  });
});
