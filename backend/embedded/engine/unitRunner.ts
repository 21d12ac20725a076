import type { EngineDriver } from './driver';
import type { Notification, RunReply, RunRequest } from './runProtocol';
import { query, type TransactionStatus } from '../wire/messages';
import { ReplyScanner, type ReplyVisitor } from '../wire/replyScanner';
import { rowValues } from '../wire/rows';

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

/** What the answers to one part of a unit say about it. */
class Outcome implements ReplyVisitor {
  status: TransactionStatus | null = null;
  error: Uint8Array | null = null;
  parsed = 0;
  readonly tags: string[] = [];
  readonly rows: string[][] = [];
  private readonly hidden: ReadonlySet<number>;
  private readonly hideAll: boolean;

  constructor(
    hidden: string | 'all',
    private readonly notifications: Notification[],
    private readonly withRows = false
  ) {
    this.hidden = new Set([...hidden].map(type));
    this.hideAll = hidden === 'all';
  }

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
  /** The engine is in COPY FROM STDIN: sends the client `answer` and waits for its data. */
  copyData(answer: Uint8Array): Uint8Array;
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
    return this.copyAllowed ? this.events.copyData(this.scanner.take()) : this.events.copyRefused;
  }

  run(request: RunRequest): RunReply {
    const notifications: Notification[] = [];
    const hidden = (bytes: Uint8Array, withRows = false): Outcome =>
      this.part(bytes, new Outcome('all', notifications, withRows), false).outcome;
    const common = { notifications, tags: [], parsed: 0, settings: null };

    const prelude = request.prelude ? hidden(request.prelude) : null;
    if (prelude && (prelude.error || (request.preludeStatus && prelude.status !== request.preludeStatus))) {
      const { error, status } = prelude;
      const endStatus = request.epilogue ? hidden(request.epilogue).status : status;
      const bytes = error ?? new Uint8Array(0);
      return { ...common, bytes, preludeFailed: true, failed: true, status, endStatus, memoryBytes: this.memory() };
    }

    const visible = new Outcome(request.hidden, notifications);
    const { outcome, scanner } = this.part(request.body, visible, request.copyIn);
    const endStatus = request.epilogue ? hidden(request.epilogue).status : outcome.status;
    const changed = captureIsDue(request, outcome.tags) && endStatus === 'I' ? hidden(CHANGED_SETTINGS, true) : null;
    return {
      ...common,
      bytes: scanner.take(),
      preludeFailed: false,
      failed: outcome.error !== null,
      status: outcome.status,
      endStatus,
      tags: outcome.tags,
      parsed: outcome.parsed,
      settings: changed && changed.rows.map(([name = '', value = '']) => [name.toLowerCase(), value] as const),
      memoryBytes: this.memory(),
    };
  }

  private memory(): number {
    return this.driver?.memoryBytes ?? 0;
  }

  private part(bytes: Uint8Array, outcome: Outcome, copyIn: boolean): { outcome: Outcome; scanner: ReplyScanner } {
    const scanner = new ReplyScanner(outcome);
    this.scanner = scanner;
    this.copyAllowed = copyIn;
    this.driver?.run(bytes);
    return { outcome, scanner };
  }
}

function captureIsDue({ capture }: RunRequest, tags: readonly string[]): boolean {
  const changes = (tag: string): boolean => tag === 'SET' || tag === 'RESET' || tag.startsWith('DISCARD');
  return capture === 'always' || (capture === 'onSet' && tags.some(changes));
}
