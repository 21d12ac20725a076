import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { tracesBody } from './spans';

/** A client of the collector in a process of its own: makes its requests beforehand, then only sends. */

export type Command =
  | { readonly kind: 'prepare'; readonly requests: number; readonly spans: number; readonly gzip: boolean }
  /** Sends all that was prepared, so many at a time. */
  | { readonly kind: 'burst'; readonly url: string; readonly concurrency: number }
  /** Sends what was prepared one every so many ms, whether or not those before were answered. */
  | { readonly kind: 'pace'; readonly url: string; readonly everyMs: number };

export interface Sent {
  readonly calls: number;
  readonly spans: number;
  readonly bytes: number;
  readonly seconds: number;
  /** ms from when a request was due to its answer. */
  readonly latencies: readonly number[];
  readonly refused: number;
}

interface Body {
  readonly bytes: Buffer;
  readonly spans: number;
  readonly calls: number;
}

let bodies: Body[] = [];
let zipped = false;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function prepare(requests: number, spans: number, gzip: boolean): void {
  zipped = gzip;
  bodies = Array.from({ length: requests }, () => {
    const { protobuf, ...counts } = tracesBody(spans);
    return { ...counts, bytes: gzip ? gzipSync(protobuf) : protobuf };
  });
}

/** @returns the status. */
function post(url: string, { bytes }: Body): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': bytes.length,
          ...(zipped ? { 'content-encoding': 'gzip' } : {}),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      }
    );
    request.once('error', reject);
    request.end(bytes);
  });
}

async function measure(
  send: (latencies: number[], answered: (status: number) => void) => Promise<void>
): Promise<Sent> {
  const sum = (of: (body: Body) => number) => bodies.reduce((total, body) => total + of(body), 0);
  const latencies: number[] = [];
  let refused = 0;
  // While requests were prepared nobody noticed that the collector closed what was idle for so long.
  agent.destroy();
  const started = performance.now();
  await send(latencies, (status) => {
    refused += status === 200 ? 0 : 1;
  });
  return {
    calls: sum(({ calls }) => calls),
    spans: sum(({ spans }) => spans),
    bytes: sum(({ bytes }) => bytes.length),
    seconds: (performance.now() - started) / 1000,
    latencies,
    refused,
  };
}

const burst = (url: string, concurrency: number): Promise<Sent> =>
  measure(async (latencies, answered) => {
    let next = 0;
    const client = async () => {
      for (let body = bodies[next++]; body; body = bodies[next++]) {
        const due = performance.now();
        answered(await post(url, body));
        latencies.push(performance.now() - due);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, client));
  });

const pace = (url: string, everyMs: number): Promise<Sent> =>
  measure(async (latencies, answered) => {
    const started = performance.now();
    const open: Array<Promise<void>> = [];
    for (const [index, body] of bodies.entries()) {
      const due = started + index * everyMs;
      const wait = due - performance.now();
      if (wait > 0) {
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      open.push(
        post(url, body).then((status) => {
          answered(status);
          latencies.push(performance.now() - due);
        })
      );
    }
    await Promise.all(open);
  });

async function obey(command: Command): Promise<Sent | null> {
  switch (command.kind) {
    case 'prepare':
      prepare(command.requests, command.spans, command.gzip);
      return null;
    case 'burst':
      return burst(command.url, command.concurrency);
    case 'pace':
      return pace(command.url, command.everyMs);
  }
}

process.on('message', (command: Command) => {
  obey(command).then(
    (sent) => process.send!({ sent }),
    (error: unknown) => process.send!({ error: String(error) })
  );
});
