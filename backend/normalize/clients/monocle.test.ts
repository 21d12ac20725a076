import { itReads } from '../testing/clientCases';
import { received, type Entries } from '../testing/spans';

const SCOPE = 'monocle_apptrace';

const inference = (provider: string, model: string, type = 'inference'): Entries => ({
  'monocle_apptrace.version': '0.8.15',
  'span.type': type,
  'entity.1.type': `inference.${provider}`,
  'entity.2.name': model,
  'entity.2.type': `model.llm.${model}`,
});

const metadata = (input: number, output: number, more: Entries = {}) => [
  {
    name: 'metadata',
    attributes: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      finish_reason: 'stop',
      ...more,
    },
  },
];

describe('calls as Monocle reports them', () => {
  itReads([
    {
      client: 'Monocle: tokens are in an event, the model among the entities',
      span: {
        scope: SCOPE,
        attributes: inference('openai', 'gpt-4o-mini'),
        events: metadata(20137, 3011, { cache_read_input_tokens: 5007 }),
      },
      event: {
        provider: 'openai',
        model: 'gpt-4o-mini',
        finish_reason: 'stop',
        input_tokens: 20137,
        output_tokens: 3011,
        cache_read_tokens: 5007,
      },
    },
    {
      client: "Monocle: the Anthropic SDK's caches are beside its input",
      span: {
        scope: SCOPE,
        attributes: inference('anthropic', 'claude-sonnet-4-5'),
        events: metadata(7255, 3165, { cache_read_input_tokens: 1000 }),
      },
      event: { provider: 'anthropic', input_tokens: 8255, cache_read_tokens: 1000 },
    },
    {
      client: "Monocle: a framework's input has them inside",
      span: {
        scope: SCOPE,
        attributes: inference('anthropic', 'claude-sonnet-4-5', 'inference.framework'),
        events: metadata(50300, 3253),
      },
      event: { provider: 'anthropic', input_tokens: 50300, output_tokens: 3253 },
    },
    {
      client: 'Monocle: Azure by its own name',
      span: { scope: SCOPE, attributes: inference('azure_openai', 'gpt-4o'), events: metadata(9, 1) },
      event: { provider: 'azure', input_tokens: 9 },
    },
  ]);

  it("workflows and the SDK's call below a framework's are none", () => {
    const { candidates } = received(
      ['workflow', 'inference.modelapi', 'retrieval'].map((type, i) => ({
        scope: SCOPE,
        id: `s${i}`,
        attributes: inference('openai', 'gpt-4o-mini', type),
      }))
    );
    expect(candidates).toEqual([]);
  });
});
