import fs from 'node:fs';
import { type Api, CommandError } from '../api';
import { csvRows } from './csv';
import { openInput, type Peeked } from './input';
import { ndjsonRows } from './ndjson';
import type { ImportRow } from './row';
import { type ImportListener, type ImportTotals, sendRows } from './send';

export const FORMATS = ['ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export interface ImportOptions {
  /** Unset: by the content. */
  readonly format?: Format;
  readonly delimiter: string;
  /** File that gets the refused rows. */
  readonly rejected?: string;
}

/** Where a command writes to. */
export interface Terminal {
  /** Results. */
  out(line: string): void;
  /** What is being done and what went wrong. */
  err(text: string): void;
  /** Whether `err` goes to a person. */
  readonly isTerminal: boolean;
}

const PROGRESS_MS = 200;
/** Reasons that are told without `--rejected`. */
const SHOWN_REASONS = 5;

/**
 * `llmcost import`: files of usage events, one after the other.
 *
 * @returns whether every row was stored or was there already.
 * @throws CommandError when a file or the collector can't be used.
 */
export async function importFiles(
  files: readonly string[],
  options: ImportOptions,
  api: Api,
  terminal: Terminal
): Promise<boolean> {
  const rejects = options.rejected === undefined ? null : fs.openSync(options.rejected, 'w');
  let complete = true;
  try {
    for (const file of files) {
      const listener = new Listener(file, rejects, terminal);
      const totals = await sendRows(await rowsOf(file, options), api, listener);
      listener.end(totals);
      complete &&= totals.rejected === 0;
    }
  } finally {
    if (rejects !== null) {
      fs.closeSync(rejects);
    }
  }
  return complete;
}

async function rowsOf(file: string, { format, delimiter }: ImportOptions): Promise<AsyncIterable<ImportRow>> {
  const input = await openInput(file);
  return (format ?? formatOf(file, input)) === 'csv' ? csvRows(input.rest, delimiter) : ndjsonRows(input.rest);
}

/** NDJSON begins with a brace, whatever the file is called. */
function formatOf(file: string, { head }: Peeked): Format {
  const start = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('[')) {
    throw new CommandError(
      `${file} is one JSON array; make a line of each event: jq -c '.[]' < FILE | llmcost import -`
    );
  }
  return start === '' || start.startsWith('{') ? 'ndjson' : 'csv';
}

const number = (value: number): string => value.toLocaleString('en-US');

class Listener implements ImportListener {
  private readonly started = Date.now();
  private shownAt = 0;
  private reasons = 0;

  constructor(
    private readonly file: string,
    private readonly rejects: number | null,
    private readonly terminal: Terminal
  ) {}

  rejected({ line, text }: ImportRow, reason: string): void {
    if (this.rejects !== null) {
      fs.writeSync(this.rejects, `${JSON.stringify({ file: this.file, line, reason, row: text })}\n`);
    } else if (++this.reasons <= SHOWN_REASONS) {
      this.say(`${this.file}:${line}: ${reason}\n`);
    } else if (this.reasons === SHOWN_REASONS + 1) {
      this.say('… further reasons: --rejected FILE\n');
    }
  }

  progress(totals: Readonly<ImportTotals>): void {
    if (this.terminal.isTerminal && Date.now() - this.shownAt >= PROGRESS_MS) {
      this.shownAt = Date.now();
      const { rows, rejected } = totals;
      this.say(`${this.file}: ${number(rows)} rows, ${this.rate(rows)} rows/s, ${number(rejected)} refused`);
    }
  }

  end({ rows, accepted, duplicate, rejected }: ImportTotals): void {
    this.say('');
    const seconds = ((Date.now() - this.started) / 1000).toFixed(1);
    this.terminal.out(
      `${this.file}: ${number(rows)} rows in ${seconds} s (${this.rate(rows)} rows/s): ${number(accepted)} stored, ` +
        `${number(duplicate)} were there already, ${number(rejected)} refused`
    );
  }

  private rate(rows: number): string {
    return number(Math.round((rows * 1000) / Math.max(1, Date.now() - this.started)));
  }

  /** On a terminal each text takes the place of the progress line. */
  private say(text: string): void {
    this.terminal.err(this.terminal.isTerminal ? `\r\x1b[K${text}` : text);
  }
}
