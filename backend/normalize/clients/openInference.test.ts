import { itReads } from '../testing/clientCases';

describe('calls as openInference reads them', () => {
  itReads([
    {
      client: "OpenAI's images: no kind of their own, and the image's tokens in the answer alone",
      span: {
        name: 'ImagesResponse',
        scope: 'openinference.instrumentation.openai',
        attributes: {
          'openinference.span.kind': 'LLM',
          'llm.system': 'openai',
          'llm.invocation_parameters': '{"prompt": "cat", "model": "gpt-image-1"}',
          'output.images.0.image.url': 'data:image/png;base64,AAAA',
          'output.value':
            '{"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":8011,"input_tokens_details":{"image_tokens":10,"text_tokens":8001},"output_tokens":807,"total_tokens":8818}}',
        },
      },
      event: {
        operation: 'image',
        model: 'gpt-image-1',
        input_tokens: 8011,
        image_input_tokens: 10,
        output_tokens: 807,
      },
    },
    {
      client: 'BeeAI by OpenInference: cached tokens are in the metadata alone',
      span: {
        scope: 'openinference.instrumentation.beeai',
        attributes: {
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'claude-sonnet-4-5',
          'llm.token_count.prompt': 48300,
          'llm.token_count.completion': 3033,
          'metadata.usage.prompt_tokens': 48300,
          'metadata.usage.cached_prompt_tokens': 17093,
          'metadata.usage.cached_creation_tokens': 24156,
        },
      },
      event: {
        input_tokens: 48300,
        output_tokens: 3033,
        cache_read_tokens: 17093,
        cache_write_5m_tokens: 24156,
      },
    },
    {
      client: "traceAI: OpenInference's kinds, the model of a stream among the request's parameters",
      span: {
        scope: 'traceai_openai',
        name: 'ChatCompletion',
        attributes: {
          'gen_ai.span.kind': 'LLM',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.parameters': '{"model":"gpt-4o-mini","stream":true}',
          'gen_ai.usage.input_tokens': 20274,
          'gen_ai.usage.output_tokens': 3022,
        },
      },
      event: { operation: 'chat', provider: 'openai', model: 'gpt-4o-mini', input_tokens: 20274, output_tokens: 3022 },
    },
    {
      client: 'traceAI: embeddings',
      span: {
        scope: 'traceai_openai',
        name: 'CreateEmbeddingResponse',
        attributes: {
          'gen_ai.span.kind': 'EMBEDDING',
          'gen_ai.usage.input_tokens': 20411,
          'embedding.model_name': 'text-embedding-3-small',
        },
      },
      event: { operation: 'embeddings', model: 'text-embedding-3-small', input_tokens: 20411, output_tokens: null },
    },
    {
      client: "traceAI: Anthropic's input leaves caches out",
      span: {
        scope: 'traceai_anthropic',
        attributes: {
          'gen_ai.span.kind': 'LLM',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.usage.input_tokens': 1000,
          'gen_ai.usage.output_tokens': 300,
          'output.value': '{"usage":{"input_tokens":1000,"output_tokens":300,"cache_read_input_tokens":200}}',
        },
      },
      event: { input_tokens: 1200, cache_read_tokens: 200 },
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
      client:
        "LangChain JavaScript by OpenInference: cache writes, lifetimes and tier are in the message's own metadata",
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
  ]);
});
