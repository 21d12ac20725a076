import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { spendOf } from '../budgets/spend';
import { pricedEvent, type PricedEvent, type Pricing, type UsageEvent } from '../events/usageEvent';
import type { Candidate, SpanLink } from '../normalize/candidate';
import type { CounterReading } from '../normalize/metrics';
import type { Metrics } from '../observe';
import type { PriceBook } from '../pricing/book';
import { price } from '../pricing/calculate';
import type { Spool } from '../spool/spool';
import { EventBatcher } from '../storage/batcher';
import { deleteEvents, type EventChange, updateEvents } from '../storage/changes';
import { isDataError, isUnavailable, Overloaded, sqlState, StorageUnavailable } from '../storage/errors';
import { transactionOf } from '../storage/transaction';
import { writeEvents } from '../storage/writer';
import { decide } from './decide';
import type { Decision, EventUpdate } from './decision';
import { OnceJournal, pruneJournal } from './once/journal';
import { OnceMemory, type OnceEdges } from './once/onceMemory';
import { Refused, type Refusal } from './refused';

/** What a receiver hands over: a report of a call, or only a span that connects calls of its trace. */
export type Report =
  | {
      readonly kind: 'call';
      readonly candidate: Candidate;
      /** Came with an id and without a time: the first arrival's time is the call's. */
      readonly undated: boolean;
    }
  | { readonly kind: 'link'; readonly link: SpanLink }
  | { readonly kind: 'counter'; readonly reading: CounterReading };

/** What became of a report. */
export type Outcome =
  { readonly status: 'accepted' | 'duplicate' } | { readonly status: 'rejected'; readonly reason: string };

const ACCEPTED: Outcome = { status: 'accepted' };
const DUPLICATE: Outcome = { status: 'duplicate' };

export interface IngestOptions {
  /** Pipelined, see PoolOptions. */
  readonly pool: Pool;
  /** The price book in force, read inside the transaction so that every replica prices alike. */
  readonly book: (client: PoolClient) => Promise<PriceBook>;
  readonly metrics: Metrics;
  /** Takes what the database can't take now. */
  readonly spool: Spool<readonly Report[]>;
  readonly log: Logger;
}

/** After the database failed, requests go to the spool without asking it, but for one try in this time (ms). */
const RETRY_MS = 1_000;
/** What callers are told to wait when the spool has no room either. */
const SPOOL_RETRY_SECONDS = 5;

/**
 * From reports of calls to priced rows: joins the reports of many requests into few transactions, counts each call once,
 * prices it at its time and stores it. A report is answered after its transaction is committed.
 */
export class Ingest {
  private readonly batcher: EventBatcher<Report, Outcome>;
  /** When the database failed last, ms since 1970; 0 while it works. */
  private failedAt = 0;
  private draining: Promise<void> | null = null;
  private readonly timer: NodeJS.Timeout;
  /** What is remembered of calls, to count each of them once. */
  private readonly once = new OnceMemory();
  private readonly journal = new OnceJournal(this.once);
  /** What of the memory's edges is in the metrics already. */
  private told: OnceEdges = { sightingsPushedOut: 0, tracesPushedOut: 0, lateTraces: 0 };
  /** What was acknowledged into the spool and can't be stored. */
  readonly refused: Refused;
  /** Why the spool can't be drained, as it was logged last. */
  private stuck = '';

  constructor(private readonly options: IngestOptions) {
    const { pool, metrics } = options;
    this.batcher = new EventBatcher({
      pool,
      // The next one decides while the database stores what the one before has sent.
      writers: 2,
      enter: (client) => this.journal.enter(client),
      process: (client, reports) => this.process(client, reports),
      onCommit: (rows, milliseconds) => {
        this.countForgotten();
        metrics.commits.observe(milliseconds / 1000);
        metrics.batchRows.observe(rows);
      },
    });
    this.refused = new Refused({ ...options, store: (reports) => this.store(reports) });
    metrics.remembered(() => this.once.size.sightings);
    metrics.window(() => (this.once.oldest === null ? 0 : Date.now() / 1000 - this.once.oldest / 1e6));
    metrics.waiting(() => this.batcher.waiting);
    metrics.spooled(() => options.spool.bytes);
    this.timer = setInterval(() => this.startDraining(), RETRY_MS);
  }

  /**
   * @returns one outcome per report, in their order, once all of them are durable: committed, or synced in the spool.
   * What is in the spool counts as accepted; that it is a duplicate turns out when it is stored.
   * @throws Overloaded or StorageUnavailable (storage/errors.ts): nothing was acknowledged, send all again.
   */
  async submit(reports: readonly Report[]): Promise<Outcome[]> {
    if (reports.length === 0) {
      return [];
    }
    if (Date.now() - this.failedAt < RETRY_MS) {
      return this.putAside(reports);
    }
    try {
      const outcomes = await this.store(reports);
      this.failedAt = 0;
      return outcomes;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) {
        throw error;
      }
      if (this.failedAt === 0) {
        this.options.log.warn({ err: error.cause }, 'the database is unavailable; events go to the spool');
      }
      this.failedAt = Date.now();
      return this.putAside(reports);
    }
  }

  /** The same for what comes from nobody who could be told of a refusal: a refused report is kept (see {@link Refused}). */
  async submitUntold(reports: readonly Report[]): Promise<void> {
    const outcomes = await this.submit(reports);
    const refusals = outcomes.flatMap((outcome, i) =>
      outcome.status === 'rejected' ? [{ report: reports[i]!, reason: outcome.reason }] : []
    );
    if (refusals.length > 0) {
      await this.refused.keep(refusals);
    }
  }

  /** Removes from the journal what no memory holds any more, and counts what other collectors refused. */
  async prune(): Promise<void> {
    await pruneJournal(this.options.pool, this.once);
    await this.refused.look();
  }

  /** Stores what waits and takes nothing more. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.batcher.close();
    await this.draining;
    await this.options.spool.close();
  }

  private async store(reports: readonly Report[]): Promise<Outcome[]> {
    const results = await this.batcher.submit(reports);
    return results.map((result) => {
      if (result.status === 'fulfilled') {
        return result.value;
      }
      const reason: unknown = result.reason;
      if (!(reason instanceof Error) || !isDataError(reason) || sqlState(reason) === undefined) {
        throw reason;
      }
      return { status: 'rejected', reason: reason.message };
    });
  }

  /**
   * Stores what comes out of the spool. It was acknowledged, so that nobody is there to be told of a refusal: what can't be
   * stored, be it for a fault of our own, is kept aside, and only then may the spool go on.
   */
  private async storeSpooled(reports: readonly Report[]): Promise<void> {
    const results = await this.batcher.submit(reports);
    const refusals = results.flatMap((result, i): Refusal[] => {
      const reason = refusalOf(result);
      return reason === null ? [] : [{ report: reports[i]!, reason }];
    });
    if (refusals.length > 0) {
      await this.refused.keep(refusals);
    }
  }

  private async putAside(reports: readonly Report[]): Promise<Outcome[]> {
    try {
      await this.options.spool.append(reports);
    } catch (error) {
      throw new StorageUnavailable(SPOOL_RETRY_SECONDS, error);
    }
    return reports.map(() => ACCEPTED);
  }

  private startDraining(): void {
    if (this.draining || this.options.spool.empty) {
      return;
    }
    const { spool, log } = this.options;
    this.draining = spool
      .drain((reports) => this.storeSpooled(reports))
      .then(
        (count) => {
          this.failedAt = 0;
          this.stuck = '';
          log.info({ requests: count }, 'the spool is drained');
        },
        (error: unknown) => {
          if (!(error instanceof StorageUnavailable) && !(error instanceof Overloaded) && !isUnavailable(error)) {
            // Once per cause: the same line every second helps nobody.
            const cause = String(error);
            log[cause === this.stuck ? 'debug' : 'error'](
              { err: error },
              'the spool can not be drained; it is tried again every second'
            );
            this.stuck = cause;
          }
        }
      )
      .finally(() => {
        this.draining = null;
      });
  }

  private async process(client: PoolClient, reports: readonly Report[]): Promise<Outcome[]> {
    const calls = reports.flatMap((report) => (report.kind === 'call' ? [report] : []));
    const links = reports.flatMap((report) => (report.kind === 'link' ? [report.link] : []));
    const readings = reports.flatMap((report) => (report.kind === 'counter' ? [report.reading] : []));
    await fixTimes(client, calls);
    const now = Date.now() * 1000;
    const candidates = calls.map(({ candidate }) => candidate);
    const [alone, linked] = partition(candidates, (candidate) => standsAlone(candidate, now));
    const turn = this.journal.begin(client);
    const asked = Promise.all([this.options.book(client), spendOf(client)]);
    asked.catch(() => undefined);
    const decision = await turn.decide(() => decide({ candidates: linked, links, readings }, this.once, now));
    decision.insert.push(...alone.map(({ event }) => event));
    const [book] = await asked;
    const priced = priceAll(decision.insert, book);
    await deleteEvents(client, decision.void);
    const outcomes = await this.insert(client, priced, decision);
    await updateEvents(
      client,
      decision.update.flatMap((update) => changeOf(update, book))
    );
    turn.sent();
    return reports.map((report) => {
      if (report.kind !== 'call') {
        return ACCEPTED;
      }
      const id = report.candidate.event.event_id;
      const outcome = outcomes.get(id) ?? DUPLICATE;
      // The same event again in this batch: the first one was taken.
      if (outcome === ACCEPTED) {
        outcomes.set(id, DUPLICATE);
      }
      return outcome;
    });
  }

  /** @returns what became of the inserted events, by their ids. */
  private async insert(
    client: PoolClient,
    { events, outcomes }: PricedBatch,
    { duplicates }: Decision
  ): Promise<Map<string, Outcome>> {
    const { inserted } = await writeEvents(client, events);
    events.forEach((event, i) => inserted[i] && outcomes.set(event.event_id, ACCEPTED));
    transactionOf(client).onEnd.push((committed) => {
      if (committed) {
        this.count(
          events.filter((_, i) => inserted[i]),
          duplicates
        );
      }
    });
    return outcomes;
  }

  /** What the memory had to forget since the last time. */
  private countForgotten(): void {
    const { sightingsPushedOut, tracesPushedOut, lateTraces } = this.once.edges;
    const { forgotten } = this.options.metrics;
    forgotten.inc({ what: 'reports' }, sightingsPushedOut - this.told.sightingsPushedOut);
    forgotten.inc({ what: 'traces' }, tracesPushedOut - this.told.tracesPushedOut);
    forgotten.inc({ what: 'late_traces' }, lateTraces - this.told.lateTraces);
    this.told = { sightingsPushedOut, tracesPushedOut, lateTraces };
  }

  private count(stored: readonly PricedEvent[], duplicates: Record<string, number>): void {
    const { metrics } = this.options;
    for (const { pricing } of stored) {
      if (!pricing.priced) {
        metrics.unpriced.inc({ reason: pricing.unpriced_reason });
      }
    }
    for (const [reason, number] of Object.entries(duplicates)) {
      metrics.duplicates.inc({ reason }, number);
    }
  }
}

/** Why a report can't be stored, or null. @throws what says nothing about the report itself. */
function refusalOf(result: PromiseSettledResult<Outcome>): string | null {
  if (result.status === 'fulfilled') {
    return result.value.status === 'rejected' ? result.value.reason : null;
  }
  const reason: unknown = result.reason;
  if (!(reason instanceof Error) || !isDataError(reason)) {
    throw reason;
  }
  return reason.message;
}

/** How long after a call another report of it may come, µs. */
const TWIN_AGE = 24 * 3600 * 1e6;

/**
 * Whether no other report can be of the same call: an event with nothing that connects it to others, or history that is
 * sent in. It is once by its id alone, and remembering it would only push out what has twins.
 */
function standsAlone({ event, signal, callIds }: Candidate, now: number): boolean {
  const connected = event.trace_id !== null || event.response_id !== null || callIds.length > 0;
  return signal === 'event' && !connected && (event.service === null || event.time < now - TWIN_AGE);
}

function partition<T>(list: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  const sides: [T[], T[]] = [[], []];
  list.forEach((item) => sides[holds(item) ? 0 : 1].push(item));
  return sides;
}

interface PricedBatch {
  readonly events: PricedEvent[];
  /** Of the events that have no price that can be stored; the others follow. */
  readonly outcomes: Map<string, Outcome>;
}

function priceAll(events: readonly UsageEvent[], book: PriceBook): PricedBatch {
  const batch: PricedBatch = { events: [], outcomes: new Map() };
  for (const event of events) {
    const pricing = tryPrice(event, book);
    if ('reason' in pricing) {
      batch.outcomes.set(event.event_id, { status: 'rejected', reason: pricing.reason });
    } else {
      batch.events.push(pricedEvent(event, pricing));
    }
  }
  return batch;
}

/** @returns the pricing, or why the event can't be stored: an amount over int64 is refused, not wrapped. */
function tryPrice(event: UsageEvent, book: PriceBook): Pricing | { reason: string } {
  try {
    return price(event, book);
  } catch (error) {
    if (error instanceof RangeError) {
      return { reason: error.message };
    }
    throw error;
  }
}

/** An update with its new price; one that can't be stored leaves the row as it is. */
function changeOf({ event_id, time, set, event }: EventUpdate, book: PriceBook): EventChange[] {
  const pricing = tryPrice(event, book);
  return 'reason' in pricing ? [] : [{ event_id, time, changes: { ...set, pricing } }];
}

/** Gives events without a time the time of their first arrival, so that redelivery meets the same row. */
async function fixTimes(
  client: PoolClient,
  calls: ReadonlyArray<{ candidate: Candidate; undated: boolean }>
): Promise<void> {
  const events = new Map(
    calls.filter(({ undated }) => undated).map(({ candidate }) => [candidate.event.event_id, candidate.event])
  );
  if (events.size === 0) {
    return;
  }
  const ids = [...events.keys()].sort();
  await client.query(
    `INSERT INTO public.event_times (event_id, time)
     SELECT id, timestamptz 'epoch' + us * interval '1 microsecond' FROM unnest($1::uuid[], $2::bigint[]) AS new(id, us)
     ON CONFLICT DO NOTHING`,
    [ids, ids.map((id) => events.get(id)!.time)]
  );
  const { rows } = await client.query<{ event_id: string; us: bigint }>(
    `SELECT event_id, (extract(epoch FROM time) * 1000000)::bigint AS us FROM public.event_times WHERE event_id = ANY ($1::uuid[])`,
    [ids]
  );
  const times = new Map(rows.map(({ event_id, us }) => [event_id, Number(us)]));
  for (const { candidate, undated } of calls) {
    if (undated) {
      candidate.event.time = times.get(candidate.event.event_id) ?? candidate.event.time;
    }
  }
}
