import { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedMetric } from '../../receivers/otlp/decoded';
import { DEFAULT_MAPPING } from '../../normalize/mapping';
import { normalizeMetrics, type NormalizedMetrics } from '../../normalize/metrics';
import { at, origin, received, receivedLogs, semconv, type Entries } from '../../normalize/testing/spans';
import { Ledger } from '../testing/ledger';

interface Point {
  readonly attributes: Entries;
  readonly value: number;
  readonly count?: number;
  readonly start?: number;
  /** Seconds after noon. */
  readonly time: number;
}

const MODEL = { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o-mini' };
const input = (value: number, count: number, time: number, start = 0): Point => ({
  attributes: { ...MODEL, 'gen_ai.token.type': 'input' },
  value,
  count,
  time,
  start,
});
const output = (value: number, time: number, start = 0): Point => ({
  attributes: { ...MODEL, 'gen_ai.token.type': 'output' },
  value,
  time,
  start,
});

function exported(points: readonly Point[], metric: Partial<DecodedMetric> = {}, scope = 'x'): NormalizedMetrics {
  const decoded: DecodedMetric = {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    kind: 'histogram',
    temporality: 2,
    monotonic: true,
    points: points.map(({ attributes, value, count = 1, start = 0, time }) => ({
      start: at(start),
      time: at(time),
      value,
      count,
      attributes: Attributes.of(attributes),
    })),
    ...metric,
  };
  return normalizeMetrics([{ ...origin(scope), metrics: [decoded] }], DEFAULT_MAPPING, at(9000));
}

const take = (ledger: Ledger, { readings }: NormalizedMetrics) => ledger.take({ candidates: [], links: [], readings });

describe('token metrics of a service that sends nothing else', () => {
  it('count what each export of a cumulative histogram adds', () => {
    const ledger = new Ledger();
    take(ledger, exported([input(1000, 2, 60), output(300, 60)]));
    take(ledger, exported([input(1500, 3, 120), output(400, 120)]));
    take(ledger, exported([input(1500, 3, 180), output(400, 180)]));
    expect(ledger.events).toEqual([
      expect.objectContaining({ input_tokens: 1000, output_tokens: 300, requests: 2, quality: 'from_metrics' }),
      expect.objectContaining({
        input_tokens: 500,
        output_tokens: 100,
        requests: 1,
        provider: 'openai',
        time: at(120),
      }),
    ]);
  });

  it('are not counted again when delivered again, or late', () => {
    const ledger = new Ledger();
    const exports = [exported([input(1000, 1, 60)]), exported([input(1500, 2, 120)])];
    [...exports, ...exports, exports[0]!].forEach((one) => take(ledger, one));
    expect(ledger.sums().input_tokens).toBe(1500);
  });

  it('count all of a counter that began anew', () => {
    const ledger = new Ledger();
    take(ledger, exported([input(1000, 1, 60)]));
    take(ledger, exported([input(200, 1, 120)]));
    take(ledger, exported([input(5000, 3, 300, 200)]));
    expect(ledger.sums().input_tokens).toBe(6200);
  });

  it('count deltas as they are', () => {
    const ledger = new Ledger();
    take(ledger, exported([input(1000, 1, 60)], { temporality: 1 }));
    take(ledger, exported([input(200, 1, 120)], { temporality: 1 }));
    expect(ledger.sums().input_tokens).toBe(1200);
  });

  it('of Micrometer, which reads each series at a time of its own, are one call per export', () => {
    const usage = (type: string, value: number, time: number): Point => ({
      attributes: { ...MODEL, 'gen_ai.token.type': type },
      value,
      time,
    });
    const first = [usage('input', 1011, 3.416), usage('output', 107, 3.435), usage('total', 1118, 3.464)];
    const second = [usage('output', 314, 6.429), usage('total', 3336, 6.463), usage('input', 3022, 6.412)];
    const calls = [
      { input_tokens: 1011, output_tokens: 107, time: at(3.435) },
      { input_tokens: 2011, output_tokens: 207, time: at(6.429) },
    ].map((call) => expect.objectContaining(call) as unknown);
    const apart = new Ledger();
    [first, second, first].forEach((points) => take(apart, exported(points, { kind: 'sum' })));
    expect(apart.events).toEqual(calls);
    const together = new Ledger();
    take(together, exported([...second, ...first], { kind: 'sum' }));
    expect(together.events).toEqual(calls);
  });

  it('make no event where nothing happened, and refuse what is no count', () => {
    const ledger = new Ledger();
    take(ledger, exported([input(0, 0, 60)]));
    expect(ledger.events).toEqual([]);
    expect(exported([input(-5, 1, 60), input(NaN, 1, 60)]).rejected).toHaveLength(2);
  });

  it('Claude Code: types are parts beside one another', () => {
    const point = (type: string, value: number): Point => ({
      attributes: { type, model: 'claude-x' },
      value,
      time: 60,
    });
    const points = [point('input', 3), point('output', 100), point('cacheRead', 9000), point('cacheCreation', 400)];
    const ledger = new Ledger();
    take(ledger, exported(points, { name: 'claude_code.token.usage', kind: 'sum', temporality: 1 }));
    expect(ledger.events).toEqual([
      expect.objectContaining({
        input_tokens: 9403,
        cache_read_tokens: 9000,
        output_tokens: 100,
        provider: 'anthropic',
      }),
    ]);
  });

  it('Codex CLI: parts inside of the totals, and a total that is no part', () => {
    const point = (type: string, value: number): Point => ({
      attributes: { token_type: type, model: 'gpt-5', originator: 'codex_exec' },
      value,
      time: 60,
    });
    const points = [
      point('input', 1037),
      point('cached_input', 653),
      point('cache_write_input', 0),
      point('output', 307),
      point('reasoning_output', 131),
      point('total', 1344),
    ];
    const ledger = new Ledger();
    take(ledger, exported(points, { name: 'codex.turn.token_usage', kind: 'histogram', temporality: 1 }));
    expect(ledger.events).toEqual([
      expect.objectContaining({
        input_tokens: 1037,
        cache_read_tokens: 653,
        output_tokens: 307,
        reasoning_tokens: 131,
        provider: 'openai',
        model: 'gpt-5',
      }),
    ]);
  });

  it('the newest counters: subsets under names of their own, split by modality', () => {
    const counter = (name: string, value: number, modality: string) =>
      exported([{ attributes: { ...MODEL, 'gen_ai.token.modality': modality }, value, time: 60 }], {
        name: `gen_ai.client.inference.usage.${name}`,
        kind: 'sum',
      }).readings;
    const ledger = new Ledger();
    const readings = [
      ...counter('input_tokens', 800, 'text'),
      ...counter('input_tokens', 200, 'image'),
      ...counter('cache_read.input_tokens', 640, 'text'),
      ...counter('output_tokens', 300, 'text'),
    ];
    ledger.take({ candidates: [], links: [], readings });
    expect(ledger.events).toEqual([
      expect.objectContaining({ input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300 }),
    ]);
  });

  it('vLLM, through a Prometheus receiver', () => {
    const counter = (name: string, value: number, time: number) =>
      exported([{ attributes: { model_name: 'qwen', engine: '0' }, value, time }], { name, kind: 'sum' }).readings;
    const ledger = new Ledger();
    for (const [value, time] of [
      [100, 60],
      [250, 120],
      [40, 180],
    ] as const) {
      const readings = [
        ...counter('vllm:prompt_tokens_total', value, time),
        ...counter('vllm:generation_tokens_total', value / 2, time),
      ];
      ledger.take({ candidates: [], links: [], readings });
    }
    expect(ledger.sums()).toMatchObject({ input_tokens: 290, output_tokens: 145 });
    expect(ledger.events[0]).toMatchObject({ model: 'qwen', provider: 'vllm' });
  });

  it('Gemini CLI: the metric under the common name repeats its own', () => {
    expect(exported([input(1000, 1, 60)], {}, 'gemini-cli').readings).toEqual([]);
  });
});

describe('token metrics of a service with a better signal', () => {
  const metrics = () => exported([input(1000, 1, 60), output(300, 60)]);
  const spans = () => received([{ attributes: semconv(1000, 300) }]);
  const logs = () =>
    receivedLogs([{ name: 'gen_ai.client.inference.operation.details', attributes: semconv(1000, 300) }]);

  it.each([
    ['spans', spans],
    ['log events', logs],
  ])('%s are not counted, whichever comes first', (_signal, better) => {
    for (const metricsFirst of [true, false]) {
      const ledger = new Ledger();
      if (metricsFirst) {
        take(ledger, metrics());
        expect(ledger.sums().input_tokens).toBe(1000);
      }
      ledger.take(better());
      take(ledger, metrics());
      expect(ledger.sums()).toMatchObject({ calls: 1, input_tokens: 1000 });
    }
  });
});
