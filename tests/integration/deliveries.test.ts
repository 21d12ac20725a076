import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { signed } from '../../backend/webhook';
import { type CollectorProcess, startCollector } from './collectorProcess';
import { until } from './until';

const SECRET = 'a secret of sixteen characters or more';
const now = new Date();
const MONTH = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);

interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}
/** An ERP that is away for its first request. */
const received: Received[] = [];
const erp = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.writeHead(received.length === 1 ? 503 : 204).end();
  });
});

let folder: string;
let collector: CollectorProcess;
const deliveries = async () => {
  const { json } = await collector.call('GET', '/v1/chargeback/deliveries');
  return json.deliveries as Array<Record<'name' | 'month' | 'delivered_at' | 'last_error', string | null>>;
};
const deliveredNames = async () =>
  (await deliveries()).filter((one) => one.delivered_at !== null).map(({ name }) => name);

beforeAll(async () => {
  await new Promise<void>((resolve) => erp.listen(0, '127.0.0.1', resolve));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-statements-'));
  fs.writeFileSync(path.join(folder, 'not a folder'), '');
  const config = path.join(folder, 'llmcost.json');
  const { port } = erp.address() as AddressInfo;
  fs.writeFileSync(
    config,
    // JSON is YAML.
    JSON.stringify({
      chargeback: {
        deliveries: [
          { name: 'shelf', folder: path.join(folder, 'all'), format: 'focus' },
          { name: 'acme', folder: path.join(folder, 'all'), tenant: 'acme/1' },
          { name: 'erp', webhook_url: `http://127.0.0.1:${port}/in`, format: 'json' },
          { name: 'impossible', folder: path.join(folder, 'not a folder') },
        ],
      },
    })
  );
  collector = await startCollector({ env: { LLMCOST_CONFIG: config, LLMCOST_WEBHOOK_SECRET: SECRET } });
  const price = { provider: 'p', model: 'm', input: '1', output: '10', effective_from: '2020-01-01T00:00:00Z' };
  expect((await collector.call('POST', '/v1/prices', price)).status).toBe(201);
  const call = {
    time: `${MONTH}-03T12:00:00Z`,
    provider: 'p',
    model: 'm',
    usage: { input_tokens: 7, output_tokens: 1 },
  };
  const events = [
    { ...call, id: '1', tenant: 'acme/1' },
    { ...call, id: '2', tenant: 'other' },
  ];
  expect((await collector.call('POST', '/v1/events', events)).status).toBe(200);
});
afterAll(async () => {
  await collector.stop();
  await new Promise((resolve) => erp.close(resolve));
});

it('delivers nothing before the month is closed', async () => {
  expect(await deliveries()).toEqual([]);
  const early = await collector.call('POST', '/v1/chargeback/deliveries', { name: 'erp', month: MONTH });
  expect([early.status, early.json.detail]).toEqual([409, `${MONTH} is not closed: POST /v1/chargeback/close`]);
});

it('puts the statement of a closed month into folders, and tells why one can not be', async () => {
  expect((await collector.call('POST', '/v1/chargeback/close', { month: MONTH })).status).toBe(201);
  await until(async () => (await deliveredNames()).join() === 'acme,shelf' && received.length > 0);
  const download = async (query: string) =>
    (await collector.call('GET', `/v1/reports/chargeback?month=${MONTH}&${query}`)).text;
  const files = fs.readdirSync(path.join(folder, 'all'));
  expect(files.sort()).toEqual([`chargeback-${MONTH}-USD-acme%2F1.csv`, `focus-1.2-${MONTH}-USD.csv`]);
  const content = (name: string) => fs.readFileSync(path.join(folder, 'all', name), 'utf8');
  expect(content(files[1]!)).toBe(await download('format=focus'));
  expect(content(files[0]!)).toBe(await download('format=csv&tenant=acme%2F1'));
  expect(content(files[0]!)).not.toContain('other');
  const impossible = (await deliveries()).find(({ name }) => name === 'impossible');
  expect(impossible?.last_error).toMatch(/EEXIST|ENOTDIR/);
});

it('sends to a webhook until it is taken, signed, and under one id', async () => {
  expect((await deliveries()).find(({ name }) => name === 'erp')).toMatchObject({
    delivered_at: null,
    last_error: 'answered 503',
  });
  const again = await collector.call('POST', '/v1/chargeback/deliveries', { name: 'erp', month: MONTH });
  expect(again.status).toBe(202);
  await until(async () => (await deliveredNames()).includes('erp'));
  expect(received).toHaveLength(2);
  const [{ headers: first }, { headers, body }] = received as [Received, Received];
  expect(headers['webhook-id']).toBe(first['webhook-id']);
  expect(headers).toMatchObject(
    signed(SECRET, headers['webhook-id'] as string, Number(headers['webhook-timestamp']), body)
  );
  expect(headers['content-disposition']).toBe(`attachment; filename="chargeback-${MONTH}-USD.json"`);
  expect(JSON.parse(body)).toMatchObject({ month: MONTH, total: '0.000034' });
});

it('knows only the deliveries of the configuration', async () => {
  const { status, json } = await collector.call('POST', '/v1/chargeback/deliveries', { name: 'x', month: MONTH });
  expect([status, json.detail]).toEqual([404, 'there is no delivery "x": shelf, acme, erp, impossible']);
});
