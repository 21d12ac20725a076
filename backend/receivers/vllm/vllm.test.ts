import { advance, isIdle, readSeries, type Series } from './counters';
import { parseMetrics } from './prometheusText';

/** As vLLM's page has it. */
const PAGE = `# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{engine="0",model_name="qwen"} 1.2345e+06
vllm:prompt_tokens_created{engine="0",model_name="qwen"} 1.7e+09
vllm:prompt_tokens_total{engine="1",model_name="a \\"b\\" \\\\ {c},\\n"} 5.0
vllm:prompt_tokens_cached_total{engine="0",model_name="qwen"} 400000.0
vllm:prompt_tokens_by_source_total{engine="0",model_name="qwen",source="local_compute"} 834500.0
vllm:generation_tokens_total{engine="0",model_name="qwen"} 1000.0 1700000000000
vllm:generation_tokens_total{engine="1",model_name="a \\"b\\" \\\\ {c},\\n",} 0.0 # {trace_id="x"} 1
vllm:request_success_total{engine="0",finished_reason="stop",model_name="qwen"} 10.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="qwen"} 2.0
vllm:prefix_cache_hits_total{engine="0",model_name="qwen"} 999999.0
vllm:generation_tokens_total{engine="2",model_name="half"} 1.0
vllm:broken{engine="0" 1
vllm:gauge +Inf
process_start_time_seconds 1.6e+09
`;

it('reads the text format, label values with everything in them included', () => {
  const samples = parseMetrics(PAGE);
  expect(samples).toHaveLength(13);
  expect(samples[2]).toEqual({
    name: 'vllm:prompt_tokens_total',
    labels: { engine: '1', model_name: 'a "b" \\ {c},\n' },
    value: 5,
  });
  expect(samples.at(-2)).toEqual({ name: 'vllm:gauge', labels: {}, value: Infinity });
});

it('finds the counters of each model and engine that has both token counters', () => {
  expect(readSeries(parseMetrics(PAGE))).toEqual([
    {
      model: 'a "b" \\ {c},\n',
      engine: '1',
      epoch: 1.6e9,
      counters: { prompt: 5, cached: null, generation: 0, requests: null },
    },
    {
      model: 'qwen',
      engine: '0',
      epoch: 1.7e9,
      counters: { prompt: 1_234_500, cached: 400_000, generation: 1_000, requests: 12 },
    },
  ]);
});

describe('advance', () => {
  const counters = (prompt: number, cached: number | null, generation: number, requests: number | null = 1) => ({
    prompt,
    cached,
    generation,
    requests,
  });
  const series = (epoch: number, now: Series['counters']): Series => ({ model: 'm', engine: '', epoch, counters: now });
  const from = (epoch: number, counted: Series['counters']) => ({ epoch, counted });

  it('is the difference while the process lives', () => {
    const { used, counted } = advance(from(1, counters(10, 4, 2)), series(1, counters(15, 6, 5, 3)));
    expect([used, counted]).toEqual([counters(5, 2, 3, 2), counters(15, 6, 5, 3)]);
    expect(isIdle(used)).toBe(false);
    expect(isIdle(advance(from(1, counted), series(1, counted)).used)).toBe(true);
  });

  it.each([
    ['a counter fell', from(0, counters(10, 4, 2)), series(0, counters(9, 4, 2))],
    ['only a lesser counter fell', from(0, counters(10, 4, 2)), series(0, counters(12, 4, 1))],
    [
      'the process is another one, though it is further by now',
      from(1, counters(1, 0, 1)),
      series(2, counters(9, 4, 2)),
    ],
    ['the series is new', null, series(1, counters(9, 4, 2))],
  ])('is everything when %s', (_, before, now) => {
    expect(advance(before, now)).toEqual({ used: now.counters, counted: now.counters });
  });

  it('counts cached tokens that are shown before their prompt with the next reading', () => {
    const first = advance(from(0, counters(10, 4, 2)), series(0, counters(12, 9, 3)));
    expect(first.used).toEqual(counters(2, 2, 1, 0));
    const second = advance(from(0, first.counted), series(0, counters(20, 9, 4)));
    expect(second.used).toEqual(counters(8, 3, 1, 0));
  });

  it('begins to count what a newer version shows, from there on', () => {
    const { used } = advance(from(0, counters(10, null, 2, null)), series(0, counters(12, 9, 3, 50)));
    expect(used).toEqual(counters(2, 0, 1, 0));
  });
});
