import { itReads } from '../testing/clientCases';

describe('calls as mastra reads them', () => {
  itReads([
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
  ]);
});
