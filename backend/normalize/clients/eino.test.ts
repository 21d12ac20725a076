import { itReads } from '../testing/clientCases';
import { normalizeTraces } from '../traces';
import { at, decodedSpan, origin, type Entries } from '../testing/spans';

const ran = (component: string, type: string, more: Entries = {}): Entries => ({
  'gen_ai.system': 'eino',
  'runinfo.component': component,
  'runinfo.type': type,
  'gen_ai.request.model': 'gpt-5',
  'gen_ai.response.model': 'gpt-5',
  'gen_ai.usage.total_tokens': 7718,
  'gen_ai.usage.prompt_tokens': 7011,
  'gen_ai.usage.completion_tokens': 707,
  ...more,
});

describe('calls as Eino reports them', () => {
  itReads([
    {
      client: 'Eino: the type of the model is who is paid, and nothing is said of caches',
      span: { attributes: ran('ChatModel', 'OpenAI', { 'gen_ai.user.id': 'u1', 'gen_ai.session.id': 's1' }) },
      event: {
        operation: 'chat',
        provider: 'openai',
        model: 'gpt-5',
        input_tokens: 7011,
        output_tokens: 707,
        quality: 'no_cache_detail',
        user_id: 'u1',
        session_id: 's1',
      },
    },
    {
      client: 'Eino: other vendors by their own spelling',
      span: { attributes: ran('ChatModel', 'Claude') },
      event: { provider: 'anthropic' },
    },
  ]);

  it.each(['Graph', 'Lambda', 'Tool', 'ToolsNode'])(
    '%s is no call, though a message passes through it',
    (component) => {
      const group = { ...origin('apmplus'), spans: [decodedSpan({ attributes: ran(component, '') })] };
      expect(normalizeTraces([group], undefined, at(3600)).candidates).toEqual([]);
    }
  );
});
