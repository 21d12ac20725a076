import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as litellm reads them', () => {
  itReads([
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
      client: "LiteLLM's new callback: the key's team behind a prefix of its own",
      span: {
        scope: 'litellm',
        attributes: { ...semconv(1037, 307), 'litellm.metadata.user_api_key_team_alias': 'blue' },
      },
      event: { team: 'blue' },
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
      event: {
        operation: 'chat',
        input_tokens: 1000,
        cache_read_tokens: 640,
        output_tokens: 300,
        reasoning_tokens: 128,
      },
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
  ]);
});
