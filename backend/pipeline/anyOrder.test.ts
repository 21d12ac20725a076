import fc from 'fast-check';
import { received, semconv, type Entries, type TestSpan } from '../normalize/testing/spans';
import { Ledger } from './testing/ledger';

const NATIVE = 'com.anthropic.sdk.python';
const OFFICIAL = 'opentelemetry.instrumentation.genai.anthropic';
const FRAMEWORK = 'openinference.instrumentation.langchain';

/** How a call is reported. */
const WAYS = ['alone', 'stacked', 'stacked without tokens', 'twins by id', 'twins by likeness', 'failed'] as const;

interface World {
  readonly calls: ReadonlyArray<{
    readonly way: (typeof WAYS)[number];
    /** Which agent run it belongs to. */
    readonly run: number;
    /** Seconds after noon. */
    readonly from: number;
    readonly took: number;
    /** An HTTP span between parent and child. */
    readonly spaced: boolean;
  }>;
}

const worlds: fc.Arbitrary<World> = fc.record({
  calls: fc.array(
    fc.record({
      way: fc.constantFrom(...WAYS),
      run: fc.nat(2),
      from: fc.nat(20),
      took: fc.integer({ min: 1, max: 5 }),
      spaced: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 }
  ),
});

/** Calls differ in their tokens, so that which report belongs to which call is a fact and no matter of luck. */
const tokensOf = (index: number): [number, number] => [1000 + index, 100 + index];

const llm = (index: number, tokens: boolean): Entries => ({
  'openinference.span.kind': 'LLM',
  'llm.model_name': `model-${index}`,
  ...(tokens ? { 'llm.token_count.prompt': tokensOf(index)[0], 'llm.token_count.completion': tokensOf(index)[1] } : {}),
});

const official = (index: number, tokens: boolean, id: boolean): Entries => ({
  ...(tokens ? semconv(...tokensOf(index)) : semconv()),
  'gen_ai.request.model': `model-${index}`,
  ...(id ? { 'gen_ai.response.id': `msg_${index}` } : {}),
});

/** Everything that the instrumentations of a world report. */
function spansOf({ calls }: World): TestSpan[] {
  const runs = [...new Set(calls.map(({ run }) => run))].map((run): TestSpan => {
    const attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': `agent-${run}`,
      'gen_ai.usage.input_tokens': 9e6,
    };
    return { trace: `run-${run}`, id: `root-${run}`, from: 0, to: 60, attributes };
  });
  return [...runs, ...calls.flatMap((call, index) => reportsOf(call, index))];
}

function reportsOf({ way, run, from, took, spaced }: World['calls'][number], index: number): TestSpan[] {
  const trace = `run-${run}`;
  const to = from + took;
  const outer = { trace, id: `o${index}`, parent: `root-${run}`, from, to };
  const between: TestSpan[] = spaced
    ? [{ trace, id: `h${index}`, parent: `o${index}`, from, to, attributes: { 'http.request.method': 'POST' } }]
    : [];
  const inner = { trace, id: `i${index}`, parent: spaced ? `h${index}` : `o${index}`, from: from + 0.1, to: to - 0.1 };
  switch (way) {
    case 'alone':
      return [{ ...outer, scope: OFFICIAL, attributes: official(index, true, true) }];
    case 'failed':
      return [{ ...outer, scope: OFFICIAL, error: 'boom', attributes: official(index, false, false) }];
    case 'stacked':
    case 'stacked without tokens': {
      const tokens = way === 'stacked';
      return [
        { ...outer, scope: FRAMEWORK, attributes: llm(index, true) },
        ...between,
        { ...inner, scope: NATIVE, attributes: official(index, tokens, tokens) },
      ];
    }
    case 'twins by id':
    case 'twins by likeness': {
      const id = way === 'twins by id';
      return [
        {
          ...outer,
          scope: FRAMEWORK,
          attributes: { ...llm(index, true), ...(id ? { 'gen_ai.response.id': `msg_${index}` } : {}) },
        },
        {
          ...inner,
          trace: `own-${index}`,
          parent: undefined,
          scope: OFFICIAL,
          attributes: official(index, true, true),
        },
      ];
    }
  }
}

/** The spans of a world in some order, in requests of some sizes, some of them twice. */
const deliveries = worlds.chain((world) => {
  const spans = spansOf(world);
  const one = fc
    .tuple(
      fc.shuffledSubarray(spans, { minLength: spans.length, maxLength: spans.length }),
      fc.shuffledSubarray(spans),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 40 })
    )
    .map(([all, again, sizes]) => {
      const rest = [...all, ...again];
      const requests: TestSpan[][] = [];
      for (let i = 0; rest.length > 0; i++) {
        requests.push(rest.splice(0, sizes[i % sizes.length]));
      }
      return requests;
    });
  return fc.record({ world: fc.constant(world), ways: fc.tuple(one, one) });
});

describe('whatever is reported, in whatever order and pieces', () => {
  it('every call is counted once, with the same rows', () => {
    fc.assert(
      fc.property(deliveries, ({ world, ways }) => {
        const [first, second] = ways.map((requests) => {
          const ledger = new Ledger();
          requests.forEach((request) => ledger.take(received(request)));
          return ledger;
        });
        const told = world.calls.flatMap(({ way }, index) => (way === 'failed' ? [] : [tokensOf(index)]));
        expect(first?.sums()).toMatchObject({
          calls: world.calls.length,
          errors: world.calls.filter(({ way }) => way === 'failed').length,
          input_tokens: told.reduce((sum, [input]) => sum + input, 0),
          output_tokens: told.reduce((sum, [, output]) => sum + output, 0),
        });
        expect(second?.events).toEqual(first?.events);
        for (const event of first?.events ?? []) {
          expect(event.agent).toMatch(/^agent-/);
        }
      }),
      { numRuns: 300 }
    );
  });
});
