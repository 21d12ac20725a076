import { itReads } from '../testing/clientCases';
import { semconv } from '../testing/spans';

describe('calls as openaiAgents reads them', () => {
  itReads([
    {
      client: 'openai-agents-v2: 0 and 0 means unknown, and the agent of a call is a constant',
      span: {
        scope: 'opentelemetry.instrumentation.openai_agents',
        attributes: { ...semconv(0, 0), 'gen_ai.agent.name': 'OpenAI Agent', 'gen_ai.agent.id': 'agent' },
      },
      event: { input_tokens: null, quality: 'no_usage', agent: null },
    },
  ]);
});
