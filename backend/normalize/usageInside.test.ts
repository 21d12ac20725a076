import { addUsageInside } from './usageInside';
import { emptyReading, type CallReading } from './reading';
import { INCLUSIVE } from './usage';

const CHAT = {
  prompt_tokens: 1000,
  completion_tokens: 300,
  total_tokens: 1300,
  prompt_tokens_details: { cached_tokens: 640 },
  completion_tokens_details: { reasoning_tokens: 128 },
};

function call(counts: { input?: number; output?: number; total?: number }): CallReading {
  const reading = emptyReading();
  reading.convention = INCLUSIVE;
  Object.assign(reading.usage, counts);
  return reading;
}

function added(counts: { input?: number; output?: number; total?: number }, answer: unknown): object {
  const reading = call(counts);
  addUsageInside(reading, answer);
  const { input, output, cacheRead, reasoning } = reading.usage;
  return { input, output, cacheRead, reasoning };
}

const WHOLE = { input: 1000, output: 300, cacheRead: 640, reasoning: 128 };
const REPR =
  "ChatCompletion(id='chatcmpl-1', choices=[Choice(index=0, logprobs=None)], usage=CompletionUsage(completion_tokens=300, " +
  'prompt_tokens=1000, total_tokens=1300, completion_tokens_details=CompletionTokensDetails(reasoning_tokens=128), ' +
  'prompt_tokens_details=PromptTokensDetails(audio_tokens=0, cached_tokens=640)))';

describe('the usage object inside of an answer', () => {
  it.each([
    ['deep in its JSON', { replies: [{ meta: { model: 'gpt-4o', usage: CHAT } }] }],
    ['in a Python dict', { replies: [`ChatMessage(_meta={'usage': ${JSON.stringify(CHAT).replaceAll('"', "'")}})`] }],
    ["in an object's repr", { raw: REPR }],
    ['beside sums of the framework', { raw: REPR, token_usage: { input_tokens: 1000, output_tokens: 300 } }],
    ['repeated by each reply', { replies: [{ meta: { usage: CHAT } }, { meta: { usage: CHAT } }] }],
  ])('completes a call that has the totals: %s', (_where, answer) => {
    expect(added({ input: 1000, output: 300 }, answer)).toEqual(WHOLE);
  });

  it('completes a call of which only the sum is known, and one of which nothing is', () => {
    expect(added({ total: 1300 }, { raw: REPR })).toEqual(WHOLE);
    expect(added({}, { meta: { usage: CHAT } })).toEqual(WHOLE);
  });

  it('makes up for an input that left the caches out', () => {
    const usage = {
      input_tokens: 100,
      cache_read_input_tokens: 700,
      cache_creation_input_tokens: 200,
      output_tokens: 9,
    };
    const reading = call({ input: 100, output: 9 });
    addUsageInside(reading, { message: { usage } });
    expect(reading.usage).toMatchObject({ input: 100, cacheRead: 700, cacheWrite: 200, output: 9 });
    expect(reading.convention.input).toBe('exclusive');
  });

  it.each([
    ['of other totals', { input: 999, output: 300 }, { usage: CHAT }],
    ['in a text, where the call has nothing to compare', {}, { content: `usage=${REPR.slice(REPR.indexOf('Comp'))}` }],
    ['two that differ', {}, { a: { usage: CHAT }, b: { usage: { ...CHAT, prompt_tokens: 5 } } }],
    ['with counts that cannot be', { input: 1000, output: 300 }, { usage: { ...CHAT, prompt_tokens: -1 } }],
  ])('is not believed: %s', (_why, counts, answer) => {
    expect(added(counts, answer)).toMatchObject({ cacheRead: null, reasoning: null });
  });

  it('adds the reasoning where the call knows its caches, and changes nothing where it knows both', () => {
    const reading = call({ input: 1000, output: 300 });
    reading.usage.cacheRead = 0;
    addUsageInside(reading, { usage: CHAT });
    expect(reading.usage).toMatchObject({ cacheRead: 0, reasoning: 128 });
    reading.usage.reasoning = 5;
    addUsageInside(reading, { usage: CHAT });
    expect(reading.usage).toMatchObject({ cacheRead: 0, reasoning: 5 });
  });
});
