import fs from 'node:fs';
import { type CollectorProcess, startCollector } from './collectorProcess';
import { testDatabase, type TestDatabase } from './database';

/** Two collectors on one database, as behind a load balancer. */
let database: TestDatabase;
let collectors: CollectorProcess[];

beforeAll(async () => {
  database = await testDatabase();
  // One after the other: the first brings the schema up.
  collectors = [
    await startCollector({ env: { DATABASE_URL: database.url } }),
    await startCollector({ env: { DATABASE_URL: database.url } }),
  ];
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01T00:00:00Z', input: '1', output: '1' };
  expect((await collectors[0]!.call('POST', '/v1/prices', price)).status).toBe(201);
});
afterAll(async () => {
  for (const { stop, dataDir } of collectors) {
    await stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
  await database.close();
});

const TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const END = Date.now() - 5_000;

function span(id: string, parent: string, attributes: Record<string, string | number>, scope = 'test') {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] },
        scopeSpans: [
          {
            scope: { name: scope },
            spans: [
              {
                traceId: TRACE,
                spanId: id,
                parentSpanId: parent,
                name: 'chat m',
                kind: 3,
                startTimeUnixNano: `${END - 500}000000`,
                endTimeUnixNano: `${END}000000`,
                attributes: Object.entries(attributes).map(([key, value]) => ({
                  key,
                  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
                })),
              },
            ],
          },
        ],
      },
    ],
  };
}

const usage = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'p',
  'gen_ai.response.model': 'm',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 5,
};

async function sums(): Promise<unknown[]> {
  const reply = await collectors[0]!.call('POST', '/v1/query', {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics: ['calls', 'input_tokens', 'total_cost'],
  });
  return (reply.json.rows as unknown[][])[0]!;
}

it('a parent on one collector and its child on the other are one call, in either order', async () => {
  const [first, second] = collectors;
  await first!.call('POST', '/v1/traces', span('0000000000000001', '', usage, 'outer'));
  await second!.call('POST', '/v1/traces', span('0000000000000002', '0000000000000001', usage, 'inner'));
  expect(await sums()).toEqual([1, 10, '0.000015']);
  await second!.call('POST', '/v1/traces', span('0000000000000004', '0000000000000003', usage, 'inner'));
  await first!.call('POST', '/v1/traces', span('0000000000000003', '', usage, 'outer'));
  expect(await sums()).toEqual([2, 20, '0.00003']);
});

it('both take the same events at once: each is one row, nothing deadlocks', async () => {
  const events = Array.from({ length: 400 }, (_, i) => ({
    id: `e${i}`,
    time: new Date(END + i).toISOString(),
    provider: 'p',
    model: 'm',
    usage: { input_tokens: 1, output_tokens: 0 },
  }));
  const rotated = (by: number) => [...events.slice(by), ...events.slice(0, by)];
  const order = (i: number) => (i % 2 ? rotated(i * 37) : rotated(i * 53).reverse());
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => collectors[i % 2]!.call('POST', '/v1/events', order(i)))
  );
  expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(replies.reduce((sum, { json }) => sum + Number(json.accepted), 0)).toBe(400);
  expect((await sums())[0]).toBe(402);
});

it('a price posted to one holds on the other at once', async () => {
  const price = { provider: 'p', model: 'new', effective_from: '2020-01-01T00:00:00Z', input: '2', output: '2' };
  await collectors[0]!.call('POST', '/v1/prices', price);
  const event = { id: 'n', provider: 'p', model: 'new', usage: { input_tokens: 1_000_000, output_tokens: 0 } };
  await collectors[1]!.call('POST', '/v1/events', event);
  expect((await collectors[0]!.call('GET', '/v1/events/n')).json.total_cost).toBe('2000000000000');
});
