import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('spans of the conventions and of unknown clients', () => {
  itReads([
    {
      client: 'Microsoft.Extensions.AI of 2025 (from its source): tokens under gen_ai.response',
      span: {
        scope: 'Experimental.Microsoft.Extensions.AI',
        attributes: {
          ...semconv(),
          'gen_ai.response.input_tokens': 1000,
          'gen_ai.response.output_tokens': 300,
        },
      },
      event: { input_tokens: 1000, output_tokens: 300, quality: 'exact' },
    },
    {
      client: 'Semantic Kernel for .NET of 2024 (from its source)',
      span: {
        scope: 'Microsoft.SemanticKernel.Diagnostics',
        attributes: {
          'gen_ai.operation.name': 'chat.completions',
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.prompt_tokens': 1000,
          'gen_ai.response.completion_tokens': 300,
        },
      },
      event: { provider: 'openai', operation: 'chat', input_tokens: 1000, output_tokens: 300 },
    },
    {
      client: "Pipecat: Anthropic's input leaves caches out, however small they are",
      span: {
        scope: 'pipecat',
        attributes: {
          ...semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 200 }),
          'gen_ai.provider.name': 'anthropic',
        },
      },
      event: { input_tokens: 1200, cache_read_tokens: 200, quality: 'exact' },
    },
    {
      client: "Weave: its adapter's input of Anthropic leaves caches out",
      span: {
        scope: 'weave.conversation',
        attributes: {
          ...semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 200 }),
          'gen_ai.provider.name': 'anthropic',
        },
      },
      event: { input_tokens: 1200, cache_read_tokens: 200 },
    },
    {
      client: 'Weave: its Claude Agent SDK integration adds them up',
      span: {
        scope: 'weave.conversation',
        attributes: {
          ...semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 200 }),
          'gen_ai.provider.name': 'anthropic',
          'integration.name': 'claude_agent_sdk',
        },
      },
      event: { input_tokens: 1000, cache_read_tokens: 200 },
    },
    {
      client: 'Pipecat: OpenAI',
      span: { scope: 'pipecat', attributes: semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 200 }) },
      event: { input_tokens: 1000, cache_read_tokens: 200 },
    },
    {
      client: 'AgentScope: cached tokens under its own name',
      span: {
        scope: 'agentscope',
        attributes: semconv(1000, 300, { 'agentscope.usage.cache_input_tokens': 200 }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 200 },
    },
    {
      client: 'Effect AI: never a word of caches',
      span: { scope: 'shop', name: 'LanguageModel.generateText', attributes: semconv(1000, 300) },
      event: { input_tokens: 1000, quality: 'no_cache_detail' },
    },
    {
      client: 'OpenTelemetry JavaScript, old provider name, no cache details ever',
      span: {
        scope: '@opentelemetry/instrumentation-openai',
        attributes: {
          'gen_ai.system': 'openai',
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'gpt-4o-mini',
          'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
          'gen_ai.response.id': 'chatcmpl-1',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 300,
        },
      },
      event: {
        provider: 'openai',
        model: 'gpt-4o-mini-2024-07-18',
        request_model: 'gpt-4o-mini',
        response_id: 'chatcmpl-1',
        finish_reason: 'stop',
        input_tokens: 1000,
        cache_read_tokens: null,
        quality: 'no_cache_detail',
        duration_ms: 1000,
        operation: 'chat',
      },
    },
    {
      client: 'names of before: prompt_tokens and completion_tokens, no operation',
      span: {
        name: 'openai.embeddings',
        attributes: { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm', 'gen_ai.usage.prompt_tokens': 8 },
      },
      event: { input_tokens: 8, output_tokens: null, operation: 'embeddings' },
    },
    {
      client: 'Sentry: cached and reasoning tokens under names of its own',
      span: {
        attributes: semconv(1000, 300, {
          'gen_ai.usage.input_tokens.cached': 640,
          'gen_ai.usage.input_tokens.cache_write': 10,
          'gen_ai.usage.output_tokens.reasoning': 128,
        }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 640, cache_write_5m_tokens: 10, reasoning_tokens: 128 },
    },
    {
      client: "the conventions' LangChain: a finish reason without a name of its own beside an answer is no failure",
      span: {
        scope: 'opentelemetry.instrumentation.genai.langchain',
        attributes: semconv(1148, 328, { 'gen_ai.response.finish_reasons': ['error'] }),
      },
      event: { status: 'ok', output_tokens: 328 },
    },
    {
      client: "a client of Gemini that hands on the candidates and Gemini's own sum",
      span: {
        scope: 'opentelemetry.instrumentation.google_generativeai',
        attributes: semconv(1000, 300, {
          'gen_ai.provider.name': 'gcp.gemini',
          'gen_ai.request.model': 'gemini-2.5-flash',
          'llm.usage.total_tokens': 1420,
        }),
      },
      event: { input_tokens: 1000, output_tokens: 420, reasoning_tokens: 120 },
    },
    {
      client: 'an unknown client whose cached tokens exceed its input',
      span: { scope: 'my.own', attributes: semconv(111, 222, { 'gen_ai.usage.cache_read.input_tokens': 5000 }) },
      event: { input_tokens: 5111, quality: 'inferred_convention' },
    },
    {
      client: 'an unknown client whose own total counts the cache beside the input',
      span: {
        scope: 'my.own',
        attributes: semconv(800, 200, {
          'gen_ai.usage.cache_read.input_tokens': 500,
          'gen_ai.usage.total_tokens': 1500,
        }),
      },
      event: { input_tokens: 1300, quality: 'inferred_convention' },
    },
  ]);
});
