import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Metrics } from '../observe';
import {
  countRefused,
  deleteRefused,
  keepRefused,
  type RefusedRow,
  refusedIds,
  refusedReports,
  type RefusedScope,
  type RefusedSummary,
} from '../storage/refusedEvents';
import type { Outcome, Report } from './ingest';

/** What a replay came to. */
export interface ReplayReply {
  readonly stored: number;
  /** Were there already. */
  readonly duplicate: number;
  /** Still can't be stored; kept with the new reason. */
  readonly refused: number;
}

/** A report and why it can't be stored. */
export interface Refusal {
  readonly report: Report;
  readonly reason: string;
}

/** Reports that are stored in one go. */
const AT_ONCE = 500;

export interface RefusedOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Stores reports without the spool. @throws when the database can't; nothing is known then. */
  readonly store: (reports: readonly Report[]) => Promise<Outcome[]>;
}

/**
 * What was acknowledged and then could not be stored. Nobody is there any more to be told, so nothing of it may vanish: it
 * is logged, counted and kept in the database until it is replayed or discarded.
 */
export class Refused {
  /** Rows that are kept, as of the last look. */
  private kept = 0;

  constructor(private readonly options: RefusedOptions) {
    options.metrics.refusedWaiting(() => this.kept);
  }

  /** @throws RefusedFull, or the database's errors; then nothing was kept and the reports must stay where they are. */
  async keep(refusals: readonly Refusal[]): Promise<void> {
    const { pool, log, metrics } = this.options;
    for (let at = 0; at < refusals.length; at += AT_ONCE) {
      const rows = refusals.slice(at, at + AT_ONCE).map(rowOf);
      await keepRefused(pool, distinct(rows));
      for (const { refused_id, event_id, tenant, source, reason } of rows) {
        log.error(
          { refused_id, event_id, tenant, source, reason },
          'an event that was acknowledged can not be stored; it is kept in refused_events'
        );
      }
      metrics.refused.inc(rows.length);
    }
    await this.look();
  }

  /** Tries again to store what is kept; what can be stored leaves. */
  async replay(scope: RefusedScope): Promise<ReplayReply> {
    const { pool, store } = this.options;
    const ids = await refusedIds(pool, scope);
    const reply = { stored: 0, duplicate: 0, refused: 0 };
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const rows = await refusedReports(pool, ids.slice(at, at + AT_ONCE));
      const reports = rows.map(({ report }) => deserialize(report) as Report);
      const outcomes = await store(reports);
      const gone: string[] = [];
      const refusals: RefusedRow[] = [];
      outcomes.forEach((outcome, i) => {
        if (outcome.status === 'rejected') {
          refusals.push(rowOf({ report: reports[i]!, reason: outcome.reason }));
        } else {
          gone.push(rows[i]!.refused_id);
          reply[outcome.status === 'accepted' ? 'stored' : 'duplicate']++;
        }
      });
      reply.refused += refusals.length;
      await deleteRefused(pool, { tenant: null, ids: gone });
      await keepRefused(pool, refusals);
    }
    await this.look();
    return reply;
  }

  /** Lets go what is kept. @returns how many there were. */
  async discard(scope: RefusedScope): Promise<number> {
    const count = await deleteRefused(this.options.pool, scope);
    await this.look();
    return count;
  }

  /** Counts what is kept, for the metric: other collectors keep theirs in the same table. */
  async look(): Promise<void> {
    this.kept = await countRefused(this.options.pool);
  }
}

function rowOf({ report, reason }: Refusal): RefusedRow {
  const encoded = serialize(report);
  return {
    ...summaryOf(report),
    refused_id: createHash('sha256').update(encoded).digest('hex').slice(0, 32),
    reason: storable(reason) ?? 'unknown',
    report: encoded,
  };
}

/** The same report twice in one go is one row. */
const distinct = (rows: readonly RefusedRow[]): RefusedRow[] => [
  ...new Map(rows.map((row) => [row.refused_id, row])).values(),
];

const NOTHING_KNOWN: RefusedSummary = {
  event_id: null,
  time: null,
  tenant: null,
  project: null,
  provider: null,
  model: null,
  source: null,
};

function summaryOf(report: Report): RefusedSummary {
  if (report.kind === 'call') {
    const { event_id, time, tenant, project, provider, model, source } = report.candidate.event;
    return {
      event_id,
      time: timeOf(time),
      tenant: storable(tenant),
      project: storable(project),
      provider: storable(provider),
      model: storable(model),
      source: storable(source),
    };
  }
  if (report.kind === 'counter') {
    const { boundTenant, circumstances, instrumentation, time } = report.reading;
    const tenant = boundTenant ?? circumstances.own.tenant ?? circumstances.resource.dimensions.tenant ?? null;
    return { ...NOTHING_KNOWN, time: timeOf(time), tenant: storable(tenant), source: storable(instrumentation) };
  }
  return { ...NOTHING_KNOWN, tenant: storable(report.link.boundTenant ?? null) };
}

/** The values may be what was refused: times that are none, texts that a database can't hold. */
function timeOf(us: number): Date | null {
  const time = new Date(us / 1000);
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 || time.getUTCFullYear() < 1 ? null : time;
}

const storable = (text: string | null): string | null => text?.replaceAll('\0', '').slice(0, 1_000) ?? null;
