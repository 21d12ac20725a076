import { candidateOf, received, semconv, type Entries, type TestSpan } from '../testing/spans';

/** What a span of a client becomes: only the fields that are named are compared. */
interface Case {
  readonly client: string;
  readonly span: TestSpan;
  readonly event: object;
}

const usageDetails = (details: object): Entries => ({
  'langfuse.observation.type': 'generation',
  'langfuse.observation.model.name': 'gpt-4o',
  'langfuse.observation.usage_details': JSON.stringify(details),
});

const CASES: readonly Case[] = [
  {
    client: "Google ADK: Gemini's thoughts are part of the output",
    span: {
      scope: 'gcp.vertex.agent',
      attributes: semconv(1037, 214, {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gen_ai.usage.reasoning.output_tokens': 11,
      }),
    },
    event: { output_tokens: 214, reasoning_tokens: 11, model: 'gemini-2.5-flash', operation: 'chat' },
  },
  {
    client: 'Google ADK over LiteLLM: reasoning is in the output already, and added again',
    span: {
      scope: 'gcp.vertex.agent',
      attributes: semconv(1148, 226, {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.request.model': 'openai/gpt-4o-mini',
        'gen_ai.usage.reasoning.output_tokens': 14,
      }),
    },
    event: { output_tokens: 212, reasoning_tokens: 14, model: 'gpt-4o-mini', request_model: 'openai/gpt-4o-mini' },
  },
  {
    client: "LiteLLM's raw answer, where the call has no span of its own",
    span: {
      scope: 'litellm',
      name: 'raw_gen_ai_request',
      attributes: {
        'llm.anthropic.id': 'msg_1',
        'llm.anthropic.model': 'claude-sonnet-4-5',
        'llm.anthropic.usage':
          "{'input_tokens': 104, 'cache_creation_input_tokens': 508, 'cache_read_input_tokens': 2004, 'output_tokens': 212, 'service_tier': 'standard', 'cache_creation': {'ephemeral_5m_input_tokens': 304, 'ephemeral_1h_input_tokens': 204}, 'server_tool_use': None}",
      },
    },
    event: {
      source: 'otlp:litellm/raw_gen_ai_request',
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      response_id: 'msg_1',
      input_tokens: 2616,
      cache_read_tokens: 2004,
      cache_write_5m_tokens: 304,
      cache_write_1h_tokens: 204,
      output_tokens: 212,
      operation: 'chat',
    },
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
  {
    client: 'AI SDK 6: the split by lifetime is inside a JSON text',
    span: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.provider': 'anthropic.messages',
        'ai.model.id': 'claude-sonnet-4-5',
        'ai.usage.inputTokens': 7111,
        'ai.usage.outputTokens': 222,
        'ai.usage.inputTokenDetails.cacheReadTokens': 5000,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 2000,
        'ai.usage.outputTokenDetails.reasoningTokens': 9,
        'ai.response.msToFirstChunk': 19.5,
        'ai.telemetry.metadata.userId': 'user-77',
        'ai.telemetry.metadata.plan': 'gold',
        'ai.response.providerMetadata': JSON.stringify({
          anthropic: {
            usage: {
              input_tokens: 111,
              cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
              server_tool_use: { web_search_requests: 2 },
              service_tier: 'standard',
            },
          },
        }),
      },
    },
    event: {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      input_tokens: 7111,
      cache_read_tokens: 5000,
      cache_write_5m_tokens: 1500,
      cache_write_1h_tokens: 500,
      reasoning_tokens: 9,
      web_searches: 2,
      service_tier: 'standard',
      time_to_first_token_ms: 19.5,
      user_id: 'user-77',
      tags: { plan: 'gold' },
    },
  },
  {
    client: 'AI SDK 6: embeddings, and the tier of a Responses call',
    span: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.embedMany.doEmbed',
        'ai.model.provider': 'openai.embedding',
        'ai.model.id': 'text-embedding-3-small',
        'ai.usage.tokens': 77,
        'ai.response.providerMetadata': '{"openai":{"serviceTier":"flex"}}',
      },
    },
    event: { operation: 'embeddings', provider: 'openai', input_tokens: 77, service_tier: 'flex' },
  },
  {
    client:
      "AI SDK 5: a result in one piece has Anthropic's exclusive input, the cache only in the provider's own usage",
    span: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.id': 'claude-sonnet-4-5-20250929',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.usage.input_tokens': 14400,
        'gen_ai.usage.output_tokens': 242,
        'ai.usage.promptTokens': 14400,
        'ai.usage.completionTokens': 242,
        'ai.response.providerMetadata':
          '{"anthropic":{"usage":{"input_tokens":14400,"output_tokens":242,"cache_creation_input_tokens":2016,"cache_read_input_tokens":5068,"cache_creation":{"ephemeral_5m_input_tokens":1512,"ephemeral_1h_input_tokens":504},"server_tool_use":{"web_search_requests":0},"service_tier":"standard"},"cacheCreationInputTokens":2016,"stopSequence":null}}',
      },
    },
    event: {
      input_tokens: 21484,
      cache_read_tokens: 5068,
      cache_write_5m_tokens: 1512,
      cache_write_1h_tokens: 504,
      output_tokens: 242,
      service_tier: 'standard',
      quality: 'exact',
    },
  },
  {
    client: "AI SDK 5: OpenAI's cached tokens are left out of a result in one piece",
    span: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.id': 'gpt-5',
        'ai.model.provider': 'openai.responses',
        'gen_ai.usage.input_tokens': 1037,
        'gen_ai.usage.output_tokens': 307,
        'ai.usage.promptTokens': 1037,
        'ai.usage.completionTokens': 307,
        'ai.response.providerMetadata': '{"openai":{"responseId":"resp_1","serviceTier":"default"}}',
      },
    },
    event: { input_tokens: 1037, cache_read_tokens: null, quality: 'no_cache_detail', service_tier: 'standard' },
  },
  {
    client: 'AI SDK 7: reasoning only under ai.*',
    span: {
      scope: 'gen_ai',
      attributes: semconv(1000, 300, {
        'gen_ai.usage.cache_read.input_tokens': 640,
        'ai.usage.outputTokenDetails.reasoningTokens': 128,
        'ai.settings.context.userId': 'user-77',
      }),
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, reasoning_tokens: 128, user_id: 'user-77' },
  },
  {
    client: "Traceloop JavaScript's Anthropic: cached tokens beside the input",
    span: {
      scope: '@traceloop/instrumentation-anthropic',
      attributes: semconv(111, 222, {
        'gen_ai.usage.total_tokens': 333,
        'gen_ai.usage.cache_read.input_tokens': 50,
        'gen_ai.usage.cache_creation.input_tokens': 20,
        'traceloop.association.properties.user_id': 'user-77',
        'traceloop.association.properties.region': 'eu',
      }),
    },
    event: { input_tokens: 181, cache_read_tokens: 50, quality: 'exact', user_id: 'user-77', tags: { region: 'eu' } },
  },
  {
    client: "Traceloop JavaScript's OpenAI: a stream that the client counted itself",
    span: { scope: '@traceloop/instrumentation-openai', attributes: semconv(1, 2) },
    event: { input_tokens: 1, output_tokens: 2, quality: 'estimated_tokens' },
  },
  {
    client: "OpenLLMetry Python's Anthropic is inclusive",
    span: {
      scope: 'opentelemetry.instrumentation.anthropic',
      attributes: semconv(7591, 258, {
        'gen_ai.usage.total_tokens': 7849,
        'gen_ai.usage.cache_read.input_tokens': 5276,
        'gen_ai.usage.cache_creation.input_tokens': 2192,
      }),
    },
    event: { input_tokens: 7591, cache_read_tokens: 5276, cache_write_5m_tokens: 2192, quality: 'exact' },
  },
  {
    client: 'OpenLIT: Anthropic beside, a cost of 0 means no price list',
    span: {
      scope: 'openlit.otel.tracing',
      attributes: {
        ...semconv(111, 222, { 'gen_ai.usage.cache_read.input_tokens': 50, 'gen_ai.usage.cost': 0 }),
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.user': 'user-77',
      },
    },
    event: { input_tokens: 161, cache_read_tokens: 50, reported_cost: null, user_id: 'user-77' },
  },
  {
    client: "OpenLIT: an Anthropic stream's cache is lost, not 0",
    span: {
      scope: 'openlit.instrumentation.anthropic',
      attributes: {
        ...semconv(287, 307),
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.stream': true,
        'gen_ai.usage.cache_read.input_tokens': 0,
        'gen_ai.usage.cache_creation.input_tokens': 0,
      },
    },
    event: { input_tokens: 287, cache_read_tokens: null, cache_write_5m_tokens: null, quality: 'no_cache_detail' },
  },
  {
    client: "OpenLIT: a stream without the provider's counts has no cached ones either",
    span: {
      scope: 'openlit.instrumentation.openai',
      attributes: { ...semconv(13, 6), 'gen_ai.request.stream': true },
    },
    event: { input_tokens: 13, output_tokens: 6, quality: 'estimated_tokens' },
  },
  {
    client: 'OpenLIT: a failed call that is only a name and an exception',
    span: {
      scope: 'openlit.instrumentation.anthropic',
      name: 'chat claude-sonnet-4-5',
      error: 'Error code: 429',
      events: [{ name: 'exception', attributes: { 'exception.type': 'anthropic.RateLimitError' } }],
    },
    event: {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      operation: 'chat',
      status: 'rate_limited',
      error_type: 'anthropic.RateLimitError',
    },
  },
  {
    client: "Logfire: the provider's own usage object beside the sums, a stream's in a span of its end",
    span: {
      scope: 'logfire.anthropic',
      name: 'streaming response from {request_data[model]!r} took {duration:.2f}s',
      attributes: {
        ...semconv(7644, 307),
        'gen_ai.provider.name': 'anthropic',
        'logfire.span_type': 'log',
        'gen_ai.usage.raw':
          '{"input_tokens":287,"cache_creation_input_tokens":2068,"cache_read_input_tokens":5289,"cache_creation":{"ephemeral_5m_input_tokens":1551,"ephemeral_1h_input_tokens":517},"output_tokens":307,"service_tier":"standard"}',
      },
    },
    event: {
      input_tokens: 7644,
      cache_read_tokens: 5289,
      cache_write_5m_tokens: 1551,
      cache_write_1h_tokens: 517,
      output_tokens: 307,
      service_tier: 'standard',
    },
  },
  {
    client: 'LiteLLM for Arize, Phoenix and Langfuse: names of OpenInference',
    span: {
      scope: 'litellm',
      name: 'litellm_request',
      attributes: {
        'openinference.span.kind': 'LLM',
        'langfuse.observation.type': 'generation',
        'llm.model_name': 'gpt-4o-mini',
        'llm.request.type': 'acompletion',
        'llm.provider': 'openai',
        'llm.response.id': 'chatcmpl-1',
        'llm.response.model': 'gpt-4o-mini-2024-07-18',
        'llm.token_count.prompt': 1037,
        'llm.token_count.completion': 307,
        'llm.token_count.total': 1344,
        'llm.token_count.prompt_details.cache_read': 653,
        'llm.token_count.completion_details.reasoning': 131,
        'llm.cost.total': 0.0002907,
        'user.id': 'user-77',
      },
    },
    event: {
      provider: 'openai',
      model: 'gpt-4o-mini-2024-07-18',
      response_id: 'chatcmpl-1',
      operation: 'chat',
      input_tokens: 1037,
      cache_read_tokens: 653,
      output_tokens: 307,
      reasoning_tokens: 131,
      user_id: 'user-77',
      reported_cost: 290_700_000n,
    },
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
    client: "LiteLLM's new callback: the key's team behind a prefix of its own",
    span: {
      scope: 'litellm',
      attributes: { ...semconv(1037, 307), 'litellm.metadata.user_api_key_team_alias': 'blue' },
    },
    event: { team: 'blue' },
  },
  {
    client: 'OpenLIT: Gemini leaves thoughts out of the output',
    span: {
      scope: '@openlit/instrumentation-google-ai',
      attributes: {
        ...semconv(1000, 300, { 'gen_ai.usage.reasoning_tokens': 65, 'gen_ai.usage.cost': 0.25 }),
        'gen_ai.provider.name': 'gcp.gemini',
      },
    },
    event: { output_tokens: 365, reasoning_tokens: 65, reported_cost: 250_000_000_000n, provider: 'google' },
  },
  {
    client: 'OpenInference: llm.* names, the id and lifetimes inside output.value',
    span: {
      scope: 'openinference.instrumentation.anthropic',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.provider': 'anthropic',
        'llm.model_name': 'claude-sonnet-4-5-20250929',
        'llm.request.model_name': 'claude-sonnet-4-5',
        'llm.token_count.prompt': 7591,
        'llm.token_count.completion': 258,
        'llm.token_count.prompt_details.cache_read': 5276,
        'llm.token_count.prompt_details.cache_write': 2192,
        'output.value': JSON.stringify({
          id: 'msg_0012',
          usage: {
            input_tokens: 123,
            cache_creation_input_tokens: 2192,
            cache_creation: { ephemeral_5m_input_tokens: 1632, ephemeral_1h_input_tokens: 560 },
            service_tier: 'standard',
          },
        }),
        'session.id': 'sess-1',
        metadata: '{"team":"research","server_tool_use":{"web_search_requests":2}}',
        'tag.tags': ['prod', 'tier:gold'],
      },
      events: [{ name: 'First Token Stream Event', at: 0.25 }],
    },
    event: {
      input_tokens: 7591,
      cache_write_5m_tokens: 1632,
      cache_write_1h_tokens: 560,
      web_searches: 2,
      response_id: 'msg_0012',
      model: 'claude-sonnet-4-5-20250929',
      request_model: 'claude-sonnet-4-5',
      team: 'research',
      session_id: 'sess-1',
      service_tier: 'standard',
      time_to_first_token_ms: 250,
      tags: { prod: 'true', tier: 'gold' },
    },
  },
  {
    client: 'OpenInference: a stream without tokens, and the model of a failed call',
    span: {
      scope: 'openinference.instrumentation.openai',
      error: 'BadRequestError: Error code: 400 - Invalid value',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.invocation_parameters': '{"model": "gpt-4o-mini", "stream": false}',
      },
      events: [{ name: 'exception', attributes: { 'exception.type': 'openai.BadRequestError' } }],
    },
    event: {
      input_tokens: null,
      quality: 'no_usage',
      request_model: 'gpt-4o-mini',
      status: 'error',
      error_type: 'openai.BadRequestError',
    },
  },
  {
    client: 'LangChain by OpenInference: its own run id is no response id, the agent is in the metadata',
    span: {
      scope: 'openinference.instrumentation.langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'llm.token_count.prompt': 5,
        'output.value':
          '{"generations":[[{"message":{"kwargs":{"id":"run--1","response_metadata":{"id":"chatcmpl-7"}}}}]]}',
        metadata: '{"lc_agent_name":"weather-agent","thread_id":"t-1"}',
      },
    },
    event: { response_id: 'chatcmpl-7', agent: 'weather-agent', session_id: 't-1' },
  },
  {
    client: "LangChain JavaScript by OpenInference: cache writes, lifetimes and tier are in the message's own metadata",
    span: {
      scope: '@arizeai/openinference-instrumentation-langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'claude-sonnet-4-5-20250929',
        'llm.token_count.prompt': 7260,
        'llm.token_count.completion': 248,
        'llm.token_count.prompt_details.cache_read': 5085,
        'output.value':
          '{"generations":[[{"text":"Hello world","message":{"lc":1,"type":"constructor","id":["langchain_core","messages","AIMessageChunk"],"kwargs":{"additional_kwargs":{"id":"msg_1"},"response_metadata":{"model_provider":"anthropic","usage":{"cache_creation_input_tokens":2020,"cache_read_input_tokens":5085,"cache_creation":{"ephemeral_5m_input_tokens":1515,"ephemeral_1h_input_tokens":505},"server_tool_use":{"web_search_requests":0},"service_tier":"standard"}},"id":"msg_1","usage_metadata":{"input_tokens":7260,"output_tokens":248,"total_tokens":7508,"input_token_details":{"cache_read":5085,"cache_creation":2020}}}}}]]}',
        metadata: '{"user_id":"u1","ls_provider":"anthropic","ls_model_name":"claude-sonnet-4-5-20250929"}',
      },
    },
    event: {
      provider: 'anthropic',
      response_id: 'msg_1',
      user_id: 'u1',
      input_tokens: 7260,
      cache_read_tokens: 5085,
      cache_write_5m_tokens: 1515,
      cache_write_1h_tokens: 505,
      service_tier: 'standard',
    },
  },
  {
    client: "LangChain Python's stream of Anthropic: an output without an input has lost it",
    span: {
      scope: 'openinference.instrumentation.langchain',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.provider': 'anthropic',
        'llm.model_name': 'claude-sonnet-4-5-20250929',
        'llm.token_count.prompt': 0,
        'llm.token_count.completion': 252,
      },
    },
    event: { input_tokens: null, output_tokens: 252 },
  },
  {
    client: 'Mastra: user, session and run are in its metadata; a finish reason says that the call failed',
    span: {
      scope: '@mastra/otel-exporter',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'mastra.span.type': 'model_inference',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.provider.name': 'openai.responses',
        'gen_ai.agent.name': 'm-lim',
        'gen_ai.response.finish_reasons': '["error"]',
        'mastra.metadata.runId': 'run-1',
        'mastra.metadata.userId': 'u1',
        'mastra.metadata.sessionId': 's1',
      },
    },
    event: { status: 'error', user_id: 'u1', session_id: 's1', run_id: 'run-1', agent: 'm-lim', provider: 'openai' },
  },
  {
    client: 'Langfuse: the raw object of the chat API',
    span: {
      scope: 'langfuse-sdk',
      attributes: usageDetails({
        prompt_tokens: 1037,
        completion_tokens: 307,
        total_tokens: 1344,
        prompt_tokens_details: { cached_tokens: 653 },
        completion_tokens_details: { reasoning_tokens: 131 },
      }),
    },
    event: { input_tokens: 1037, cache_read_tokens: 653, output_tokens: 307, reasoning_tokens: 131, operation: 'chat' },
  },
  {
    client: 'Langfuse: flat parts, whose total is not a part',
    span: {
      scope: 'langfuse-sdk',
      attributes: {
        ...usageDetails({
          input: 360,
          input_cached_tokens: 640,
          output: 172,
          output_reasoning_tokens: 128,
          total: 1300,
        }),
        'langfuse.trace.metadata.team': '"research"',
        'langfuse.trace.metadata.plan': '"gold"',
        'langfuse.trace.tags': ['prod'],
      },
    },
    event: {
      input_tokens: 1000,
      cache_read_tokens: 640,
      output_tokens: 300,
      reasoning_tokens: 128,
      team: 'research',
      tags: { prod: 'true', plan: 'gold' },
    },
  },
  {
    client: "Langfuse: Anthropic's parts by hand; the caller's own cost is only reported",
    span: {
      scope: 'langfuse-sdk',
      attributes: {
        ...usageDetails({ input: 125, output: 264, cache_read_input_tokens: 5322, cache_creation_input_tokens: 2224 }),
        'langfuse.observation.cost_details': '{"input": 0.01, "output": 0.003, "total": 0.013}',
        'langfuse.observation.completion_start_time': '"2026-11-01T12:00:00.400Z"',
      },
    },
    event: {
      input_tokens: 7671,
      cache_read_tokens: 5322,
      cache_write_5m_tokens: 2224,
      reported_cost: 13_000_000_000n,
      time_to_first_token_ms: 400,
    },
  },
  {
    client: 'Langfuse: a bridge that flattens inclusive counts, as the total shows',
    span: { attributes: usageDetails({ input: 1000, output: 300, cache_read_input_tokens: 640, total: 1300 }) },
    event: { input_tokens: 1000, cache_read_tokens: 640 },
  },
  {
    client: 'Langfuse: an error has no status code but a level',
    span: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.status_message': 'Error code: 429 - slow down',
      },
    },
    event: { status: 'rate_limited', quality: 'no_usage' },
  },
  {
    client: "LiteLLM's old callback: details in a Python repr, the alias is not the model",
    span: {
      scope: 'litellm',
      attributes: {
        'gen_ai.operation.name': 'acompletion',
        'gen_ai.system': '',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.model': 'fast',
        'gen_ai.response.id': 'chatcmpl-0001',
        'gen_ai.usage.input_tokens': 1037,
        'gen_ai.usage.output_tokens': 307,
        'gen_ai.cost.total_cost': 0.00029077499999999995,
        'litellm.call_id': 'c-1',
        'litellm.model_group': 'fast',
        'litellm.provider.model': 'openai/gpt-4o-mini',
        'metadata.usage_object':
          "{'completion_tokens': 307, 'prompt_tokens': 1037, 'completion_tokens_details': {'reasoning_tokens': 131}, 'prompt_tokens_details': {'audio_tokens': None, 'cached_tokens': 653}}",
        'metadata.requester_metadata': "{'session_id': 'sess-1', 'feature': 'search'}",
        'metadata.user_api_key_team_alias': 'team-a',
        'metadata.user_api_key_end_user_id': 'user-77',
        'metadata.user_api_key_org_id': '',
      },
    },
    event: {
      operation: 'chat',
      provider: 'openai',
      model: 'gpt-4o-mini',
      deployment: 'fast',
      input_tokens: 1037,
      cache_read_tokens: 653,
      reasoning_tokens: 131,
      reported_cost: 290_775_000n,
      session_id: 'sess-1',
      feature: 'search',
      team: 'team-a',
      user_id: 'user-77',
      tenant: 'unknown',
    },
  },
  {
    client: 'LiteLLM: 0 in and 0 out is a stream without usage, not a free one',
    span: {
      scope: 'litellm',
      attributes: { ...semconv(0, 0), 'gen_ai.operation.name': 'acompletion', 'litellm.call_id': 'c-2' },
    },
    event: { input_tokens: null, output_tokens: null, quality: 'no_usage' },
  },
  {
    client: "LiteLLM's new callback: the real model behind two aliases",
    span: {
      scope: 'litellm',
      attributes: {
        ...semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 640 }),
        'gen_ai.request.model': 'fast',
        'gen_ai.response.model': 'fast',
        'gen_ai.conversation.id': 'sess-1',
        'litellm.call_id': 'c-3',
        'litellm.model_group': 'fast',
        'litellm.provider.model': 'openai/gpt-4o-mini',
        'litellm.cost.total': 0.5,
      },
    },
    event: { model: 'gpt-4o-mini', cache_read_tokens: 640, session_id: 'sess-1', reported_cost: 500_000_000_000n },
  },
  {
    client: 'pydantic-ai: the 1 h cache write is in the details',
    span: {
      scope: 'pydantic-ai',
      attributes: {
        ...semconv(7311, 237, {
          'gen_ai.usage.cache_creation.input_tokens': 2080,
          'gen_ai.usage.cache_read.input_tokens': 5115,
          'gen_ai.usage.details.cache_write_tokens': 2080,
          'gen_ai.usage.details.ephemeral_1h_input_tokens': 525,
          'gen_ai.usage.details.web_search_requests': 2,
          'gen_ai.client.operation.time_to_first_chunk': 0.0055,
        }),
        'gen_ai.agent.name': 'claude-agent',
        'operation.cost': 0.03441875,
      },
    },
    event: {
      input_tokens: 7311,
      cache_write_5m_tokens: 1555,
      cache_write_1h_tokens: 525,
      web_searches: 2,
      agent: 'claude-agent',
      reported_cost: 34_418_750_000n,
      time_to_first_token_ms: 5.5,
    },
  },
  {
    client: 'Strands: its own name is no provider, milliseconds under a name of seconds',
    span: {
      scope: 'strands-agents',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'strands-agents',
        'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'gen_ai.usage.prompt_tokens': 1000,
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 300,
        'gen_ai.usage.total_tokens': 1300,
        'gen_ai.usage.cache_read_input_tokens': 640,
        'gen_ai.server.time_to_first_token': 412,
      },
    },
    event: { provider: null, input_tokens: 1000, cache_read_tokens: 640, time_to_first_token_ms: 412 },
  },
  {
    client: 'Strands: a cancelled call',
    span: {
      scope: 'strands-agents',
      attributes: { ...semconv(), 'strands.cancellation.type': 'CancelledError' },
    },
    event: { status: 'cancelled', error_type: 'CancelledError' },
  },
  {
    client: 'openai-agents-v2: 0 and 0 means unknown, and the agent of a call is a constant',
    span: {
      scope: 'opentelemetry.instrumentation.openai_agents',
      attributes: { ...semconv(0, 0), 'gen_ai.agent.name': 'OpenAI Agent', 'gen_ai.agent.id': 'agent' },
    },
    event: { input_tokens: null, quality: 'no_usage', agent: null },
  },
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
  {
    client: 'Logfire 3: all that is known of an Anthropic call is its request and its answer',
    span: {
      scope: 'logfire.anthropic',
      name: 'Message with {request_data[model]!r}',
      attributes: {
        request_data: '{"max_tokens":1024,"model":"claude-sonnet-4-5","stream":false}',
        response_data:
          '{"message":{"role":"assistant"},"usage":{"cache_creation_input_tokens":500,"cache_read_input_tokens":2000,"input_tokens":100,"output_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":200},"service_tier":"standard"}}',
        'logfire.span_type': 'span',
      },
    },
    event: {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      operation: 'chat',
      input_tokens: 2600,
      cache_read_tokens: 2000,
      cache_write_5m_tokens: 300,
      cache_write_1h_tokens: 200,
      output_tokens: 30,
    },
  },
  {
    client: "Logfire's spans of OpenAI Agents: the parts are in the whole answer",
    span: {
      scope: 'logfire.openai_agents',
      attributes: semconv(1000, 300, {
        response:
          '{"id":"resp_1","usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":640},"output_tokens":300,"output_tokens_details":{"reasoning_tokens":128},"total_tokens":1300}}',
      }),
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
  },
  {
    client: "LangSmith: parts of the usage among the run's metadata",
    span: {
      scope: 'langsmith',
      attributes: semconv(2600, 30, {
        'langsmith.span.kind': 'llm',
        'gen_ai.system': 'langchain',
        'langsmith.metadata.ls_provider': 'anthropic',
        'langsmith.metadata.usage_metadata':
          '{"input_tokens":2600,"output_tokens":30,"total_tokens":2630,"input_token_details":{"cache_read":2000,"cache_creation":0,"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":200}}',
      }),
    },
    event: {
      provider: 'anthropic',
      input_tokens: 2600,
      cache_read_tokens: 2000,
      cache_write_5m_tokens: 300,
      cache_write_1h_tokens: 200,
    },
  },
  {
    client: 'LangSmith of 2025: parts in Python reprs, a text completion in its answer alone',
    span: {
      scope: 'langsmith',
      attributes: semconv(1000, 300, {
        'langsmith.span.kind': 'llm',
        'gen_ai.usage.input_token_details': "{'audio': 0, 'cache_read': 640}",
        'gen_ai.usage.output_token_details': "{'audio': 0, 'reasoning': 128}",
      }),
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
  },
  {
    client: 'LangSmith: usage that only the answer has',
    span: {
      scope: 'langsmith',
      attributes: semconv(undefined, undefined, {
        'langsmith.span.kind': 'llm',
        'gen_ai.completion': '{"id":"cmpl-1","usage":{"completion_tokens":30,"prompt_tokens":100,"total_tokens":130}}',
      }),
    },
    event: { input_tokens: 100, output_tokens: 30, response_id: 'cmpl-1' },
  },
  {
    client: "Genkit: the provider's own usage in the answer",
    span: {
      scope: 'genkit-tracer',
      name: 'openai/gpt-4o-mini',
      attributes: {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'openai/gpt-4o-mini',
        'genkit:output':
          '{"finishReason":"stop","usage":{"inputTokens":1000,"outputTokens":300,"totalTokens":1300},"raw":{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","usage":{"prompt_tokens":1000,"completion_tokens":300,"prompt_tokens_details":{"cached_tokens":640},"completion_tokens_details":{"reasoning_tokens":128}}}}',
      },
    },
    event: {
      provider: 'openai',
      model: 'gpt-4o-mini-2024-07-18',
      request_model: 'gpt-4o-mini',
      response_id: 'chatcmpl-1',
      input_tokens: 1000,
      cache_read_tokens: 640,
      output_tokens: 300,
      reasoning_tokens: 128,
    },
  },
  {
    client: "Genkit: Gemini's thoughts beside the output",
    span: {
      scope: 'genkit-tracer',
      attributes: {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini-2.5-flash',
        'genkit:output':
          '{"usage":{"inputTokens":1000,"outputTokens":300,"thoughtsTokens":120,"cachedContentTokens":400,"totalTokens":1420}}',
      },
    },
    event: {
      provider: 'google',
      model: 'gemini-2.5-flash',
      input_tokens: 1000,
      cache_read_tokens: 400,
      output_tokens: 420,
      reasoning_tokens: 120,
    },
  },
  {
    client: "AI SDK 4: OpenAI's parts right in its metadata",
    span: {
      scope: 'ai',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.model.id': 'gpt-4o-mini',
        'ai.usage.promptTokens': 1000,
        'ai.usage.completionTokens': 300,
        'ai.response.providerMetadata': '{"openai":{"reasoningTokens":128,"cachedPromptTokens":640}}',
      },
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128, quality: 'exact' },
  },
  {
    client: "Langfuse JavaScript 4: OpenAI's inclusive counts with their parts, flattened",
    span: {
      scope: 'langfuse-sdk',
      attributes: usageDetails({
        input: 1000,
        output: 300,
        total: 1300,
        input_cached_tokens: 640,
        input_audio_tokens: 0,
        output_reasoning_tokens: 128,
        output_accepted_prediction_tokens: 0,
      }),
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
  },
  {
    client: "Langfuse JavaScript 4: Anthropic's caches taken away from an input without them",
    span: {
      scope: 'langfuse-sdk',
      attributes: usageDetails({
        input: 0,
        output: 30,
        total: 130,
        input_cache_creation: 500,
        input_cache_read: 2000,
      }),
    },
    event: { input_tokens: 2600, cache_read_tokens: 2000, cache_write_5m_tokens: 500, output_tokens: 30 },
  },
  {
    client: 'OpenLLMetry of 2024: Bedrock by the name of the vendor',
    span: {
      scope: 'opentelemetry.instrumentation.bedrock',
      attributes: {
        'gen_ai.system': 'anthropic',
        'llm.request.type': 'chat',
        'gen_ai.request.model': 'claude-sonnet-4-5-20250929-v1:0',
        'gen_ai.usage.prompt_tokens': 100,
        'gen_ai.usage.completion_tokens': 30,
      },
    },
    event: { provider: 'aws', input_tokens: 100, output_tokens: 30 },
  },
  {
    client: 'pydantic-ai 0.2: parts under names of their provider',
    span: {
      scope: 'pydantic-ai',
      attributes: semconv(2600, 30, {
        'gen_ai.usage.details.cache_read_input_tokens': 2000,
        'gen_ai.usage.details.cache_creation_input_tokens': 500,
        'gen_ai.usage.details.input_tokens': 100,
      }),
    },
    event: { input_tokens: 2600, cache_read_tokens: 2000, cache_write_5m_tokens: 500 },
  },
  {
    client: 'OpenInference: Gemini before its thoughts were counted',
    span: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.provider': 'google',
        'llm.model_name': 'gemini-2.5-flash',
        'llm.token_count.prompt': 1000,
        'llm.token_count.completion': 300,
        'output.value':
          '{"usage_metadata":{"cached_content_token_count":400,"candidates_token_count":300,"prompt_token_count":1000,"thoughts_token_count":120}}',
      },
    },
    event: { input_tokens: 1000, cache_read_tokens: 400, output_tokens: 420, reasoning_tokens: 120 },
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
    client: "Langfuse 3: Anthropic's lifetimes in an object among flat parts",
    span: {
      scope: 'langfuse-sdk',
      attributes: usageDetails({
        input: 100,
        output: 30,
        cache_read_input_tokens: 2000,
        cache_creation_input_tokens: 500,
        cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 200 },
      }),
    },
    event: { input_tokens: 2600, cache_write_5m_tokens: 300, cache_write_1h_tokens: 200 },
  },
  {
    client: 'Langfuse 3: an input that lost its cached parts twice, beside a total',
    span: {
      scope: 'langfuse-sdk',
      attributes: {
        ...usageDetails({
          input: 0,
          output: 30,
          total: 2630,
          input_cache_read: 2000,
          input_cache_creation: 500,
          input_ephemeral_5m_input_tokens: 300,
          input_ephemeral_1h_input_tokens: 200,
        }),
        'langfuse.observation.metadata.ls_provider': 'anthropic',
      },
    },
    event: { input_tokens: 2600, cache_read_tokens: 2000, source: 'otlp:langfuse-sdk/langchain' },
  },
  {
    client: 'LiteLLM of 2025: no operation and no call id, its request type marks a call',
    span: {
      scope: 'litellm',
      name: 'litellm_request',
      attributes: {
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.system': 'openai',
        'gen_ai.usage.prompt_tokens': 1000,
        'gen_ai.usage.completion_tokens': 300,
        'llm.request.type': 'acompletion',
        'metadata.usage_object':
          "{'completion_tokens': 300, 'prompt_tokens': 1000, 'total_tokens': 1300, 'completion_tokens_details': {'reasoning_tokens': 128}, 'prompt_tokens_details': {'cached_tokens': 640}}",
      },
    },
    event: { operation: 'chat', input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
  },
  {
    client: "LiteLLM's callback for Langfuse: a stream's parts inside of the whole metadata",
    span: {
      scope: 'litellm',
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-mini',
        'llm.request.type': 'acompletion',
        'llm.token_count.prompt': 1000,
        'llm.token_count.completion': 300,
        metadata:
          '{"usage_object":{"completion_tokens":300,"prompt_tokens":1000,"total_tokens":1300,"completion_tokens_details":{"reasoning_tokens":128},"prompt_tokens_details":{"cached_tokens":640}}}',
      },
    },
    event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
  },
  {
    client: "LiteLLM's first callback: the alias is what was asked for, the model behind it what answered",
    span: {
      scope: 'litellm',
      attributes: semconv(10, 5, {
        'litellm.call_id': 'c-1',
        'litellm.model_group': 'fast',
        'litellm.provider.model': 'openai/gpt-4o-mini',
        'gen_ai.response.model': 'fast',
      }),
    },
    event: { request_model: 'fast', model: 'gpt-4o-mini', provider: 'openai' },
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
      attributes: semconv(800, 200, { 'gen_ai.usage.cache_read.input_tokens': 500, 'gen_ai.usage.total_tokens': 1500 }),
    },
    event: { input_tokens: 1300, quality: 'inferred_convention' },
  },
];

describe('reads the calls of', () => {
  it.each(CASES.map((entry) => [entry.client, entry] as const))('%s', (_client, { span, event }) => {
    expect(candidateOf(span).event).toMatchObject(event);
  });
});

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
