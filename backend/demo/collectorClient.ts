import type { BudgetInput } from '../budgets/budget';
import type { PriceRowInput } from '../pricing/priceRow';
import { askedPause, fetchFailure, isNotNow, NotNow, retrying } from '../retrying';
import { problemOf } from '../cli/api';
import type { WireFeedback } from './feedback';
import type { WireRelease } from './releases';
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
const FEEDBACK_BATCH = 500;

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

  /** Posts what users say of calls. */
  async postFeedback(feedback: readonly WireFeedback[]): Promise<void> {
    for (let i = 0; i < feedback.length; i += FEEDBACK_BATCH) {
      const body = JSON.stringify(feedback.slice(i, i + FEEDBACK_BATCH));
      await this.send('POST', '/v1/feedback', 'application/json', body);
    }
  }

  /** Posts releases; those that are there already change nothing. */
  async postReleases(releases: readonly WireRelease[]): Promise<void> {
    if (releases.length > 0) {
      await this.send('POST', '/v1/releases', 'application/json', JSON.stringify(releases));
    }
  }

  /** Adds rows to the price book; false when such rows are there already. */
  async postPrice(row: PriceRowInput): Promise<boolean> {
    const reply = await this.send('POST', '/v1/prices', 'application/json', JSON.stringify(row), [409]);
    return reply !== null;
  }

  /** Makes a budget; one that is sent twice is there twice. */
  async postBudget(budget: BudgetInput): Promise<void> {
    await this.send('POST', '/v1/budgets', 'application/json', JSON.stringify(budget));
  }

  async query(query: object): Promise<QueryReply> {
    return (await this.send('POST', '/v1/query', 'application/json', JSON.stringify(query))) as QueryReply;
  }

  /** The JSON reply, or null for one of the statuses that are expected. Waits where the collector asks to come again. */
  private async send(method: string, path: string, type: string, body: string, expected: readonly number[] = []) {
    try {
      return await retrying(() => this.attempt(method, path, type, body, expected), {
        patienceMs: PATIENCE_MS,
        firstPauseMs: PAUSE_MS,
        longestPauseMs: MAX_PAUSE_MS,
        signal: this.signal,
      });
    } catch (error) {
      throw error instanceof NotNow ? new CollectorError(error.message) : error;
    }
  }

  /** @throws NotNow where coming again may help. */
  private async attempt(
    method: string,
    path: string,
    type: string,
    body: string,
    expected: readonly number[]
  ): Promise<unknown> {
    const headers = { 'content-type': type, ...(this.key ? { authorization: `Bearer ${this.key}` } : {}) };
    const reply = await fetch(new URL(path, this.url), {
      method,
      headers,
      body,
      signal: this.signal ?? null,
    }).catch((error: unknown) => {
      this.signal?.throwIfAborted();
      throw new NotNow(`no collector answers at ${this.url}: ${fetchFailure(error)}`);
    });
    const text = await reply.text();
    if (reply.ok) {
      return JSON.parse(text) as unknown;
    }
    if (expected.includes(reply.status)) {
      return null;
    }
    const why = `${method} ${path} answered ${reply.status}: ${problemOf(text)}`;
    throw isNotNow(reply.status) ? new NotNow(why, askedPause(reply)) : new CollectorError(why);
  }
}
