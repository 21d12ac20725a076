import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

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
  ]);
});
