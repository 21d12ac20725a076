import type { Pool, PoolClient } from 'pg';
import type { PricedEvent, Pricing, UsageEvent } from '../events/usageEvent';
import type { Candidate, SpanLink } from '../normalize/candidate';
import type { Metrics } from '../observe';
import type { PriceBook } from '../pricing/book';
import { price } from '../pricing/calculate';
import { EventBatcher } from '../storage/batcher';
import { writeEvents } from '../storage/writer';
import { decide } from './decide';

/** What a receiver hands over: a report of a call, or only a span that connects calls of its trace. */
export type Report =
  | {
      readonly kind: 'call';
      readonly candidate: Candidate;
      /** Came with an id and without a time: the first arrival's time is the call's. */
      readonly undated: boolean;
    }
  | { readonly kind: 'link'; readonly link: SpanLink };

/** What became of a report. */
export type Outcome =
  { readonly status: 'accepted' | 'duplicate' } | { readonly status: 'rejected'; readonly reason: string };

const ACCEPTED: Outcome = { status: 'accepted' };
const DUPLICATE: Outcome = { status: 'duplicate' };

export interface IngestOptions {
  readonly pool: Pool;
  /** The price book in force, read inside the transaction so that every replica prices alike. */
  readonly book: (client: PoolClient) => Promise<PriceBook>;
  readonly metrics: Metrics;
  /** The embedded engine has one session. */
  readonly writers: number;
}

/**
 * From reports of calls to priced rows: joins the reports of many requests into few transactions, counts each call once,
 * prices it at its time and stores it. A report is answered after its transaction is committed.
 */
export class Ingest {
  private readonly batcher: EventBatcher<Report, Outcome>;

  constructor(private readonly options: IngestOptions) {
    const { pool, writers, metrics } = options;
    this.batcher = new EventBatcher({
      pool,
      writers,
      process: (client, reports) => this.process(client, reports),
      onCommit: (rows, milliseconds) => {
        metrics.commits.observe(milliseconds / 1000);
        metrics.batchRows.observe(rows);
      },
    });
    metrics.waiting(() => this.batcher.waiting);
  }

  /**
   * @returns one outcome per report, in their order, once all of them are durable.
   * @throws Overloaded or StorageUnavailable (storage/errors.ts): nothing was acknowledged, send all again.
   */
  async submit(reports: readonly Report[]): Promise<Outcome[]> {
    const results = await this.batcher.submit(reports);
    return results.map((result) =>
      result.status === 'fulfilled' ? result.value : { status: 'rejected', reason: (result.reason as Error).message }
    );
  }

  /** Stores what waits and takes nothing more. */
  close(): Promise<void> {
    return this.batcher.close();
  }

  private async process(client: PoolClient, reports: readonly Report[]): Promise<Outcome[]> {
    const book = await this.options.book(client);
    const calls = reports.flatMap((report) => (report.kind === 'call' ? [report] : []));
    const links = reports.flatMap((report) => (report.kind === 'link' ? [report.link] : []));
    await fixTimes(client, calls);
    const decision = decide(
      calls.map(({ candidate }) => candidate),
      links
    );

    const outcomes = new Map<UsageEvent, Outcome>();
    const priced: PricedEvent[] = [];
    for (const event of decision.insert) {
      const pricing = tryPrice(event, book);
      if ('reason' in pricing) {
        outcomes.set(event, { status: 'rejected', reason: pricing.reason });
      } else {
        priced.push(Object.assign(event, { pricing }));
      }
    }
    const { inserted } = await writeEvents(client, priced);
    priced.forEach((event, i) => outcomes.set(event, inserted[i] ? ACCEPTED : DUPLICATE));
    this.count(
      priced.filter((_, i) => inserted[i]),
      decision.duplicates
    );
    return reports.map((report) =>
      report.kind === 'call' ? (outcomes.get(report.candidate.event) ?? DUPLICATE) : ACCEPTED
    );
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
