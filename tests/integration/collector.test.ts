import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { credentials, makeGenericClientConstructor, Metadata, type ServiceError } from '@grpc/grpc-js';
import { OPENAPI } from '../../backend/http/openapi';
import { type CollectorProcess, startCollector } from './collectorProcess';

const NOW = Date.now();
const at = (offsetMs = 0) => new Date(NOW - 60_000 + offsetMs).toISOString();
const call = (id: string, more: object = {}) => ({
  id,
  time: at(),
  tenant: 'acme',
  provider: 'p',
  model: 'm',
  usage: { input_tokens: 1000, output_tokens: 100 },
  ...more,
});
const NDJSON = { 'content-type': 'application/x-ndjson' };
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollector();
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01T00:00:00Z', input: '1', output: '10' };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
});

const send = (body: unknown, headers?: Record<string, string>) => collector.call('POST', '/v1/events', body, headers);

async function total(filters: object[] = [], metrics = ['total_cost', 'calls']): Promise<unknown[]> {
  const reply = await collector.call('POST', '/v1/query', {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics,
    filters,
  });
  expect(reply.status).toBe(200);
  return (reply.json.rows as unknown[][])[0]!;
}
const only = (tenant: string) => [{ dimension: 'tenant', operator: '=', values: [tenant] }];

describe('POST /v1/events', () => {
  it('stores once, prices exactly, and shows the event by either id', async () => {
    const first = await send(call('once', { tenant: 'once' }));
    expect(first.json).toMatchObject({ accepted: 1, duplicate: 0, rejected: 0 });
    expect((await send([call('once', { tenant: 'once' })])).json).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await total(only('once'))).toEqual(['0.002', 1]);
    const [item] = first.json.items as Array<{ event_id: string }>;
    for (const id of ['once', item!.event_id]) {
      const event = (await collector.call('GET', `/v1/events/${id}`)).json;
      expect(event).toMatchObject({ input_cost: '1000000000', output_cost: '1000000000', total_cost: '2000000000' });
    }
    expect((await collector.call('GET', '/v1/events/never-sent')).status).toBe(404);
  });

  it('keeps one row of an event without a time that is sent again', async () => {
    const event = { ...call('undated', { tenant: 'undated' }), time: undefined };
    await send(event);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await send(event)).json).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await total(only('undated'))).toEqual(['0.002', 1]);
  });

  it.each([
    ['negative tokens', { usage: { input_tokens: -1 } }, 'usage.input_tokens: must not be negative'],
    ['fractions of tokens', { usage: { input_tokens: 1.5 } }, 'usage.input_tokens: must be a whole number'],
    ['1970', { time: '1970-01-01T00:00:00Z' }, 'time: is before 2015: is it in seconds, or empty?'],
    ['2200', { time: '2200-01-01T00:00:00Z' }, 'time: is more than a day in the future'],
    ['no time', { time: 'yesterday' }, 'time: must be an RFC 3339 time'],
    ['an unknown field', { tenent: 'x' }, 'unknown field "tenent"; the nearest known one is "tenant"'],
    [
      'an unknown usage field',
      { usage: { input_token: 1 } },
      'unknown field "usage.input_token"; the nearest known one is "input_tokens"',
    ],
    ['a float for money', { reported_cost: 0.1 }, 'reported_cost: must be a decimal string in USD'],
    ['an unknown status', { status: 'fine' }, 'status: must be one of ok, error'],
    ['a long name', { model: 'x'.repeat(2000) }, 'model: must have at most 1024 characters'],
    ['NUL', { model: 'a\0' }, 'model: must not contain a NUL character'],
  ])('refuses %s and keeps its neighbours', async (name, change, reason) => {
    const tenant = `neighbours of ${name}`;
    const alone = await send(call('bad', change));
    expect(alone.status).toBe(400);
    expect(alone.headers.get('content-type')).toMatch('application/problem+json');
    expect(alone.json.detail).toContain(reason);
    const mixed = await send([call('a', { tenant }), call('bad', change), call('b', { tenant })]);
    expect(mixed.status).toBe(200);
    expect(mixed.json).toMatchObject({ accepted: 2, rejected: 1 });
    expect((mixed.json.items as object[])[1]).toMatchObject({ index: 1, id: 'bad', status: 'rejected' });
    expect(await total(only(tenant), ['calls'])).toEqual([2]);
  });

  it('takes the good lines of NDJSON, a broken one and invalid UTF-8 refuse themselves', async () => {
    const line = (id: string) => JSON.stringify(call(id, { tenant: 'lines' }));
    const body = Buffer.concat([
      Buffer.from(`${line('l1')}\n{"id": broken\n\n`),
      Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]),
      Buffer.from(`${line('l2')}\r\n`),
    ]);
    const reply = await send(body, NDJSON);
    expect(reply.json).toMatchObject({ accepted: 2, rejected: 2 });
    expect(await total(only('lines'), ['calls'])).toEqual([2]);
  });

  it('takes CloudEvents, structured and binary', async () => {
    const data = { tenant: 'cloud', provider: 'p', model: 'm', usage: { input_tokens: 1 } };
    const cloud = { specversion: '1.0', id: 'c1', source: '/billing', type: 'usage', time: at(), data };
    expect((await send(JSON.stringify(cloud), { 'content-type': 'application/cloudevents+json' })).json.accepted).toBe(
      1
    );
    const headers = { ...JSON_TYPE, 'ce-specversion': '1.0', 'ce-id': 'c1', 'ce-source': '/billing', 'ce-time': at() };
    expect((await send(JSON.stringify(data), headers)).json.duplicate).toBe(1);
  });

  it.each([
    ['no JSON', '{', JSON_TYPE, 400, 'not valid JSON'],
    ['nothing', '', JSON_TYPE, 400, 'the body is empty'],
    ['another media type', 'x=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content-type must be'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), JSON_TYPE, 400, 'not valid UTF-8'],
    ['gzip that is none', 'x', { ...JSON_TYPE, 'content-encoding': 'gzip' }, 400, 'content-encoding'],
    ['an unknown encoding', 'x', { ...JSON_TYPE, 'content-encoding': 'zstd' }, 415, 'content-encoding must be'],
    ['a number', '7', JSON_TYPE, 400, 'an event is a JSON object'],
  ])('refuses %s', async (_, body, headers, status, detail) => {
    const reply = await send(body, headers);
    expect([reply.status, reply.json.status]).toEqual([status, status]);
    expect(reply.json.detail).toContain(detail);
  });

  it('refuses a gzip bomb and a body of 100 MB, and stays small and alive', async () => {
    const memory = () =>
      Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${collector.pid}/status`, 'utf8'))![1]) / 1024;
    const before = memory();
    const bomb = gzipSync(Buffer.alloc(1_000_000_000, ' '), { level: 9 });
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => send(bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' }))
    );
    expect(replies.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
    // The connection may be cut while such a body is still being sent.
    const large = await send(Buffer.alloc(100_000_000, ' '), JSON_TYPE).catch(() => null);
    expect(large?.status ?? 413).toBe(413);
    expect(memory() - before).toBeLessThan(400);
    expect((await collector.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('OTLP', () => {
  const span = (id: string, attributes: Record<string, string | number>, endMs = NOW) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: id,
    name: 'chat m',
    kind: 3,
    startTimeUnixNano: `${endMs - 500}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    })),
  });
  const usage = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'p',
    'gen_ai.response.model': 'm',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 5,
  };
  const request = (tenant: string, ...spans: object[]) => ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'tenant.id', value: { stringValue: tenant } }] },
        scopeSpans: [{ scope: { name: 'test' }, spans }],
      },
    ],
  });

  it('takes JSON, gzip included, once', async () => {
    const body = gzipSync(JSON.stringify(request('spans', span('00000000000000a1', usage))));
    for (let i = 0; i < 2; i++) {
      const reply = await collector.call('POST', '/v1/traces', body, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      expect([reply.status, reply.text]).toEqual([200, '{}']);
    }
    expect(await total(only('spans'))).toEqual(['0.00006', 1]);
  });

  it('keeps the good spans of a request and tells of the others', async () => {
    const body = request(
      'partly',
      span('00000000000000b1', usage),
      span('00000000000000b2', usage, 0),
      span('00', usage)
    );
    const reply = await collector.call('POST', '/v1/traces', body);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ partialSuccess: { rejectedSpans: expect.anything() as unknown } });
    expect(Number((reply.json.partialSuccess as { rejectedSpans: unknown }).rejectedSpans)).toBe(2);
    expect(await total(only('partly'), ['calls'])).toEqual([1]);
  });

  it('keeps the good spans beside what is no span at all, and bytes that are no UTF-8', async () => {
    const good = [span('00000000000000c1', usage), span('00000000000000c2', usage)];
    const text = JSON.stringify(request('beside', good[0]!, { attributes: 5 }, good[1]!)).replace('"p"', '"p?"');
    const body = Buffer.from(text);
    body[text.indexOf('"p?"') + 2] = 0xe2;
    const reply = await collector.call('POST', '/v1/traces', body, JSON_TYPE);
    expect(reply.json).toMatchObject({
      partialSuccess: { errorMessage: 'resourceSpans[0].scopeSpans[0].spans[1].attributes: a list is expected' },
    });
    expect(await total(only('beside'), ['calls'])).toEqual([2]);
  });

  it('refuses what is no protobuf with a status message, and what is no JSON with a problem', async () => {
    const bad = await collector.call('POST', '/v1/traces', Buffer.from([0x0a, 0xff, 0xff, 0xff]), PROTOBUF);
    expect([bad.status, bad.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    expect((await collector.call('POST', '/v1/traces', '[', JSON_TYPE)).json.status).toBe(400);
    expect((await collector.call('POST', '/v1/traces', 'x', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('answers over gRPC', async () => {
    const bytes = (buffer: Buffer) => buffer;
    const Client = makeGenericClientConstructor(
      {
        Export: {
          path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          requestStream: false,
          responseStream: false,
          requestSerialize: bytes,
          requestDeserialize: bytes,
          responseSerialize: bytes,
          responseDeserialize: bytes,
        },
      },
      'TraceService'
    );
    const client = new Client(`127.0.0.1:${collector.grpcPort}`, credentials.createInsecure());
    const send = (body: Buffer) =>
      new Promise<ServiceError | Buffer>((resolve) => {
        const method = client.Export as unknown as (
          body: Buffer,
          metadata: Metadata,
          done: (error: ServiceError | null, reply: Buffer) => void
        ) => void;
        method.call(client, body, new Metadata(), (error, reply) => resolve(error ?? reply));
      });
    expect(await send(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
    expect(await send(Buffer.from([0x0a, 0xff, 0xff, 0xff]))).toMatchObject({ code: 3 });
    client.close();
  });
});

describe('calls that failed without usage', () => {
  const failed = { tenant: 'failed', usage: {} };
  const unpricedOfLastDay = async () => (await collector.call('GET', '/v1/status')).json.unpriced_calls_24h as number;

  it('raise no alarm: a call that was turned away costs nothing, an error is unpriced but not asked after', async () => {
    const before = await unpricedOfLastDay();
    await send([
      call('limited', { ...failed, status: 'rate_limited' }),
      call('broken', { ...failed, status: 'error' }),
      call('silent', { ...failed, status: 'ok' }),
    ]);
    expect(await total(only('failed'), ['calls', 'total_cost', 'unpriced_calls'])).toEqual([3, '0', 2]);
    expect(await unpricedOfLastDay()).toBe(before + 1);
    const { explanation } = (await collector.call('GET', '/v1/events/limited')).json as {
      explanation: { words: string[] };
    };
    expect(explanation.words.join(' ')).toContain('turned the call away');
  });
});

describe('the rest of the surface', () => {
  it('tells a person what this is', async () => {
    const page = await collector.call('GET', '/', undefined, { accept: 'text/html' });
    expect(page.text).toContain('<h1>LLM Cost collector');
    expect(page.text).toContain(collector.base);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('answers queries as CSV', async () => {
    const query = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', metrics: ['calls'], group_by: ['model'] };
    const reply = await collector.call('POST', '/v1/query', query, { accept: 'text/csv' });
    expect(reply.text).toMatch(/^model,calls\r\nm,\d+\r\n$/);
  });

  it('explains a wrong query', async () => {
    const reply = await collector.call('POST', '/v1/query', { from: at(), to: at(1000), metrics: ['totl_cost'] });
    expect(reply.status).toBe(400);
    expect(reply.json.detail).toBe('metrics[0]: unknown metric "totl_cost"; the nearest known one is "total_cost"');
    const regex = await collector.call('POST', '/v1/query', {
      from: at(),
      to: at(1000),
      metrics: ['calls'],
      filters: [{ dimension: 'model', operator: '=~', values: ['('] }],
    });
    expect([regex.status, regex.json.detail]).toEqual([400, expect.stringContaining('not a regular expression')]);
  });

  it('refuses overlapping prices and floats', async () => {
    const price = { provider: 'p', model: 'm', effective_from: '2026-01-01T00:00:00Z', input: '2', output: '2' };
    const overlap = await collector.call('POST', '/v1/prices', price);
    expect([overlap.status, overlap.json.title]).toEqual([409, 'Conflict']);
    const float = await collector.call('POST', '/v1/prices', { ...price, model: 'other', input: 2 });
    expect(float.status).toBe(400);
    expect(float.json.detail).toMatch(/^input: /);
  });

  it('answers unknown paths, and never one with ".." in any form', async () => {
    expect((await collector.call('GET', '/v1/nothing')).status).toBe(404);
    expect((await collector.call('GET', '/v1/a/..%2f..%2fmetrics')).status).toBe(400);
    expect((await collector.call('GET', '/v1/a/%252e%252e/metrics')).status).toBe(400);
  });

  it('refuses names that resolve to this machine', async () => {
    const http = await import('node:http');
    const status = await new Promise<number | undefined>((resolve) => {
      http.get(`${collector.base}/v1/prices`, { headers: { host: 'evil.example:4318' } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
    });
    expect(status).toBe(403);
  });

  it('counts what it took', async () => {
    const { text } = await collector.call('GET', '/metrics');
    expect(text).toMatch(/llmcost_events_total\{receiver="events",outcome="accepted"\} \d+/);
    expect(text).toMatch(/llmcost_spool_bytes 0/);
  });

  it('describes every route in OpenAPI', async () => {
    const document = (await collector.call('GET', '/openapi.json')).json;
    expect(document).toEqual(JSON.parse(JSON.stringify(OPENAPI)));
    const folder = path.join(__dirname, '../../backend/http/routes');
    const sources = fs
      .readdirSync(folder)
      .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
      .join('\n');
    const routes = [...sources.matchAll(/router\.(get|post|delete|put)\(\s*'([^']+)'/g)].map(
      ([, method, route]) => `${method} ${route!.replace(/:(\w+)/g, '{$1}')}`
    );
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => `${method} ${route}`)
    );
    expect(routes.length).toBeGreaterThan(10);
    expect(described).toEqual(expect.arrayContaining(routes));
  });
});

describe('repricing', () => {
  it('shows what would change, changes it, keeps the originals, and undoes it', async () => {
    const day = new Date(NOW - 10 * 86_400_000).toISOString();
    await send([call('r1', { tenant: 'again', time: day, model: 'new' }), call('r2', { tenant: 'again', time: day })]);
    expect(await total(only('again'), ['total_cost', 'unpriced_calls'])).toEqual(['0.002', 1]);
    const price = { provider: 'p', model: 'new', effective_from: '2020-01-01T00:00:00Z', input: '3', output: '0' };
    await collector.call('POST', '/v1/prices', price);
    const order = { from: '2020-01-01T00:00:00Z', to: new Date(NOW).toISOString(), filters: only('again') };
    const dry = (await collector.call('POST', '/v1/prices/reprice', order)).json;
    const expected = {
      events: 2,
      changed: 1,
      newly_priced: 1,
      old_cost: '0.002',
      new_cost: '0.005',
      difference: '0.003',
    };
    expect(dry).toMatchObject({ ...expected, dry_run: true, audit_id: null });
    expect(await total(only('again'), ['total_cost'])).toEqual(['0.002']);

    const done = await collector.call('POST', '/v1/prices/reprice', { ...order, dry_run: false, why: 'contract' });
    expect(done.json).toMatchObject({ ...expected, dry_run: false });
    expect(done.json.largest_movers).toEqual([
      { tenant: 'again', model: 'new', calls: 1, old_cost: '0', new_cost: '0.003', difference: '0.003' },
    ]);
    expect(await total(only('again'), ['total_cost', 'unpriced_calls'])).toEqual(['0.005', 0]);
    const { entries } = (await collector.call('GET', '/v1/prices/audit')).json as { entries: Array<{ why: string }> };
    expect(entries[0]!.why).toBe('contract');

    const undone = await collector.call('POST', '/v1/prices/undo', { audit_id: done.json.audit_id });
    expect(undone.json.events).toBe(1);
    expect(await total(only('again'), ['total_cost', 'unpriced_calls'])).toEqual(['0.002', 1]);
  });
});
