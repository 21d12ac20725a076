import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { admit } from './auth';
import { jsonOf } from './body';
import { checkHost } from './guard';
import { badRequest, problemBody, problemFor } from './problem';
import type { Authorize } from './routes/authorize';
import type { Services } from './services';

const PATH = '/v1/authorize';
/** Larger, compressed and chunked bodies take the long way. */
const MAX_BYTES = 65_536;

const HEADERS = ['x-content-type-options', 'nosniff', 'cache-control', 'no-store'];

function isPlain({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === PATH &&
    headers['content-encoding'] === undefined &&
    Number(headers['content-length'] ?? Infinity) <= MAX_BYTES
  );
}

const incomplete = () => badRequest('the request ended before its body was complete');

/** A body that says its length; Node's parser holds it to that. */
function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
    request.once('error', () => reject(incomplete()));
    request.once('close', () => !request.complete && reject(incomplete()));
  });
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  const type = status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8';
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, [
    ...HEADERS,
    ...Object.entries(headers).flat(),
    'content-type',
    type,
    'content-length',
    length,
  ]);
  response.end(body);
}

/**
 * Answers `POST /v1/authorize`, which is asked thousands of times a second, without Express: its chain of routers took more
 * processor time than the decision. The same checks in the same order; whatever is not plain goes on to the application.
 */
export function directly(
  { authenticator, log, metrics }: Services,
  authorize: Authorize,
  application: RequestListener
): RequestListener {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const end = metrics.requests.startTimer({ method: 'POST', route: PATH });
    try {
      const reading = read(request);
      // Awaited later: what is wrong before that is told first.
      reading.catch(() => undefined);
      await checkHost(authenticator, request.headers.host);
      const principal = await admit(authenticator, request.headers, 'ingest');
      const found = await authorize(principal, jsonOf(request, await reading));
      send(response, 200, {}, JSON.stringify(found));
    } catch (error) {
      const problem = problemFor(error, log, { method: 'POST', path: PATH });
      send(response, problem.status, problem.headers, problemBody(problem, PATH));
    }
    end({ status: String(response.statusCode) });
  }

  return (request, response) => {
    if (isPlain(request)) {
      void answer(request, response);
    } else {
      application(request, response);
    }
  };
}
