import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireFeedback } from '../feedback';
import type { WireRelease } from '../releases';
import type { WireEvent } from '../wireEvent';

const HOUR_MS = 3_600_000;

/** A collector in memory: takes calls once per id, and answers the hourly query that the demo asks. */
export interface StubCollector {
  readonly url: string;
  readonly events: Map<string, WireEvent>;
  readonly prices: unknown[];
  /** By call. */
  readonly feedback: Map<string, WireFeedback>;
  /** By service and version. */
  readonly releases: Map<string, WireRelease>;
  /** Replies to give before serving, e.g. back-pressure. */
  readonly refusals: Array<{ status: number; headers?: Record<string, string>; body: object }>;
  /** Keys that came as bearer tokens. */
  readonly keys: Set<string | undefined>;
  close(): Promise<void>;
}

export async function startStubCollector(): Promise<StubCollector> {
  const events = new Map<string, WireEvent>();
  const prices: unknown[] = [];
  const feedback: StubCollector['feedback'] = new Map();
  const releases: StubCollector['releases'] = new Map();
  const refusals: StubCollector['refusals'] = [];
  const keys: StubCollector['keys'] = new Set();

  const answers: Record<string, (body: string) => object> = {
    '/v1/events': (body) => {
      const calls = body.split('\n').map((line) => JSON.parse(line) as WireEvent);
      const items = calls.map(({ id }) => ({ id, status: events.has(id) ? 'duplicate' : 'accepted' }));
      calls.forEach((call) => events.set(call.id, call));
      const accepted = items.filter(({ status }) => status === 'accepted').length;
      return { accepted, duplicate: items.length - accepted, rejected: 0, items };
    },
    '/v1/prices': (body) => {
      prices.push(JSON.parse(body));
      return {};
    },
    '/v1/feedback': (body) => {
      (JSON.parse(body) as WireFeedback[]).forEach((item) => feedback.set(item.call, item));
      return {};
    },
    '/v1/releases': (body) => {
      (JSON.parse(body) as WireRelease[]).forEach((item) => releases.set(`${item.service} ${item.version}`, item));
      return {};
    },
    '/v1/query': () => {
      const hours = new Map<number, number>();
      for (const { time } of events.values()) {
        const hour = Math.floor(Date.parse(time) / HOUR_MS) * HOUR_MS;
        hours.set(hour, (hours.get(hour) ?? 0) + 1);
      }
      const rows = [...hours].sort(([a], [b]) => a - b).map(([hour, calls]) => [new Date(hour).toISOString(), calls]);
      return { columns: [{ name: 'time' }, { name: 'calls' }], rows };
    },
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      keys.add(request.headers.authorization?.replace('Bearer ', ''));
      const refusal = refusals.shift();
      const answer = refusal?.body ?? answers[request.url ?? '']?.(Buffer.concat(chunks).toString());
      response.writeHead(refusal?.status ?? (answer ? 200 : 404), refusal?.headers);
      response.end(JSON.stringify(answer ?? {}));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    prices,
    feedback,
    releases,
    refusals,
    keys,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
