import { received, semconv, type Entries, type TestSpan } from '../testing/spans';

describe('no calls are', () => {
  const SPANS: ReadonlyArray<readonly [string, TestSpan, string]> = [
    ['agents', { attributes: { ...semconv(9, 9), 'gen_ai.operation.name': 'invoke_agent' } }, 'aggregate'],
    ['steps of agents', { attributes: { ...semconv(9, 9), 'gen_ai.operation.name': 'agent_step' } }, 'aggregate'],
    ['tools', { attributes: { 'gen_ai.operation.name': 'execute_tool' } }, 'tool'],
    [
      "the AI SDK's outer spans",
      { scope: 'ai', attributes: { 'ai.operationId': 'ai.generateText', 'ai.usage.inputTokens': 9 } },
      'aggregate',
    ],
    ["the AI SDK's tools", { scope: 'ai', attributes: { 'ai.operationId': 'ai.toolCall' } }, 'tool'],
    ["pydantic-ai 1's agent run", { scope: 'pydantic-ai', attributes: { ...noOperation(semconv(9, 9)) } }, 'aggregate'],
    ['chains', { attributes: { 'openinference.span.kind': 'CHAIN', 'llm.token_count.prompt': 9 } }, 'aggregate'],
    [
      "LlamaIndex's preparations",
      { name: 'OpenAI._prepare_chat_with_tools', attributes: { 'openinference.span.kind': 'LLM' } },
      'other',
    ],
    ['Langfuse spans', { attributes: { 'langfuse.observation.type': 'span' } }, 'aggregate'],
    ['Traceloop workflows', { attributes: { 'traceloop.span.kind': 'workflow' } }, 'aggregate'],
    ["LiteLLM's routing", { scope: 'litellm', name: 'route x', attributes: { 'gen_ai.request.model': 'x' } }, 'other'],
    [
      "LiteLLM's web framework",
      {
        scope: 'fastapi',
        name: 'fastapi.dependencies',
        attributes: {
          'code.function.name': 'litellm.proxy.proxy_server.chat_completion',
          'litellm.api_key.hash': 'h',
          'gen_ai.request.model': 'fast',
        },
      },
      'other',
    ],
    [
      "LiteLLM's raw requests without usage",
      { scope: 'litellm', name: 'raw_gen_ai_request', attributes: { ...semconv(9, 9), 'llm.openai.model': 'x' } },
      'other',
    ],
    [
      "Gemini CLI's spans, which know less than its log event",
      {
        scope: 'gemini-cli',
        name: 'llm_call',
        attributes: { ...semconv(937, 207), 'gen_ai.operation.name': 'llm_call', 'gen_ai.agent.name': 'gemini-cli' },
      },
      'aggregate',
    ],
    [
      'the beginning of a stream by Logfire',
      {
        scope: 'logfire.openai',
        attributes: { ...semconv(), 'gen_ai.response.model': 'gpt-4o-mini', 'logfire.span_type': 'span' },
      },
      'other',
    ],
    [
      'the beginning of a stream by Logfire 3',
      {
        scope: 'logfire.anthropic',
        attributes: { request_data: '{"model":"claude-sonnet-4-5","stream":true}', 'logfire.span_type': 'span' },
      },
      'other',
    ],
    [
      'agents of the first Strands',
      {
        scope: 'strands-agents',
        name: 'Strands Agent',
        error: 'x',
        attributes: { 'gen_ai.system': 'strands-agents', 'gen_ai.request.model': 'x' },
      },
      'aggregate',
    ],
    [
      "LangSmith's chains and prompts, which have sums and an operation",
      { scope: 'langsmith', attributes: semconv(9, 9, { 'langsmith.span.kind': 'chain' }) },
      'aggregate',
    ],
    [
      "Genkit's steps, which repeat the model's answer",
      {
        scope: 'genkit-tracer',
        attributes: {
          'genkit:type': 'util',
          'genkit:name': 'generate',
          'genkit:output': '{"usage":{"inputTokens":9}}',
        },
      },
      'aggregate',
    ],
    [
      "Langtrace's spans of a framework's functions",
      {
        scope: 'langtrace_python_sdk.instrumentation.langchain_core.instrumentation',
        name: 'BaseChatModel.asdict',
        attributes: { 'langtrace.service.type': 'framework', 'gen_ai.request.model': 'gpt-4o-mini' },
      },
      'aggregate',
    ],
    [
      "traceAI's chains",
      { scope: 'traceai_langchain', attributes: { 'gen_ai.span.kind': 'CHAIN', 'gen_ai.request.model': 'x' } },
      'aggregate',
    ],
    ['spans of a database', { attributes: { 'db.system': 'postgresql' } }, 'other'],
    ['turns of an agent', { attributes: { 'gen_ai.operation.name': 'unknown', 'gen_ai.request.model': 'x' } }, 'other'],
  ];

  it.each(SPANS)('%s', (_what, span, role) => {
    const { candidates, links } = received([span]);
    expect(candidates).toEqual([]);
    expect(links[0]?.role).toBe(role);
  });

  it('spans that Logfire sends when they begin', () => {
    const { candidates, links } = received([{ attributes: { ...semconv(), 'logfire.span_type': 'pending_span' } }]);
    expect([candidates, links]).toEqual([[], []]);
  });
});

function noOperation(entries: Entries): Entries {
  const { 'gen_ai.operation.name': _operation, ...rest } = entries;
  return rest;
}
