import { normalizeTraces } from '../traces';
import { at, decodedSpan, origin, semconv, type Entries } from '../testing/spans';

const event = (version: string, attributes: Entries) => {
  const group = { ...origin('org.springframework.boot'), scopeVersion: version, spans: [decodedSpan({ attributes })] };
  return normalizeTraces([group], undefined, at(3600)).candidates[0]?.event;
};

const anthropic = (more: Entries = {}): Entries => ({
  ...semconv(7187, 3121, { 'gen_ai.usage.total_tokens': 10308, ...more }),
  'gen_ai.provider.name': 'anthropic',
});

describe('calls as Spring AI reports them', () => {
  it("Anthropic's caches are beside the input, however small they are", () => {
    const cached = { 'gen_ai.usage.cache_read.input_tokens': 300, 'gen_ai.usage.cache_creation.input_tokens': 40 };
    expect(event('4.0.3', anthropic(cached))).toMatchObject({
      input_tokens: 7527,
      cache_read_tokens: 300,
      cache_write_5m_tokens: 40,
      output_tokens: 3121,
    });
  });

  it('what says nothing of caches is told so', () => {
    expect(event('4.0.3', anthropic())?.quality).toBe('no_cache_detail');
    expect(event('3.5.8', semconv(9, 9))?.quality).toBe('no_cache_detail');
  });

  it('a stream of nothing to nothing never knew its usage; a failure may have had none', () => {
    const nothing = semconv(0, 0, { 'gen_ai.usage.total_tokens': 0 });
    expect(event('3.5.8', nothing)).toMatchObject({ input_tokens: null, output_tokens: null, quality: 'no_usage' });
    expect(event('3.5.8', { ...nothing, 'error.type': 'Timeout' })).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
    });
  });

  it('a call that ended in tools begins a sum in release 1 alone', () => {
    const tools = semconv(9, 9, { 'gen_ai.response.finish_reasons': '["TOOL_CALLS"]' });
    expect(event('3.5.8', tools)?.source).toBe('otlp:org.springframework.boot/tools');
    expect(event('4.0.3', tools)?.source).toBe('otlp:org.springframework.boot');
    expect(event('3.5.8', semconv(9, 9))?.source).toBe('otlp:org.springframework.boot');
  });
});
