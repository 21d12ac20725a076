import { bindTenant } from '../normalize/bindTenant';
import type { Normalized } from '../normalize/candidate';
import { at, received, receivedLogs, semconv, type Entries, type TestSpan } from '../normalize/testing/spans';
import { readLiteLlm } from '../receivers/litellm/readLiteLlm';
import { decide } from './decide';
import { OnceMemory } from './once/onceMemory';
import { deserialize, serialize } from './once/journalText';
import { Ledger } from './testing/ledger';

const SDK = 'com.anthropic.sdk.python';
const OFFICIAL = 'opentelemetry.instrumentation.genai.openai';
const FRAMEWORK = 'openinference.instrumentation.langchain';

const llm = (input?: number, output?: number, more: Entries = {}): Entries => ({
  'openinference.span.kind': 'LLM',
  'llm.model_name': 'gpt-4o-mini',
  ...(input === undefined ? {} : { 'llm.token_count.prompt': input }),
  ...(output === undefined ? {} : { 'llm.token_count.completion': output }),
  ...more,
});

const withId = (id: string, input = 1000, output = 300): Entries =>
  semconv(input, output, { 'gen_ai.response.id': id });

/** Every order of a few things. */
function orders<T>(list: readonly T[]): T[][] {
  return list.length < 2
    ? [[...list]]
    : list.flatMap((item, i) => orders([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [item, ...rest]));
}

/** Takes spans one request at a time, in every order, and gives the rows, which must be the same each time. */
function countedInAnyOrder(spans: readonly TestSpan[], more: () => Normalized[] = () => []): Ledger {
  const ledgers = orders([
    ...spans.map((span) => () => received([span])),
    ...more().map((_, i) => () => more()[i]!),
  ]).map((deliveries) => {
    const ledger = new Ledger();
    deliveries.forEach((delivery) => ledger.take(delivery()));
    deliveries.forEach((delivery) => ledger.take(delivery()));
    return ledger;
  });
  const [first, ...others] = ledgers;
  for (const other of others) {
    expect(other.events).toEqual(first?.events);
  }
  return first!;
}

describe('rule 1: sums of agents and workflows', () => {
  it('are no calls, whatever usage they carry', () => {
    const agent = { id: 'a', attributes: { ...semconv(2000, 600), 'gen_ai.operation.name': 'invoke_agent' } };
    const ledger = countedInAnyOrder([
      agent,
      { id: 'b', parent: 'a', attributes: semconv(1000, 300) },
      { id: 'c', parent: 'a', attributes: semconv(1000, 300) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000 });
  });
});

describe('rule 2: the leaf counts', () => {
  it('when a native SDK reports under an instrumentation, also with a span between', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', attributes: { 'http.request.method': 'POST' } },
      {
        id: 'c',
        parent: 'b',
        scope: SDK,
        attributes: semconv(1000, 300, { 'anthropic.response.service_tier': 'standard' }),
      },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
    expect(ledger.events[0]?.source).toBe(`otlp:${SDK}`);
  });

  it('when an unknown framework repeats the sum of several calls', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', scope: 'my.framework', attributes: { 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 30 } },
      { id: 'b', parent: 'a', attributes: semconv(10, 1) },
      { id: 'c', parent: 'a', attributes: semconv(20, 1) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 30 });
  });

  it('but what lacks tokens adds nothing to the call above that has them', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', scope: SDK, attributes: semconv() },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
  });

  it('and a failed attempt below is an attempt of its own', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', to: 3, attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', scope: SDK, to: 1, error: '429 slow down', attributes: semconv() },
      { id: 'c', parent: 'a', scope: SDK, from: 2, to: 3, attributes: semconv(1000, 300) },
    ]);
    expect(ledger.events.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['rate_limited', 1],
      ['ok', 2],
    ]);
  });

  it('a call below a tool is not the call that asked for the tool', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', attributes: { 'gen_ai.operation.name': 'execute_tool' } },
      { id: 'c', parent: 'b', attributes: semconv(50, 5) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 1050 });
  });

  it('a call that began when the one above had ended is its own: some clients forget to leave their spans', () => {
    const chat = (more: Entries) => ({ 'gen_ai.request.model': 'gpt-4o-mini', ...more });
    const ledger = countedInAnyOrder([
      { id: 'a', from: 0, to: 1, scope: FRAMEWORK, error: '429 slow down', attributes: chat({}) },
      { id: 'b', parent: 'a', from: 1.001, to: 2, scope: FRAMEWORK, attributes: semconv(1000, 300) },
      { id: 'c', parent: 'b', from: 2.01, to: 3, attributes: semconv(20, 5) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 3, errors: 1, input_tokens: 1020 });
  });

  it('but not where it was told by another machine, whose clock may be ahead', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', from: 0, to: 1, attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', from: 5, to: 6, attributes: semconv(1000, 300), resource: { 'service.name': 'gateway' } },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
  });

  it('an embedding that a chat makes on its way is no part of its tokens', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', attributes: semconv(1000, 300) },
      {
        id: 'b',
        parent: 'a',
        attributes: {
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.request.model': 'text-embedding-3-small',
          'gen_ai.usage.input_tokens': 20,
        },
      },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 1020 });
  });

  it('survives a span that is its own ancestor', () => {
    const ledger = new Ledger();
    ledger.take(
      received([
        { id: 'a', parent: 'b', attributes: semconv(1, 1) },
        { id: 'b', parent: 'a', attributes: {} },
      ])
    );
    expect(ledger.sums().calls).toBe(1);
  });
});

describe('rule 3: twins with a common id', () => {
  it('are one call across traces, the better report wins and the other fills in', () => {
    const ledger = countedInAnyOrder([
      {
        trace: 'x',
        scope: '@opentelemetry/instrumentation-openai',
        attributes: { ...withId('r-1'), 'user.id': 'u-1' },
      },
      {
        trace: 'y',
        scope: FRAMEWORK,
        attributes: llm(1000, 300, { 'gen_ai.response.id': 'r-1', 'llm.token_count.prompt_details.cache_read': 640 }),
      },
    ]);
    expect(ledger.events).toEqual([
      expect.objectContaining({
        input_tokens: 1000,
        cache_read_tokens: 640,
        user_id: 'u-1',
        source: `otlp:${FRAMEWORK}`,
      }),
    ]);
  });

  it('of one instrumentation are two calls', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', attributes: withId('stub') },
      { trace: 'y', attributes: withId('stub') },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000 });
  });

  it('of LiteLLM, that start at the same microsecond, are one call that was written down twice', () => {
    const twice = (trace: string, from: number) => ({
      trace,
      from,
      scope: 'litellm',
      attributes: { ...withId('resp_1'), 'llm.request.type': 'aresponses' },
    });
    const ledger = countedInAnyOrder([twice('x', 0.25), twice('y', 0.25), twice('z', 0.5)]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000 });
  });

  it('pair up one to one where a client gives every answer the same id', () => {
    const ledger = countedInAnyOrder([
      { trace: 'a', from: 0, to: 1, scope: OFFICIAL, attributes: withId('stub') },
      { trace: 'b', from: 10, to: 11, scope: OFFICIAL, attributes: withId('stub') },
      { trace: 'c', from: 0, to: 1, scope: FRAMEWORK, attributes: llm(1000, 300, { 'gen_ai.response.id': 'stub' }) },
      { trace: 'd', from: 10, to: 11, scope: FRAMEWORK, attributes: llm(1000, 300, { 'gen_ai.response.id': 'stub' }) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000 });
  });

  it('are two calls when their tokens disagree', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', scope: OFFICIAL, attributes: withId('stub', 1000, 300) },
      { trace: 'y', scope: FRAMEWORK, attributes: llm(5000, 900, { 'gen_ai.response.id': 'stub' }) },
    ]);
    expect(ledger.sums().calls).toBe(2);
  });

  it('are one call when a stream lost the cached part of its input', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', scope: SDK, attributes: withId('msg_1', 7111, 222) },
      { trace: 'y', scope: 'openlit.otel.tracing', attributes: withId('msg_1', 111, 222) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 7111 });
  });

  it('agree with a client that counted the tokens itself', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', scope: OFFICIAL, attributes: withId('chatcmpl-1', 1000, 300) },
      { trace: 'y', scope: '@traceloop/instrumentation-openai', attributes: withId('chatcmpl-1', 1, 2) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
  });
});

describe('rule 3: twins without a common id', () => {
  const sdk = { trace: 'x', from: 0.1, to: 0.9, scope: OFFICIAL, attributes: withId('r-1') };
  const framework = { trace: 'y', from: 0, to: 1, scope: FRAMEWORK, attributes: llm(1000, 300) };

  it('of one service and model, with equal tokens at the same time, are one call', () => {
    expect(countedInAnyOrder([sdk, framework]).sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
  });

  it.each<[string, TestSpan]>([
    ['another time', { ...framework, from: 5, to: 6 }],
    ['other tokens', { ...framework, attributes: llm(1001, 300) }],
    ['another model', { ...framework, attributes: llm(1000, 300, { 'llm.model_name': 'gpt-5' }) }],
    ['another service', { ...framework, resource: { 'service.name': 'other' } }],
    ['another id of the same kind', { ...framework, attributes: llm(1000, 300, { 'gen_ai.response.id': 'r-2' }) }],
  ])('but not at %s', (_what, other) => {
    expect(countedInAnyOrder([sdk, other]).sums().calls).toBe(2);
  });

  it('a stream that lost its input is the call of equal output', () => {
    const stream = llm(0, 300);
    const ledger = countedInAnyOrder([
      { id: 'a', trace: '1', scope: FRAMEWORK, attributes: stream },
      { id: 'b', trace: '2', scope: OFFICIAL, attributes: withId('chatcmpl-1') },
      { id: 'c', trace: '3', scope: OFFICIAL, attributes: withId('chatcmpl-2', 1000, 301) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000, output_tokens: 601 });
  });

  it('two calls side by side stay two', () => {
    const ledger = countedInAnyOrder([
      sdk,
      framework,
      { ...sdk, trace: 'z', from: 0.2, to: 0.95, attributes: withId('r-2') },
      { ...framework, trace: 'w', from: 0.05, to: 1 },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 2000 });
  });

  it('a stream without tokens inside of one that has them, and failures, are one call each', () => {
    const ledger = countedInAnyOrder([
      { ...framework },
      { ...sdk, attributes: semconv() },
      { trace: 'e', from: 20, to: 21, error: 'boom', scope: FRAMEWORK, attributes: llm() },
      { trace: 'f', from: 20.1, to: 20.9, error: 'boom', scope: OFFICIAL, attributes: semconv() },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, errors: 1, input_tokens: 1000 });
  });

  it('a stream whose output one of them counts a token high is one call; one beside it is another', () => {
    const ledger = countedInAnyOrder([
      { trace: '1', id: 'a', scope: FRAMEWORK, from: 0, to: 1, attributes: llm(2620, 216) },
      { trace: '2', id: 'b', scope: SDK, from: 0.1, to: 0.9, attributes: withId('msg_1', 2620, 215) },
      { trace: '3', id: 'c', scope: SDK, from: 2, to: 3, attributes: withId('msg_2', 2620, 216) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 5240 });
  });

  it('a token that a framework counts twice is not counted, however much else it knows', () => {
    const ledger = countedInAnyOrder([
      { id: 's', trace: 'a', scope: SDK, from: 0, to: 2, attributes: semconv(50000, 3220) },
      {
        id: 'f',
        trace: 'b',
        scope: FRAMEWORK,
        from: 0,
        to: 2.001,
        attributes: llm(50000, 3221, {
          'llm.token_count.prompt_details.cache_read': 17620,
          'llm.token_count.completion_details.reasoning': 0,
        }),
      },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, output_tokens: 3220, cache_read_tokens: 17620 });
  });

  it('one that reports the uncached part of the input alone is the call that reports it whole', () => {
    const cached = llm(5000, 301, {
      'llm.token_count.prompt_details.cache_read': 3000,
      'llm.token_count.prompt_details.cache_write': 1400,
    });
    const ledger = countedInAnyOrder([
      { trace: 'x', scope: FRAMEWORK, from: 0, to: 1, attributes: cached },
      { trace: 'y', from: 0.1, to: 0.9, attributes: llm(600, 300) },
      { trace: 'z', from: 4, to: 5, attributes: llm(600, 300) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 5600, cache_read_tokens: 3000 });
  });

  it('one that read nothing but the beginning of a stream is the call that read it whole', () => {
    const whole = llm(35284, 3165, {
      'llm.token_count.prompt_details.cache_read': 17124,
      'llm.token_count.prompt_details.cache_write': 11092,
    });
    const beginning = (id: string, input: number, output: number, from: number): TestSpan => ({
      trace: id,
      id,
      scope: '@opentelemetry/instrumentation-aws-sdk',
      from,
      to: from + 0.5,
      attributes: semconv(input, output),
    });
    const counted = (span: TestSpan) =>
      countedInAnyOrder([{ trace: '1', id: 'a', scope: FRAMEWORK, from: 0, to: 1, attributes: whole }, span]).sums();
    expect(counted(beginning('b', 7068, 1, 0.1))).toMatchObject({ calls: 1, input_tokens: 35284, output_tokens: 3165 });
    // Another input, a longer output, another time: another call.
    expect(counted(beginning('c', 7069, 1, 0.1))).toMatchObject({ calls: 2 });
    expect(counted(beginning('d', 7068, 90, 0.1))).toMatchObject({ calls: 2 });
    expect(counted(beginning('e', 7068, 1, 5))).toMatchObject({ calls: 2 });
  });

  it('failures that two listeners of one framework report are one call', () => {
    const failure = { error: 'rate limit reached', attributes: llm() };
    const ledger = countedInAnyOrder([
      { trace: '1', id: 'a', scope: FRAMEWORK, from: 0, to: 0.0397, ...failure },
      { trace: '2', id: 'b', scope: 'opentelemetry.instrumentation.langchain', from: 0.0029, to: 0.0421, ...failure },
      { trace: '3', id: 'c', scope: FRAMEWORK, from: 0.08, to: 0.12, ...failure },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, errors: 2 });
  });

  it('a leaf that takes over an ancestor takes its twin along', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', id: 'a', from: 0, to: 0.2, scope: 'openinference.instrumentation.anthropic', attributes: llm() },
      { trace: 'x', id: 'b', parent: 'a', from: 0.1, to: 0.9, scope: SDK, attributes: withId('msg_1') },
      framework,
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
  });
});

describe("LiteLLM's callback inside of its caller's span", () => {
  const raw = (id: string, input: number, output: number): Entries => ({
    'llm.openai.id': id,
    'llm.openai.model': 'gpt-4o-mini',
    'llm.openai.usage': `{'prompt_tokens': ${input}, 'completion_tokens': ${output}}`,
  });
  const report = (id: string, input: number, output: number): Entries =>
    semconv(input, output, { 'gen_ai.response.id': id, 'litellm.call_id': `call-${id}` });
  const rawSpan = { scope: 'litellm', name: 'raw_gen_ai_request' };

  it("counts every raw answer, and the last call's report on the caller's span", () => {
    const ledger = countedInAnyOrder([
      { id: 'job', scope: 'app', from: 0, to: 30, attributes: report('chatcmpl-3', 30, 3) },
      { ...rawSpan, id: 'a', parent: 'job', from: 1, to: 2, attributes: raw('chatcmpl-1', 10, 1) },
      { ...rawSpan, id: 'b', parent: 'job', from: 3, to: 4, attributes: raw('chatcmpl-2', 20, 2) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 3, input_tokens: 60, output_tokens: 6 });
  });

  it("knows the last call's raw answer again, and the raw answer below LiteLLM's own span", () => {
    const ledger = countedInAnyOrder([
      { id: 'job', scope: 'app', from: 0, to: 30, attributes: report('chatcmpl-1', 10, 1) },
      { ...rawSpan, id: 'a', parent: 'job', from: 1, to: 2, attributes: raw('chatcmpl-1', 10, 1) },
      { id: 'b', scope: 'litellm', parent: 'job', from: 3, to: 4, attributes: report('chatcmpl-2', 20, 2) },
      { ...rawSpan, id: 'c', parent: 'b', from: 3, to: 4, attributes: raw('chatcmpl-2', 20, 2) },
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, input_tokens: 30, output_tokens: 3 });
  });
});

describe("LiteLLM's failures without an id", () => {
  const failed = (id: string, from: number, to: number): TestSpan => ({
    id,
    trace: id,
    scope: 'litellm',
    name: 'litellm_request',
    from,
    to,
    error: 'RateLimitError: slow down',
    attributes: { 'gen_ai.request.model': 'gpt-4o-mini', 'gen_ai.system': 'openai', 'llm.request.type': 'acompletion' },
  });
  const told = (id: string, from: number, to: number) =>
    readLiteLlm(
      JSON.stringify({
        id,
        call_type: 'acompletion',
        status: 'failure',
        model: 'openai/gpt-4o-mini',
        custom_llm_provider: 'openai',
        startTime: at(from) / 1e6,
        endTime: at(to) / 1e6,
        error_information: { error_code: '429', error_class: 'RateLimitError' },
      }),
      at(3600)
    );

  it('are one where both callbacks give the same start or end, in any order', () => {
    const ledger = countedInAnyOrder([failed('a', 0, 0.128571)], () => [told('x', 0, 0.128571)]);
    expect(ledger.sums()).toMatchObject({ calls: 1, errors: 1 });
  });

  it('are two where the times differ, however little, and each has its own twin', () => {
    const ledger = countedInAnyOrder([failed('a', 0, 0.1), failed('b', 0.0001, 0.1001)], () => [
      told('x', 0, 0.1),
      told('y', 0.0001, 0.1001),
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2, errors: 2 });
    expect(countedInAnyOrder([failed('a', 0, 0.1)], () => [told('y', 0.0001, 0.1001)]).sums()).toMatchObject({
      calls: 2,
    });
  });

  it('of an iterator that ended are no calls', () => {
    const ended = {
      ...failed('a', 0, 1),
      events: [{ name: 'exception', attributes: { 'exception.type': 'StopAsyncIteration' } }],
    };
    expect(received([ended]).candidates).toEqual([]);
  });
});

describe('rule 4: one signal per service', () => {
  const DETAILS = 'gen_ai.client.inference.operation.details';
  const log = (more: object = {}) => receivedLogs([{ name: DETAILS, attributes: semconv(1000, 300), ...more }]);
  const span = { attributes: semconv(1000, 300) };

  it('a log event of a span is the span, whichever comes first', () => {
    expect(countedInAnyOrder([span], () => [log({ trace: 't', span: 's' })]).sums()).toMatchObject({ calls: 1 });
  });

  it('log events of a service with spans are dropped, of one without they count', () => {
    const other = () => [log({ attributes: semconv(7, 7), at: 100 })];
    expect(countedInAnyOrder([span], other).sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
    expect(countedInAnyOrder([], other).sums()).toMatchObject({ calls: 1, input_tokens: 7 });
  });

  it('hours before its first span they count', () => {
    const ledger = countedInAnyOrder([{ ...span, from: 0, to: 1 }], () => [
      log({ attributes: semconv(7, 7), at: -4 * 3600 }),
    ]);
    expect(ledger.sums()).toMatchObject({ calls: 2 });
  });

  it('and where their own trace was not sampled: no span will come', () => {
    const unsampled = () => [log({ trace: 'u', span: 'u', sampled: false, attributes: semconv(7, 7) })];
    expect(countedInAnyOrder([span], unsampled).sums()).toMatchObject({ calls: 2, input_tokens: 1007 });
  });
});

describe('rule 5: redelivery', () => {
  it('changes nothing, and is counted', () => {
    const ledger = new Ledger();
    const deliver = () =>
      ledger.take(
        received([
          { id: 'a', attributes: semconv(1, 1) },
          { id: 'b', parent: 'a', attributes: semconv(1, 1) },
        ])
      );
    deliver();
    const before = ledger.events;
    const again = deliver();
    expect(again).toMatchObject({ insert: [], void: [], update: [], duplicates: { redelivered: 2 } });
    expect(ledger.events).toEqual(before);
  });
});

describe('what happens to duplicates is counted once, by reason', () => {
  it.each<[string, TestSpan[], string]>([
    [
      'in the trace',
      [
        { id: 'a', attributes: semconv(1, 1) },
        { id: 'b', parent: 'a', scope: SDK, attributes: semconv(1, 1) },
      ],
      'repeated_in_trace',
    ],
    [
      'by id',
      [
        { trace: 'x', attributes: withId('r') },
        { trace: 'y', scope: SDK, attributes: withId('r') },
      ],
      'same_call_id',
    ],
    [
      'by likeness',
      [
        { trace: 'x', attributes: semconv(9, 9) },
        { trace: 'y', scope: SDK, attributes: semconv(9, 9) },
      ],
      'same_usage',
    ],
  ])('%s', (_how, spans, reason) => {
    for (const order of orders(spans)) {
      const ledger = new Ledger();
      const decisions = order.map((span) => ledger.take(received([span])));
      const counted = decisions.map(({ duplicates }) => duplicates[reason as 'same_usage']);
      expect(counted.reduce((a, b) => a + b, 0)).toBe(1);
    }
  });
});

describe('context', () => {
  it('comes from the nearest ancestor that knows it, also when that comes last', () => {
    const ledger = countedInAnyOrder([
      { id: 'root', attributes: { 'user.id': 'u-1', 'session.id': 'far', 'tenant.id': 'acme' } },
      {
        id: 'agent',
        parent: 'root',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'planner', 'session.id': 'near' },
      },
      { id: 'call', parent: 'agent', attributes: semconv(1, 1) },
    ]);
    expect(ledger.events).toEqual([
      expect.objectContaining({ user_id: 'u-1', session_id: 'near', agent: 'planner', tenant: 'acme' }),
    ]);
  });

  it('does not overrule what the call says itself, but what its resource says', () => {
    const resource = { 'service.name': 'shop', 'tenant.id': 'by-resource' };
    const ledger = countedInAnyOrder([
      { id: 'root', attributes: { 'user.id': 'u-1', 'tenant.id': 'by-root' } },
      { id: 'call', parent: 'root', resource, attributes: semconv(1, 1, { 'user.id': 'own' }) },
    ]);
    expect(ledger.events[0]).toMatchObject({ user_id: 'own', tenant: 'by-root' });
  });

  it("of Traceloop's workflow goes through its agents; a constant is no agent's name", () => {
    const ledger = countedInAnyOrder([
      {
        id: 'w',
        attributes: {
          'traceloop.span.kind': 'workflow',
          'traceloop.entity.name': 'wf',
          'traceloop.workflow.name': 'wf',
        },
      },
      {
        id: 'a',
        parent: 'w',
        attributes: { 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'ag', 'traceloop.workflow.name': 'ag' },
      },
      {
        id: 'c',
        parent: 'a',
        scope: '@traceloop/instrumentation-openai',
        attributes: semconv(9, 9, { 'traceloop.workflow.name': 'ag' }),
      },
    ]);
    expect(ledger.events[0]).toMatchObject({ pipeline: 'wf', agent: 'ag' });
  });

  it('is what is known in the end, not what was known first', () => {
    const ledger = countedInAnyOrder([
      { id: 'root', attributes: { 'user.id': 'far' } },
      { id: 'mid', parent: 'root', attributes: { 'user.id': 'by-resource' } },
      {
        id: 'call',
        parent: 'mid',
        resource: { 'service.name': 'shop', 'user.id': 'by-resource' },
        attributes: semconv(1, 1),
      },
    ]);
    expect(ledger.events[0]?.user_id).toBe('by-resource');
  });

  it("of a gateway's alias is the model behind it", () => {
    const attributes = { ...withId('chatcmpl-1', 1000, 300), 'gen_ai.request.model': 'fast' };
    const ledger = countedInAnyOrder([
      { trace: '1', id: 'a', scope: OFFICIAL, attributes: { ...attributes, 'gen_ai.usage.reasoning_tokens': 5 } },
      {
        trace: '1',
        id: 'b',
        scope: 'litellm',
        resource: { 'service.name': 'proxy' },
        attributes: {
          ...attributes,
          'gen_ai.provider.name': 'anthropic',
          'litellm.call_id': 'c',
          'litellm.provider.model': 'anthropic/claude-sonnet-4-5',
        },
      },
    ]);
    expect(ledger.events).toHaveLength(1);
    expect(ledger.events[0]).toMatchObject({
      source: `otlp:${OFFICIAL}`,
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
    });
  });

  it('of a gateway is that of its caller', () => {
    const ledger = countedInAnyOrder([
      { id: 'a', resource: { 'service.name': 'shop', 'service.version': '7' }, attributes: semconv(1000, 300) },
      {
        id: 'b',
        parent: 'a',
        scope: 'litellm',
        resource: { 'service.name': 'litellm-proxy' },
        attributes: semconv(1000, 300, { 'gen_ai.usage.cache_read.input_tokens': 640, 'litellm.call_id': 'c' }),
      },
    ]);
    expect(ledger.events).toEqual([expect.objectContaining({ service: 'shop', release: '7', cache_read_tokens: 640 })]);
  });
});

describe('senders without a service name', () => {
  it('are one service', () => {
    const ledger = countedInAnyOrder([
      { trace: 'x', resource: {}, from: 0, to: 1, attributes: semconv(9, 9) },
      { trace: 'y', resource: {}, from: 0.1, to: 0.9, scope: SDK, attributes: semconv(9, 9) },
    ]);
    expect(ledger.sums().calls).toBe(1);
  });
});

describe('retries', () => {
  it('are counted by their failed siblings, in any order', () => {
    const attempts = countedInAnyOrder([
      { id: 'a', parent: 'p', from: 0, to: 1, error: '429', attributes: semconv() },
      { id: 'b', parent: 'p', from: 2, to: 3, error: '429', attributes: semconv() },
      { id: 'c', parent: 'p', from: 4, to: 5, attributes: semconv(1, 1) },
      { id: 'd', parent: 'p', from: 6, to: 7, attributes: semconv(2, 2) },
    ]).events.map(({ attempt }) => attempt);
    expect(attempts).toEqual([1, 2, 3, 1]);
  });
});

describe('tenants whose keys are bound', () => {
  const spans = (scope: string, more: Entries = {}): TestSpan[] => [
    { trace: scope, scope, attributes: { ...withId('r'), ...more } },
  ];

  it('cannot touch the calls of each other', () => {
    const ledger = new Ledger();
    ledger.take(bindTenant(received(spans(OFFICIAL)), 'acme'));
    ledger.take(bindTenant(received(spans(SDK)), 'evil'));
    // The same trace and parent: a child that would take the parent's place.
    ledger.take(
      bindTenant(
        received([{ trace: OFFICIAL, id: 'x', parent: 's', scope: 'z', attributes: semconv(1000, 300) }]),
        'evil'
      )
    );
    ledger.take(bindTenant(received([{ trace: OFFICIAL, id: 'y', attributes: { 'user.id': 'forged' } }]), 'evil'));
    expect(ledger.events.filter(({ tenant }) => tenant === 'acme')).toEqual([
      expect.objectContaining({ input_tokens: 1000, user_id: null }),
    ]);
  });

  it('are joined with what a gateway without a bound key reports', () => {
    const ledger = new Ledger();
    ledger.take(bindTenant(received(spans(OFFICIAL)), 'acme'));
    ledger.take(received(spans(SDK)));
    expect(ledger.events).toEqual([expect.objectContaining({ tenant: 'acme' })]);
  });
});

describe('the memory', () => {
  const call = (id: string, seconds: number): Normalized =>
    received([{ trace: id, id, from: seconds, to: seconds + 1, attributes: withId(`r-${id}`) }]);

  it('is as before after a rollback', () => {
    const spans: TestSpan[] = [
      { id: 'a', attributes: semconv(1000, 300) },
      { id: 'b', parent: 'a', scope: SDK, attributes: semconv(1000, 300) },
      { trace: 'y', scope: FRAMEWORK, attributes: llm(1000, 300) },
    ];
    const ledger = new Ledger();
    ledger.take(received([spans[0]!]));
    for (let attempt = 0; attempt < 3; attempt++) {
      decide(received(spans.slice(1)), ledger.memory);
      ledger.memory.rollback();
    }
    expect(ledger.memory.size).toMatchObject({ sightings: 1, links: 1 });
    ledger.take(received(spans.slice(1)));
    expect(ledger.sums()).toMatchObject({ calls: 1 });
  });

  it('comes back from its journal', () => {
    const memory = new OnceMemory();
    const journal: string[] = [];
    const take = (normalized: Normalized) => {
      const decision = decide(normalized, memory);
      journal.push(serialize(memory.changes).toString());
      memory.commit(0);
      return decision;
    };
    take(received([{ id: 'a', attributes: semconv(1000, 300, { 'llmcost.reported_cost': 0.5 }) }]));
    take(received([{ id: 'b', parent: 'a', scope: SDK, attributes: semconv(1000, 300) }]));
    const restarted = new OnceMemory();
    journal.forEach((entry) => restarted.apply(deserialize(entry), 0));
    expect(restarted.size).toEqual(memory.size);
    expect(decide(received([{ id: 'a', attributes: semconv(1000, 300) }]), restarted)).toMatchObject({
      insert: [],
      duplicates: { redelivered: 1 },
    });
  });

  it('is bounded, and says what it had to forget', () => {
    const memory = new OnceMemory({ sightings: 10, links: 20, sightingAge: 1e6, traceAge: 1e6, counters: 5 });
    const ledger = new Ledger(memory);
    for (let i = 0; i < 100; i++) {
      ledger.take(call(`c${i}`, i), 0);
      expect(memory.size.sightings).toBeLessThanOrEqual(10);
      expect(memory.size.links).toBeLessThanOrEqual(20);
    }
    expect(memory.edges).toMatchObject({ sightingsPushedOut: 90, tracesPushedOut: 80 });
    ledger.take(call('last', 0), 10e6);
    expect(memory.size).toMatchObject({ sightings: 1, links: 1 });
  });

  it('notices a span that comes after its trace was forgotten, and keeps what the trace told', () => {
    const ledger = new Ledger(
      new OnceMemory({ sightings: 10, links: 20, sightingAge: 100e6, traceAge: 1e6, counters: 5 })
    );
    ledger.take(
      received([
        { id: 'root', attributes: { 'user.id': 'u-1' } },
        { id: 'c', parent: 'root', attributes: withId('r-1') },
      ]),
      0
    );
    ledger.take(received([{ trace: 'z', attributes: {} }]), 5e6);
    expect(ledger.memory.edges.lateTraces).toBe(0);
    ledger.take(
      received([
        { trace: 'w', scope: SDK, attributes: withId('r-1') },
        { id: 'late', attributes: {} },
      ]),
      6e6
    );
    expect(ledger.memory.edges.lateTraces).toBe(1);
    expect(ledger.events).toEqual([expect.objectContaining({ user_id: 'u-1' })]);
  });

  it('forgets as it learns: nothing is left when everything is old', () => {
    const ledger = new Ledger(
      new OnceMemory({ sightings: 1000, links: 1000, sightingAge: 1e6, traceAge: 1e6, counters: 5 })
    );
    for (let i = 0; i < 50; i++) {
      ledger.take(call(`a${i}`, i), 0);
      ledger.take(received([{ trace: `b${i}`, scope: SDK, from: i, to: i + 1, attributes: withId(`r-a${i}`) }]), 0);
      ledger.take(
        receivedLogs([
          { name: 'api_request', body: 'claude_code.api_request', attributes: { model: 'm', input_tokens: i } },
        ]),
        0
      );
    }
    ledger.memory.commit(at(0));
    expect(ledger.memory.size).toEqual({ sightings: 0, links: 0, traces: 0, counters: 0 });
  });
});
