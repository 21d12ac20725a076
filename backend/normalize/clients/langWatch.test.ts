import { itReads } from '../testing/clientCases';
import { received, type Entries } from '../testing/spans';

const MODEL = { 'gen_ai.request.model': 'gpt-5-mini', 'langwatch.span.type': 'llm' };

const inJavaScript = (value: object, more: Entries = MODEL): Entries => ({
  ...more,
  'langwatch.metrics': JSON.stringify({ type: 'json', value }),
});

describe('calls as langWatch reads them', () => {
  itReads([
    {
      client: 'LangWatch in JavaScript: tokens and cost are in its metrics alone',
      span: { scope: 'app', attributes: inJavaScript({ promptTokens: 1000, completionTokens: 300, cost: 0.1 }) },
      event: { model: 'gpt-5-mini', input_tokens: 1000, output_tokens: 300, reported_cost: 100_000_000_000n },
    },
    {
      client: 'LangWatch in Python: parts are in its metrics, totals beside them',
      span: {
        scope: 'app',
        attributes: {
          ...MODEL,
          'gen_ai.usage.prompt_tokens': 1000,
          'gen_ai.usage.completion_tokens': 300,
          'langwatch.metrics': JSON.stringify({ prompt_tokens: 1000, completion_tokens: 300, reasoning_tokens: 64 }),
        },
      },
      event: { input_tokens: 1000, output_tokens: 300, reasoning_tokens: 64 },
    },
    {
      client: 'LangWatch: metrics that are no object',
      span: { scope: 'app', attributes: { ...MODEL, 'langwatch.metrics': '[1]' } },
      event: { input_tokens: null, quality: 'no_usage' },
    },
  ]);

  it.each(['workflow', 'agent', 'chain'])('LangWatch: the sum of a %s is no call', (type) => {
    const attributes = inJavaScript({ promptTokens: 1000 }, { ...MODEL, 'langwatch.span.type': type });
    expect(received([{ scope: 'app', attributes }]).candidates).toEqual([]);
  });
});
