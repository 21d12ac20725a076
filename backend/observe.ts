import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A logger: JSON lines, or readable ones on a terminal. Never given keys, bodies or URLs with passwords. */
export function createLogger(level: string): Logger {
  const options = { level, base: undefined, redact: ['*.authorization', '*.password', '*.key'] };
  return process.stderr.isTTY
    ? pino(options, pretty({ destination: 2, colorize: true, ignore: 'pid,hostname' }))
    : pino(options, pino.destination(2));
}

/** A gauge that asks for its value when it is read. */
const gauge = (registers: Registry[], name: string, help: string) => (read: () => number) =>
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });

/** The collector's own Prometheus metrics. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    events: new Counter({
      name: 'llmcost_events_total',
      help: 'Usage events by receiver and outcome: accepted, duplicate, rejected',
      labelNames: ['receiver', 'outcome'] as const,
      registers,
    }),
    duplicates: new Counter({
      name: 'llmcost_duplicates_total',
      help: 'Reports that were dropped because they are of a call that another one counts, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    forgotten: new Counter({
      name: 'llmcost_once_forgotten_total',
      help:
        'What was forgotten before its time for lack of room, so that the same call may be counted again: reports of ' +
        'calls, traces; late_traces: traces that got another span after they were forgotten',
      labelNames: ['what'] as const,
      registers,
    }),
    decisions: new Counter({
      name: 'llmcost_authorize_total',
      help: 'Decisions about calls before they are made, by what was decided and why',
      labelNames: ['decision', 'reason'] as const,
      registers,
    }),
    unpriced: new Counter({
      name: 'llmcost_unpriced_events_total',
      help: 'Stored calls without a price, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    commits: new Histogram({
      name: 'llmcost_commit_seconds',
      help: 'Duration of a transaction that stores a batch',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    batchRows: new Histogram({
      name: 'llmcost_batch_rows',
      help: 'Rows per stored batch',
      buckets: [1, 10, 100, 500, 1000, 2000, 5000],
      registers,
    }),
    requests: new Histogram({
      name: 'llmcost_http_request_seconds',
      help: 'Duration of HTTP requests',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    remembered: gauge(
      registers,
      'llmcost_once_reports',
      'Reports of calls that are remembered to count each call once'
    ),
    window: gauge(
      registers,
      'llmcost_once_window_seconds',
      'How far back another report of the same call is recognised'
    ),
    refused: new Counter({
      name: 'llmcost_refused_events_total',
      help: 'Events that were acknowledged into the spool and then could not be stored; each is kept in refused_events',
      registers,
    }),
    refusedWaiting: gauge(
      registers,
      'llmcost_refused_events',
      'Refused events that wait to be replayed or discarded (llmcost refused)'
    ),
    waiting: gauge(registers, 'llmcost_waiting_events', 'Events that wait for a transaction'),
    spooled: gauge(registers, 'llmcost_spool_bytes', 'Bytes in the local spool that the database has not taken yet'),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
