import { type Api, CommandError, problemOf } from '../api';
import { type ImportRow, RowProblem } from './row';
import { RowIds } from './rowIds';

/** How far an import is. */
export interface ImportTotals {
  rows: number;
  accepted: number;
  /** Were there already. */
  duplicate: number;
  rejected: number;
}

export interface ImportListener {
  rejected(row: ImportRow, reason: string): void;
  progress(totals: Readonly<ImportTotals>): void;
}

interface Batch {
  readonly rows: ImportRow[];
  readonly lines: string[];
  bytes: number;
}

/** The reply of `POST /v1/events`, as much as is needed; a problem has the same items when all were refused. */
interface IngestReply {
  readonly items?: ReadonlyArray<{ readonly index: number; readonly status: string; readonly reason?: string }>;
}

const BATCH_ROWS = 2_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Sends rows to `POST /v1/events`, the next batch being read while one is on its way. Each row is either stored, or was
 * there already, or is refused by itself.
 *
 * @throws CommandError when the collector can't be used; what was sent before stays, and sending it again is harmless.
 */
export async function sendRows(
  rows: AsyncIterable<ImportRow>,
  api: Api,
  listener: ImportListener
): Promise<ImportTotals> {
  const totals: ImportTotals = { rows: 0, accepted: 0, duplicate: 0, rejected: 0 };
  const sender = new Sender(api, listener, totals);
  const ids = new RowIds();
  let batch: Batch = { rows: [], lines: [], bytes: 0 };
  let sending: Promise<void> = Promise.resolve();
  const flush = async () => {
    await sending;
    sending = sender.send(batch);
    // The failure is thrown where it is waited for; until then it is no unhandled one.
    sending.catch(() => undefined);
    batch = { rows: [], lines: [], bytes: 0 };
  };
  for await (const row of rows) {
    totals.rows++;
    if (row.event instanceof RowProblem) {
      sender.reject(row, row.event.reason);
      continue;
    }
    const line = JSON.stringify(ids.identified(row.event));
    batch.rows.push(row);
    batch.lines.push(line);
    batch.bytes += line.length;
    if (batch.rows.length >= BATCH_ROWS || batch.bytes >= BATCH_BYTES) {
      await flush();
    }
  }
  await flush();
  await sending;
  return totals;
}

class Sender {
  constructor(
    private readonly api: Api,
    private readonly listener: ImportListener,
    private readonly totals: ImportTotals
  ) {}

  reject(row: ImportRow, reason: string): void {
    this.totals.rejected++;
    this.listener.rejected(row, reason);
  }

  async send({ rows, lines }: Batch): Promise<void> {
    if (rows.length === 0) {
      return;
    }
    const { status, text, json } = await this.api.send('POST', '/v1/events', lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    const items = (json as IngestReply | null)?.items;
    if ((status === 200 || status === 400) && items) {
      for (const { index, status: outcome, reason } of items) {
        this.take(rows[index]!, outcome, reason);
      }
    } else if (status === 413 && rows.length > 1) {
      const half = Math.ceil(rows.length / 2);
      await this.send({ rows: rows.slice(0, half), lines: lines.slice(0, half), bytes: 0 });
      await this.send({ rows: rows.slice(half), lines: lines.slice(half), bytes: 0 });
    } else if (status === 413) {
      this.reject(rows[0]!, problemOf(text));
    } else {
      throw new CommandError(`the collector answered ${status}: ${problemOf(text)}`);
    }
    this.listener.progress(this.totals);
  }

  private take(row: ImportRow, outcome: string, reason = 'the collector gave no reason'): void {
    if (outcome === 'accepted' || outcome === 'duplicate') {
      this.totals[outcome]++;
    } else {
      this.reject(row, reason);
    }
  }
}
