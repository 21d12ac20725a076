import { received, semconv, type Entries, type TestSpan } from '../normalize/testing/spans';
import { Ledger } from './testing/ledger';

/**
 * Gateways and servers that export spans of their own, in the shapes of their documentation and source (August to November
 * 2026): they could not be run here. Each beside a client whose SDK is instrumented, within one trace and in two.
 */
interface Gateway {
  readonly name: string;
  readonly scope: string;
  readonly service: string;
  /** A call of 1000 in (640 cached where the gateway says so), 300 out, `chatcmpl-1234567890abcdef`. */
  readonly attributes: Entries;
  readonly cached: number;
}

const ID = 'chatcmpl-1234567890abcdef';

const GATEWAYS: readonly Gateway[] = [
  {
    name: 'Portkey, complete logs',
    scope: 'custom.genai.instrumentation',
    service: 'portkey',
    attributes: semconv(1000, 300, {
      'gen_ai.response.id': ID,
      'gen_ai.usage.cache_read.input_tokens': 640,
      'gen_ai.usage.cache_creation.input_tokens': 0,
    }),
    cached: 640,
  },
  {
    name: 'Kong AI Gateway',
    scope: 'kong-internal',
    service: 'kong',
    attributes: semconv(1000, 300, { 'gen_ai.response.id': ID, 'gen_ai.response.model': 'gpt-4o-mini-2024-07-18' }),
    cached: 0,
  },
  {
    name: 'Envoy AI Gateway, OpenInference',
    scope: 'envoyproxy/ai-gateway',
    service: 'ai-gateway',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'gpt-4o-mini',
      'llm.token_count.prompt': 1000,
      'llm.token_count.prompt_details.cache_read': 640,
      'llm.token_count.prompt_details.cache_creation': 0,
      'llm.token_count.completion': 300,
      'llm.token_count.total': 1300,
      'output.value': JSON.stringify({ id: ID, model: 'gpt-4o-mini' }),
    },
    cached: 640,
  },
  {
    name: 'OpenRouter, broadcast',
    scope: 'openrouter',
    service: 'openrouter',
    attributes: semconv(1000, 300, {
      'gen_ai.response.id': ID,
      'gen_ai.request.model': 'openai/gpt-4o-mini',
      'gen_ai.usage.input_tokens.cached': 640,
      'gen_ai.usage.output_tokens.reasoning': 0,
      'gen_ai.usage.total_cost': 0.000285,
      'gen_ai.response.finish_reason': 'stop',
    }),
    cached: 640,
  },
  {
    name: 'vLLM, early releases',
    scope: 'vllm.llm_engine',
    service: 'vllm',
    attributes: {
      'gen_ai.response.model': 'gpt-4o-mini',
      'gen_ai.request.id': `${ID}-0`,
      'gen_ai.usage.prompt_tokens': 1000,
      'gen_ai.usage.completion_tokens': 300,
      'gen_ai.latency.time_to_first_token': 0.25,
    },
    cached: 0,
  },
];

const client: TestSpan = {
  id: 'c',
  trace: 'client',
  scope: 'opentelemetry.instrumentation.openai_v2',
  from: 0,
  to: 1,
  attributes: semconv(1000, 300, { 'gen_ai.response.id': ID }),
  resource: { 'service.name': 'shop' },
};

const counted = (spans: readonly TestSpan[]): Ledger => {
  const ledger = new Ledger();
  [...spans, ...spans].forEach((span) => ledger.take(received([span])));
  return ledger;
};

describe.each(GATEWAYS)('$name', ({ scope, service, attributes, cached }) => {
  const gateway: TestSpan = {
    id: 'g',
    scope,
    from: 0.1,
    to: 0.9,
    attributes,
    resource: { 'service.name': service },
  };
  const one = { calls: 1, input_tokens: 1000, output_tokens: 300, cache_read_tokens: cached };

  it.each([
    ['in the trace of its caller', { trace: 'client', parent: 'c' }],
    ['in a trace of its own', { trace: 'gateway' }],
  ])('%s is the call of its caller, whichever comes first', (_where, place) => {
    for (const spans of [
      [client, { ...gateway, ...place }],
      [{ ...gateway, ...place }, client],
    ]) {
      const ledger = counted(spans);
      expect(ledger.sums()).toMatchObject(one);
      expect(ledger.events).toMatchObject([{ service: 'shop' }]);
    }
  });

  it('alone is a call', () => {
    expect(counted([{ ...gateway, trace: 'gateway' }]).sums()).toMatchObject(one);
  });
});

describe('what gateways report beside calls', () => {
  it('counts of tokens are no calls', () => {
    const spans = ['tokenize', 'count_tokens'].map((name, i) => ({
      id: String(i),
      attributes: semconv(1000, undefined, { 'gen_ai.operation.name': name }),
    }));
    const counter = { 'openinference.span.kind': 'TOKEN_COUNTER', 'llm.model_name': 'm', 'llm.token_count.prompt': 9 };
    expect(received([...spans, { id: 'e', attributes: counter }]).candidates).toEqual([]);
  });

  it("Envoy's cache writes, Cloudflare's provider and OpenRouter's cost are read", () => {
    const [envoy, cloudflare, openRouter] = received([
      {
        id: '1',
        attributes: {
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'claude-sonnet-4-5',
          'llm.token_count.prompt': 7111,
          'llm.token_count.completion': 222,
          'llm.token_count.prompt_details.cache_read': 5000,
          'llm.token_count.prompt_details.cache_creation': 2000,
        },
      },
      {
        id: '2',
        attributes: {
          'gen_ai.request.model': 'gpt-4o-mini',
          'gen_ai.model.provider': 'openai',
          'gen_ai.usage.input_tokens': 12,
          'gen_ai.usage.output_tokens': 7,
        },
      },
      { id: '3', attributes: semconv(12, 7, { 'gen_ai.usage.total_cost': 0.0035 }) },
    ]).candidates.map(({ event }) => event);
    expect(envoy).toMatchObject({ input_tokens: 7111, cache_read_tokens: 5000, cache_write_5m_tokens: 2000 });
    expect(cloudflare).toMatchObject({ provider: 'openai', input_tokens: 12, output_tokens: 7 });
    expect(openRouter).toMatchObject({ reported_cost: 3_500_000_000n });
  });
});
