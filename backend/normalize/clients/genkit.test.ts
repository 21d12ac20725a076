import { itReads } from '../testing/clientCases';

describe('calls as genkit reads them', () => {
  itReads([
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
  ]);
});
