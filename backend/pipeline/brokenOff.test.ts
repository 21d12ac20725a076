import { received, semconv, type TestSpan } from '../normalize/testing/spans';
import { Ledger } from './testing/ledger';

/** A caller leaves a stream half-way: a framework's report says cancelled, the SDK's below it a success without usage. */
const framework: TestSpan = {
  trace: '1',
  id: 'a',
  scope: 'openinference.instrumentation.langchain',
  from: 0,
  to: 1,
  error: 'GeneratorExit()',
  attributes: { ...semconv(), 'error.type': 'GeneratorExit' },
};
const sdk: TestSpan = {
  trace: '2',
  id: 'b',
  scope: 'openinference.instrumentation.openai',
  from: 0.1,
  to: 0.9,
  attributes: semconv(),
};

function counted(spans: readonly TestSpan[]): Ledger {
  const ledger = new Ledger();
  spans.forEach((span) => ledger.take(received([span])));
  return ledger;
}

describe('a stream that its caller left half-way', () => {
  it.each([
    ['the framework first', [framework, sdk]],
    ['the SDK first', [sdk, framework]],
  ])('is one call, cancelled: %s', (_order, spans) => {
    const [event, ...others] = counted(spans).events;
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      status: 'cancelled',
      error_type: 'GeneratorExit',
      source: expect.stringMatching(/openai$/),
    });
  });

  it('keeps the input that the SDK knows', () => {
    const ledger = counted([framework, { ...sdk, attributes: semconv(1000) }]);
    expect(ledger.sums()).toMatchObject({ calls: 1, errors: 1, input_tokens: 1000 });
  });

  it.each([
    ['one with an answer', { ...sdk, attributes: semconv(1000, 300) }],
    ['one that goes on', { ...sdk, to: 3 }],
    ['one of another service', { ...sdk, resource: { 'service.name': 'other' } }],
    ['one of another model', { ...sdk, attributes: { ...semconv(), 'gen_ai.request.model': 'o3' } }],
  ])('is not %s', (_what, other) => {
    expect(counted([framework, other]).sums()).toMatchObject({ calls: 2, errors: 1 });
  });

  it('pairs each of several with its own', () => {
    const more = [framework, sdk].map((span) => ({ ...span, trace: `${span.trace}x`, from: 0.05, to: 0.95 }));
    expect(counted([framework, ...more, sdk, { ...sdk, trace: 'y' }]).sums()).toMatchObject({ calls: 3, errors: 2 });
  });
});

/** Logfire writes a stream's report when it is over, as a log: with one time, and of Anthropic's the output of its beginning. */
describe('a stream that was left, as a log tells it', () => {
  const native: TestSpan = { ...sdk, scope: 'com.anthropic.sdk.python', attributes: semconv(14011) };
  const log: TestSpan = {
    trace: '3',
    id: 'c',
    scope: 'logfire.anthropic',
    from: 0.93,
    to: 0.93,
    attributes: semconv(14011, 1),
  };

  it.each([
    ['the SDK first', [native, log]],
    ['the log first', [log, native]],
  ])('is the call that has the input alone: %s', (_order, spans) => {
    expect(counted(spans).sums()).toMatchObject({ calls: 1, input_tokens: 14011 });
  });

  it('is the call without tokens that has just ended', () => {
    const spans = [sdk, { ...log, scope: 'logfire.openai', attributes: semconv() }];
    expect(counted(spans).sums()).toMatchObject({ calls: 1 });
  });

  it.each([
    ['one of another input', { ...log, attributes: semconv(14012, 1) }],
    ['one with a whole answer', { ...log, attributes: semconv(14011, 300) }],
    ['one much later', { ...log, from: 4, to: 4 }],
  ])('is not %s', (_what, other) => {
    expect(counted([native, other]).sums()).toMatchObject({ calls: 2 });
  });

  it('leaves a call with as short an answer to the report that has it', () => {
    const short = { ...native, trace: '4', from: 0.2, to: 0.9, attributes: semconv(14011, 1) };
    const told = { ...log, trace: '5', from: 0.91, to: 0.91 };
    expect(counted([native, short, log, told]).sums()).toMatchObject({ calls: 2, input_tokens: 28022 });
    expect(counted([native, short, told]).sums()).toMatchObject({ calls: 2, input_tokens: 28022, output_tokens: 1 });
  });
});
