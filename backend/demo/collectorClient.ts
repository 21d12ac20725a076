import { setTimeout as sleep } from 'node:timers/promises';
import type { PriceRowInput } from '../pricing/priceRow';
import type { WireEvent } from './wireEvent';

/** Why the collector can't be used, in one line for people. */
export class CollectorError extends Error {
  override name = 'CollectorError';
}

export interface Ingested {
  readonly accepted: number;
  readonly duplicate: number;
}

interface IngestReply extends Ingested {
  readonly rejected: number;
  readonly items: ReadonlyArray<{ readonly status: string; readonly reason?: string }>;
}

export interface QueryReply {
  readonly columns: ReadonlyArray<{ readonly name: string }>;
  readonly rows: ReadonlyArray<ReadonlyArray<string | number | null>>;
  readonly unpriced: { readonly calls: string | number | null; readonly tokens: string | number | null };
}

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

/** What the demo and `npm start` need of a collector's HTTP surface. */
export class CollectorClient {
  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
    private readonly signal?: AbortSignal
  ) {}

  /** Posts calls as NDJSON. @throws CollectorError with the first reason when one was refused. */
  async postEvents(events: readonly WireEvent[]): Promise<Ingested> {
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    const reply = (await this.send('POST', '/v1/events', 'application/x-ndjson', body)) as IngestReply;
    if (reply.rejected > 0) {
      const reason = reply.items.find(({ status }) => status === 'rejected')?.reason;
      throw new CollectorError(`the collector refused ${reply.rejected} of ${events.length} events: ${reason}`);
    }
    return { accepted: reply.accepted, duplicate: reply.duplicate };
  }

  /** Adds rows to the price book; false when such rows are there already. */
  async postPrice(row: PriceRowInput): Promise<boolean> {
    const reply = await this.send('POST', '/v1/prices', 'application/json', JSON.stringify(row), [409]);
    return reply !== null;
  }

  async query(query: object): Promise<QueryReply> {
    return (await this.send('POST', '/v1/query', 'application/json', JSON.stringify(query))) as QueryReply;
  }

  /** The JSON reply, or null for one of the statuses that are expected. Waits where the collector asks to come again. */
  private async send(method: string, path: string, type: string, body: string, expected: readonly number[] = []) {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const reply = await this.attempt(method, path, type, body);
      if (reply instanceof Response) {
        const text = await reply.text();
        if (reply.ok) {
          return JSON.parse(text) as unknown;
        }
        if (expected.includes(reply.status)) {
          return null;
        }
        if (![429, 502, 503, 504].includes(reply.status) || Date.now() > giveUp) {
          throw new CollectorError(`${method} ${path} answered ${reply.status}: ${detail(text)}`);
        }
        const seconds = Number(reply.headers.get('retry-after'));
        await this.pause(seconds > 0 ? Math.min(seconds * 1000, MAX_PAUSE_MS) : PAUSE_MS);
      } else {
        if (Date.now() > giveUp) {
          throw new CollectorError(`no collector answers at ${this.url}: ${reply.message}`);
        }
        await this.pause(PAUSE_MS);
      }
    }
  }

  private async attempt(method: string, path: string, type: string, body: string): Promise<Response | Error> {
    const headers = { 'content-type': type, ...(this.key ? { authorization: `Bearer ${this.key}` } : {}) };
    try {
      return await fetch(new URL(path, this.url), { method, headers, body, signal: this.signal ?? null });
    } catch (error) {
      this.signal?.throwIfAborted();
      const { cause, message } = error as Error & { cause?: Error };
      return new Error(cause?.message ?? message);
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, this.signal ? { signal: this.signal } : {});
  }
}

/** The problem's own words, else the beginning of the body. */
function detail(text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: string };
    return problem.detail ?? text.slice(0, 200);
  } catch {
    return text.slice(0, 200);
  }
}
