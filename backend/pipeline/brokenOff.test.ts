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
