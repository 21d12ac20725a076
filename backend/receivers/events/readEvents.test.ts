import { readEvents, type ReadEvents } from './readEvents';

const NOW = Date.UTC(2026, 0, 15) * 1000;
const call = { id: 'c', time: '2026-01-15T00:00:00Z', provider: 'p', model: 'm' };
const read = (...items: object[]): ReadEvents =>
  readEvents(Buffer.from(JSON.stringify(items)), {
    mediaType: 'application/json',
    tenant: null,
    headers: {},
    now: NOW,
  });

/** What is known of a call's usage, with its quality and tier. */
function usageOf(usage: object, more: object = {}): object {
  const { events, rejected } = read({ ...call, ...more, usage });
  expect(rejected).toEqual([]);
  const { event } = events[0]!;
  const fields = Object.entries(event).filter(([name]) => /_tokens$|^(web_searches|quality|service_tier)$/.test(name));
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}

describe('usage of an event', () => {
  it.each([
    [
      'OpenAI chat',
      {
        prompt_tokens: 1000,
        completion_tokens: 300,
        total_tokens: 1300,
        prompt_tokens_details: { cached_tokens: 640 },
        completion_tokens_details: { reasoning_tokens: 128 },
      },
      { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128, quality: 'exact' },
    ],
    [
      'OpenAI responses',
      {
        input_tokens: 1000,
        input_tokens_details: { cached_tokens: 640 },
        output_tokens: 300,
        output_tokens_details: { reasoning_tokens: 128 },
        total_tokens: 1300,
      },
      { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128, quality: 'exact' },
    ],
    [
      'Anthropic: caches beside the input, searches, the served tier',
      {
        input_tokens: 111,
        cache_creation_input_tokens: 2000,
        cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
        cache_read_input_tokens: 5000,
        output_tokens: 222,
        server_tool_use: { web_search_requests: 2 },
        service_tier: 'batch',
      },
      {
        input_tokens: 7111,
        cache_read_tokens: 5000,
        cache_write_5m_tokens: 1500,
        cache_write_1h_tokens: 500,
        output_tokens: 222,
        web_searches: 2,
        service_tier: 'batch',
        quality: 'exact',
      },
    ],
    [
      "Anthropic's fast mode",
      { input_tokens: 10, cache_read_input_tokens: 0, output_tokens: 5, service_tier: 'standard', speed: 'fast' },
      { input_tokens: 10, cache_read_tokens: 0, output_tokens: 5, service_tier: 'fast', quality: 'exact' },
    ],
    [
      'Gemini: thoughts beside the candidates',
      { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 20, thoughtsTokenCount: 5 },
      { input_tokens: 100, cache_read_tokens: 60, output_tokens: 25, reasoning_tokens: 5, quality: 'exact' },
    ],
    [
      'Bedrock Converse: caches beside the input',
      { inputTokens: 10, outputTokens: 7, totalTokens: 117, cacheReadInputTokens: 80, cacheWriteInputTokens: 20 },
      {
        input_tokens: 110,
        cache_read_tokens: 80,
        cache_write_5m_tokens: 20,
        output_tokens: 7,
        quality: 'exact',
      },
    ],
    [
      "Bedrock's invocation metrics",
      { inputTokenCount: 10, outputTokenCount: 7, cacheReadInputTokenCount: 80, invocationLatency: 900 },
      { input_tokens: 90, cache_read_tokens: 80, output_tokens: 7, quality: 'exact' },
    ],
    [
      'DeepSeek: the prompt is hits and misses',
      { prompt_tokens: 100, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36, completion_tokens: 9 },
      { input_tokens: 100, cache_read_tokens: 64, output_tokens: 9, quality: 'exact' },
    ],
    [
      'caches that can only stand beside',
      { prompt_tokens: 10, completion_tokens: 5, cache_read_input_tokens: 80 },
      { input_tokens: 90, cache_read_tokens: 80, output_tokens: 5, quality: 'inferred_convention' },
    ],
    [
      'the words of the contract',
      { input_tokens: 100, cache_read_tokens: 60, output_tokens: 9 },
      { input_tokens: 100, cache_read_tokens: 60, output_tokens: 9, quality: 'exact' },
    ],
    [
      'the same with caches that can only stand beside',
      { input_tokens: 10, cache_read_tokens: 60, output_tokens: 9 },
      { input_tokens: 70, cache_read_tokens: 60, output_tokens: 9, quality: 'inferred_convention' },
    ],
    [
      'zeros, which are said',
      { prompt_tokens: 0, completion_tokens: 0 },
      { input_tokens: 0, output_tokens: 0, quality: 'exact' },
    ],
    ['nothing', {}, { quality: 'no_usage' }],
  ])('%s', (_, usage, expected) => {
    expect(usageOf(usage)).toEqual(expected);
  });

  it("keeps the tier that the event itself says over the one in a provider's usage", () => {
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: 'standard' };
    expect(usageOf(usage, { service_tier: 'batch' })).toMatchObject({ service_tier: 'batch' });
  });

  it.each([
    [
      'words of both',
      { prompt_tokens: 5, cache_read_tokens: 3 },
      /"cache_read_tokens" is the collector's own word and "prompt_tokens"/,
    ],
    [
      'a typing error',
      { input_tokens: 5, ouput_tokens: 3 },
      /unknown field "usage.ouput_tokens"; the nearest known one is "output_tokens"/,
    ],
    ['a negative count', { prompt_tokens: -5 }, /prompt_tokens must be a whole number ≥ 0, not -5/],
    ['no counts', { service_tier: 'batch' }, /has none of its token counts/],
    [
      'more audio than input',
      { prompt_tokens: 5, prompt_tokens_details: { audio_tokens: 9 } },
      /audio_input_tokens and image_input_tokens are parts of input_tokens/,
    ],
  ])('refuses %s by name, and keeps its neighbours', (_, usage, reason) => {
    const { events, rejected } = read({ ...call, usage }, call);
    expect(rejected).toEqual([{ index: 0, id: 'c', reason: expect.stringMatching(reason) as string }]);
    expect(events).toHaveLength(1);
  });

  it('refuses what is nested too deeply, alone', () => {
    const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000);
    const body = `[{"time":"2026-01-15T00:00:00Z","usage":{"prompt_tokens":1,"x":${deep}}}, ${JSON.stringify(call)}]`;
    const { events, rejected } = readEvents(Buffer.from(body), {
      mediaType: 'application/json',
      tenant: null,
      headers: {},
      now: NOW,
    });
    expect(rejected).toEqual([{ index: 0, id: null, reason: 'usage: is nested too deeply' }]);
    expect(events).toHaveLength(1);
  });
});

describe('a body', () => {
  const raw = (text: string): ReadEvents =>
    readEvents(Buffer.from(text), { mediaType: 'application/json', tenant: null, headers: {}, now: NOW });

  it('of lines under the name of JSON is read line by line, and a wrong line refuses itself', () => {
    const { events, rejected, many } = raw(
      `${JSON.stringify(call)}\n{"id":\n${JSON.stringify({ ...call, id: 'd' })}\n`
    );
    expect(events.map(({ id }) => id)).toEqual(['c', 'd']);
    expect(rejected.map(({ index }) => index)).toEqual([1]);
    expect(many).toBe(true);
  });

  it.each([['[\n{"model":"m"},\n{"model":\n]'], ['{"model":'], ['{\n"model":"m",\n}'], ['x\n{"model":"m"}']])(
    '%j is no list of lines',
    (text) => {
      expect(() => raw(text)).toThrow('not valid JSON');
    }
  );

  it('of an event that says nothing of a call is refused with what to say', () => {
    const { events, rejected } = read({}, { id: 'x', time: call.time, tags: { a: 'b' } }, { model: 'm' });
    expect(events).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('give at least one of model'),
      expect.stringContaining('give at least one of model'),
    ]);
  });
});
