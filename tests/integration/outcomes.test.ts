import { type CollectorProcess, startCollector } from './collectorProcess';

/**
 * Every figure is computed by hand. The price: 1 USD per 1M input tokens, 10 per 1M output tokens, so that a call of 1,000
 * and 100 tokens costs 0.002 USD.
 */
const DAY = 86_400_000;
const HOUR = 3_600_000;
const YESTERDAY = Math.floor(Date.now() / DAY) * DAY - DAY + 10 * HOUR;
const iso = (ms: number) => new Date(ms).toISOString();
const RANGE = { from: iso(YESTERDAY - DAY), to: iso(Date.now() + HOUR) };

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', model: 'm', input: '1', output: '10', effective_from: '2020-01-01T00:00:00Z' };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(() => collector.stop());

const call = (id: string, tenant: string, fields: object = {}) => ({
  id,
  tenant,
  time: iso(YESTERDAY),
  provider: 'p',
  model: 'm',
  feature: 'chat',
  usage: { input_tokens: 1_000, output_tokens: 100 },
  ...fields,
});
const post = async (route: string, body: unknown) => {
  const reply = await collector.call('POST', route, body);
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.json;
};
async function ask(tenant: string, metrics: string[], group_by: string[] = []): Promise<unknown[][]> {
  const filters = [{ dimension: 'tenant', operator: '=', values: [tenant] }];
  const { rows } = await post('/v1/query', { ...RANGE, metrics, group_by, filters });
  return rows as unknown[][];
}
/** Outcomes are found a moment after calls and feedback. */
async function becomes(asked: () => Promise<unknown>, expected: unknown): Promise<void> {
  let last: unknown;
  for (let i = 0; i < 60; i++) {
    last = await asked();
    if (JSON.stringify(last) === JSON.stringify(expected)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(last).toEqual(expected);
}

describe('without feedback', () => {
  it('a success is a call that ended ok with an accepted finish reason', async () => {
    await post('/v1/events', [
      call('a1', 'rule', { finish_reason: 'stop' }),
      call('a2', 'rule', { finish_reason: 'length' }),
      call('a3', 'rule', { finish_reason: 'content-filter' }),
      call('a4', 'rule', { status: 'error' }),
      call('a5', 'rule', { finish_reason: 'tool_calls' }),
    ]);
    // 5 × 0.002 over a1 and a5; a2, a3 and a4 brought nothing.
    await becomes(
      () => ask('rule', ['successes', 'success_ratio', 'cost_per_success', 'unsuccessful_cost']),
      [[2, 0.4, '0.005', '0.006']]
    );
  });

  it('a tenant’s rule decides what is accepted, for calls that are there too', async () => {
    await post('/v1/outcome-rules', { tenant: 'rule', accepted_finish_reasons: ['stop', 'length'] });
    await becomes(() => ask('rule', ['successes', 'cost_per_success']), [[2, '0.005']]);
    await becomes(
      () => ask('rule', ['successes'], ['finish_reason']),
      [
        ['length', 1],
        ['stop', 1],
        ['content-filter', 0],
        ['tool_calls', 0],
        [null, 0],
      ]
    );
  });
});

describe('feedback', () => {
  it('replaces the default for a call, and may be corrected; the same again is nothing new', async () => {
    await post('/v1/events', [call('f1', 'judged'), call('f2', 'judged', { status: 'error' })]);
    const bad = { tenant: 'judged', call: 'f1', success: false, time: iso(YESTERDAY + 1_000) };
    const good = { tenant: 'judged', call: 'f2', label: 'Thumbs up', name: 'thumbs' };
    expect(await post('/v1/feedback', [bad, good])).toMatchObject({ accepted: 2, rejected: 0 });
    // The error was fine after all, the other was not: still one of two, and its 0.002 are lost.
    await becomes(
      () => ask('judged', ['successes', 'unsuccessful_cost'], ['status']),
      [
        ['error', 1, '0'],
        ['ok', 0, '0.002'],
      ]
    );
    expect(await post('/v1/feedback', bad)).toMatchObject({ duplicate: 1 });
    expect(await post('/v1/feedback', { ...bad, success: true, time: iso(YESTERDAY) })).toMatchObject({ outdated: 1 });
    expect(await post('/v1/feedback', { ...bad, success: true, time: iso(YESTERDAY + 2_000) })).toMatchObject({
      corrected: 1,
    });
    await becomes(() => ask('judged', ['successes', 'success_ratio', 'cost_per_success']), [[2, 1, '0.002']]);
  });

  it('may come before the usage, by the provider’s response id', async () => {
    await post('/v1/feedback', { tenant: 'early', call: 'resp-1', success: false });
    await post('/v1/events', [call('e1', 'early', { response_id: 'resp-1' }), call('e2', 'early')]);
    await becomes(() => ask('early', ['successes', 'calls', 'cost_per_success']), [[1, 2, '0.004']]);
  });

  it('on a run holds for all its calls but those that have their own; the score is counted once', async () => {
    await post('/v1/events', [
      call('r1', 'run', { run_id: 'run-1', agent: 'a' }),
      call('r2', 'run', { run_id: 'run-1', agent: 'b', usage: { input_tokens: 3_000, output_tokens: 300 } }),
      call('r3', 'run', { run_id: 'run-2', agent: 'a' }),
      call('r4', 'run', { run_id: 'run-3', agent: 'a' }),
    ]);
    await post('/v1/feedback', [
      { tenant: 'run', run: 'run-1', score: 4, success: false },
      { tenant: 'run', call: 'r1', success: true },
      { tenant: 'run', run: 'run-2', score: '0.5' },
    ]);
    // Rated: run-1 (0.002 + 0.006) with 4 points and run-2 (0.002) with half a point: 0.01 by 4.5.
    await becomes(
      () => ask('run', ['ratings', 'score', 'successes', 'cost_per_point']),
      [[2, 2.25, 3, '0.002222222222222222']]
    );
    // run-1's 4 points are divided by cost, 1 : 3.
    await becomes(
      () => ask('run', ['cost_per_point', 'successes'], ['agent']),
      [
        ['a', '0.002666666666666667', 3],
        ['b', '0.002', 0],
      ]
    );
  });

  it('comes as OpenTelemetry’s evaluation events too', async () => {
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const nano = (ms: number) => `${ms}000000`;
    const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
    const resource = { attributes: [text('service.name', 's'), text('tenant', 'otel')] };
    const span = {
      traceId,
      spanId,
      name: 'chat m',
      kind: 3,
      startTimeUnixNano: nano(YESTERDAY),
      endTimeUnixNano: nano(YESTERDAY + 500),
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'p'),
        text('gen_ai.response.model', 'm'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000' } },
        { key: 'gen_ai.usage.output_tokens', value: { intValue: '100' } },
      ],
    };
    const evaluation = {
      timeUnixNano: nano(YESTERDAY + 9_000),
      traceId,
      spanId,
      eventName: 'gen_ai.evaluation.result',
      attributes: [
        text('gen_ai.evaluation.name', 'Relevance'),
        text('gen_ai.evaluation.score.label', 'fail'),
        { key: 'gen_ai.evaluation.score.value', value: { doubleValue: 0.25 } },
      ],
    };
    const scope = { name: 'test' };
    await post('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [evaluation] }] }] });
    await post('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] });
    await becomes(() => ask('otel', ['calls', 'successes', 'score', 'cost_per_point']), [[1, 0, 0.25, '0.008']]);
    const { feedback } = (await collector.call('GET', `/v1/feedback?from=${RANGE.from}`)).json as {
      feedback: Array<{ tenant: string; name: string; calls: number }>;
    };
    expect(feedback.find(({ tenant }) => tenant === 'otel')).toMatchObject({ name: 'Relevance', calls: 1 });
  });

  it('says what is wrong with an item', async () => {
    const wrong = await collector.call('POST', '/v1/feedback', { call: 'x', run: 'y', success: true });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('one of call, run and session')]);
    const unknown = await collector.call('POST', '/v1/feedback', { call: 'x', succes: true });
    expect(unknown.text).toContain('nearest known one is \\"success\\"');
    expect((await collector.call('POST', '/v1/feedback', { call: 'x' })).text).toContain('success, score and label');
  });
});

it('finds retries by their chain in a run or by their prompt, where attempts are not counted', async () => {
  const at = (seconds: number, fields: object) => ({
    time: iso(YESTERDAY + seconds * 1_000),
    duration_ms: 500,
    ...fields,
  });
  await post('/v1/events', [
    call('c1', 'chains', at(1, { run_id: 'r', agent: 'a', status: 'error' })),
    call('c2', 'chains', at(3, { run_id: 'r', agent: 'a' })),
    // Another step of the run, and an hour later: no retries.
    call('c3', 'chains', at(5, { run_id: 'r', agent: 'b' })),
    call('c4', 'chains', at(3_600, { run_id: 'r', agent: 'a' })),
    call('c5', 'chains', at(7, { tags: { prompt_hash: 'h' }, status: 'timeout' })),
    call('c6', 'chains', at(9, { tags: { prompt_hash: 'h' } })),
    // Counted by the client: a retry already, and after it a new request.
    call('c7', 'chains', at(11, { run_id: 'q', status: 'error' })),
    call('c8', 'chains', at(13, { run_id: 'q', status: 'error', attempt: 2 })),
    call('c9', 'chains', at(15, { run_id: 'q' })),
  ]);
  // Retries: c2, c6, c8. Lost: those three and the failed c1, c5, c7.
  await becomes(
    () => ask('chains', ['retries', 'retry_cost', 'wasted_cost', 'wasted_ratio', 'unsuccessful_cost']),
    [[3, '0.006', '0.012', 0.6666666666666666, '0.008']]
  );
});

it('what failures and retries without a price cost is unknown, and not 0', async () => {
  const unpriced = { model: 'nobody knows it' };
  await post('/v1/events', [
    call('u1', 'unknown cost', { ...unpriced, feature: 'again', attempt: 2 }),
    call('u2', 'unknown cost', { feature: 'again' }),
    call('u3', 'unknown cost', { ...unpriced, feature: 'failed', status: 'error' }),
    call('u4', 'unknown cost', { feature: 'failed' }),
    call('u5', 'unknown cost', { ...unpriced, feature: 'fine' }),
    call('u6', 'unknown cost', { feature: 'fine' }),
  ]);
  await becomes(
    () => ask('unknown cost', ['retry_cost', 'failed_cost', 'wasted_cost'], ['feature']).then((rows) => rows.sort()),
    [
      ['again', null, '0', null],
      ['failed', '0', null, null],
      ['fine', '0', '0', '0'],
    ]
  );
});

it('cost per successful tool call', async () => {
  await post('/v1/events', [
    call('t1', 'tools', { tool: 'search' }),
    call('t2', 'tools', { tool: 'search', status: 'error' }),
    call('t3', 'tools'),
  ]);
  await becomes(() => ask('tools', ['cost_per_tool_success', 'cost_per_success']), [['0.004', '0.003']]);
});

it('compares cost per success with the target of the feature', async () => {
  const rule = { tenant: 'tools', targets: { chat: '0.002' } };
  const { rules } = (await post('/v1/outcome-rules', rule)) as {
    rules: Array<{ tenant: string | null; targets: object }>;
  };
  expect(rules[0]).toMatchObject({ tenant: null, targets: { '': '0.005' } });
  const reply = await collector.call('GET', `/v1/reports/efficiency?from=${RANGE.from}&to=${RANGE.to}`);
  const rows = reply.json.rows as Array<{ tenant: string }>;
  expect(rows.find(({ tenant }) => tenant === 'tools')).toMatchObject({
    feature: 'chat',
    total_cost: '0.006',
    cost_per_success: '0.003',
    target: '0.002',
    of_target: 1.5,
  });
  expect(rows.find(({ tenant }) => tenant === 'chains')).toMatchObject({ target: '0.005' });
  // Over several tenants: all costs by what all successes may cost.
  const filters = [{ dimension: 'tenant', operator: '=', values: ['tools', 'chains'] }];
  const query = async (body: object) => (await post('/v1/query', { ...RANGE, filters, ...body })).rows as unknown[][];
  const [[ofTarget, cost]] = (await query({ metrics: ['of_target', 'total_cost'] })) as [[number, string]];
  const successes = (await query({ metrics: ['successes'], group_by: ['tenant'] })) as Array<[string, number]>;
  const may = successes.reduce((sum, [tenant, count]) => sum + count * (tenant === 'tools' ? 0.002 : 0.005), 0);
  expect(ofTarget).toBeCloseTo(Number(cost) / may, 10);
});
