import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

/** A span of JavaScript's ADK, and what its answer says of usage beside the totals. */
const inJavaScript = (parts: Record<string, number>): Record<string, string | number> => ({
  'gen_ai.system': 'gcp.vertex.agent',
  'gen_ai.request.model': 'gemini-2.5-flash',
  'gen_ai.usage.input_tokens': 1037,
  'gen_ai.usage.output_tokens': 203,
  'gcp.vertex.agent.llm_response': JSON.stringify({
    usageMetadata: { promptTokenCount: 1037, candidatesTokenCount: 203, ...parts },
  }),
});

describe('calls as googleAdk reads them', () => {
  itReads([
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
      client: 'Google ADK in JavaScript: thoughts and caches are in the answer alone',
      span: {
        scope: 'gcp.vertex.agent',
        attributes: inJavaScript({ thoughtsTokenCount: 11, cachedContentTokenCount: 300 }),
      },
      event: { input_tokens: 1037, output_tokens: 214, reasoning_tokens: 11, cache_read_tokens: 300 },
    },
    {
      client: 'Google ADK in JavaScript: a mistaken count in the answer is no reason to refuse the span',
      span: { scope: 'gcp.vertex.agent', attributes: inJavaScript({ thoughtsTokenCount: -11 }) },
      event: { input_tokens: 1037, output_tokens: 203, reasoning_tokens: null },
    },
    {
      client: 'Google ADK: an answer of another size is another one',
      span: { scope: 'gcp.vertex.agent', attributes: inJavaScript({ promptTokenCount: 9, thoughtsTokenCount: 11 }) },
      event: { input_tokens: 1037, output_tokens: 203, reasoning_tokens: null },
    },
  ]);
});
