import type { EngineDriver } from './driver';
import type { Notification, RunReply, RunRequest } from './runProtocol';
import { query, type TransactionStatus } from '../wire/messages';
import { ReplyScanner, type ReplyVisitor } from '../wire/replyScanner';

const type = (letter: string): number => letter.charCodeAt(0);
const READY = type('Z');
const ERROR = type('E');
const COMPLETE = type('C');
const PARSED = type('1');
const ROW = type('D');
const NOTIFICATION = type('A');

/** `role` and `session_authorization` are settings too, but not in pg_settings. */
const CHANGED_SETTINGS = query(`SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session'
  UNION ALL SELECT 'role', pg_catalog.current_setting('role') WHERE pg_catalog.current_setting('role') <> 'none'
  UNION ALL SELECT 'session_authorization', session_user WHERE session_user <> 'llmcost'`);

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** The columns of a DataRow message as text. */
function rowValues(message: Uint8Array): string[] {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const values: string[] = [];
  let position = 7;
  for (let column = view.getInt16(5); column > 0; column--) {
    const length = view.getInt32(position);
    position += 4;
    values.push(length < 0 ? '' : text(message.subarray(position, position + length)));
    position += Math.max(length, 0);
  }
  return values;
}

/** What the answers to one part of a unit say about it. */
class Outcome implements ReplyVisitor {
  status: TransactionStatus | null = null;
  error: Uint8Array | null = null;
  parsed = 0;
  readonly tags: string[] = [];
  readonly rows: string[][] = [];
  private readonly hidden: ReadonlySet<number>;

  constructor(
    hidden: string | 'all',
    private readonly notifications: Notification[],
    private readonly withRows = false
  ) {
    this.hidden = new Set([...hidden].map(type));
    this.hideAll = hidden === 'all';
  }
  private readonly hideAll: boolean;

  visit(letter: number, message: Uint8Array): boolean {
    switch (letter) {
      case READY:
        this.status = String.fromCharCode(message[5] ?? 0) as TransactionStatus;
        break;
      case ERROR:
        this.error ??= message.slice();
        break;
      case COMPLETE:
        this.tags.push(text(message.subarray(5, message.length - 1)));
        break;
      case PARSED:
        this.parsed++;
        break;
      case ROW:
        if (this.withRows) {
          this.rows.push(rowValues(message));
        }
        break;
      case NOTIFICATION: {
        const [channel = '', payload = ''] = text(message.subarray(9)).split('\0');
        this.notifications.push({ channel, payload });
        return false;
      }
    }
    return !this.hideAll && !this.hidden.has(letter);
  }
}

export interface UnitEvents {
  /** A part of a long answer. May wait until the client has taken enough of the earlier parts. */
  chunk(bytes: Uint8Array<ArrayBuffer>): void;
  /** The engine is in COPY FROM STDIN and the client has been sent everything up to here. Waits for its data. */
  copyData(): Uint8Array;
  /** What the engine reads where COPY data is not allowed. */
  readonly copyRefused: Uint8Array;
}

/** A long answer leaves the worker in parts of this size: its memory stays bounded and the client can start. */
const CHUNK_BYTES = 256 * 1024;

/** Runs units: prelude, body, epilogue, settings; all without letting go of the engine. */
export class UnitRunner {
  private scanner = new ReplyScanner(new Outcome('all', []));
  private copyAllowed = false;
  private driver: EngineDriver | null = null;

  constructor(private readonly events: UnitEvents) {}

  attach(driver: EngineDriver): void {
    this.driver = driver;
  }

  output(piece: Uint8Array): void {
    this.scanner.push(piece);
    if (this.scanner.size >= CHUNK_BYTES) {
      this.events.chunk(this.scanner.take());
    }
  }

  moreInput(): Uint8Array {
    if (!this.copyAllowed) {
      return this.events.copyRefused;
    }
    if (this.scanner.size) {
      this.events.chunk(this.scanner.take());
    }
    return this.events.copyData();
  }

  run(request: RunRequest): RunReply {
    const notifications: Notification[] = [];
    const hiddenRun = (bytes: Uint8Array, withRows = false): Outcome => {
      this.copyAllowed = false;
      return this.part(bytes, new Outcome('all', notifications, withRows)).outcome;
    };
    const common = { notifications, tags: [], parsed: 0, settings: null };
    if (request.prelude) {
      const { error, status } = hiddenRun(request.prelude);
      if (error || (request.preludeStatus && status !== request.preludeStatus)) {
        const endStatus = request.epilogue ? hiddenRun(request.epilogue).status : status;
        const bytes = error ?? new Uint8Array(0);
        return { ...common, bytes, preludeFailed: true, failed: true, status, endStatus, memoryBytes: this.memory() };
      }
    }
    this.copyAllowed = request.copyIn;
    const { outcome, scanner } = this.part(request.body, new Outcome(request.hidden, notifications));
    const endStatus = request.epilogue ? hiddenRun(request.epilogue).status : outcome.status;
    const changed = outcome.tags.some((tag) => tag === 'SET' || tag === 'RESET' || tag.startsWith('DISCARD'));
    const capture = request.capture === 'always' || (request.capture === 'onSet' && changed);
    const rows = capture && endStatus === 'I' ? hiddenRun(CHANGED_SETTINGS, true).rows : null;
    return {
      ...common,
      bytes: scanner.take(),
      preludeFailed: false,
      failed: outcome.error !== null,
      status: outcome.status,
      endStatus,
      tags: outcome.tags,
      parsed: outcome.parsed,
      settings: rows && rows.map(([name = '', value = '']) => [name.toLowerCase(), value] as const),
      memoryBytes: this.memory(),
    };
  }

  private memory(): number {
    return this.driver?.memoryBytes ?? 0;
  }

  private part(bytes: Uint8Array, outcome: Outcome): { outcome: Outcome; scanner: ReplyScanner } {
    const scanner = new ReplyScanner(outcome);
    this.scanner = scanner;
    this.driver?.run(bytes);
    return { outcome, scanner };
  }
}
