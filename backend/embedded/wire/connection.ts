import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { FlowControl } from './flowControl';
import { FrameReader, ProtocolViolation, type Frame } from './frameReader';
import { Login } from './login';
import {
  backendKeyData,
  copyFail,
  errorResponse,
  int32,
  message,
  parameterStatus,
  readyForQuery,
  type ServerError,
} from './messages';
import type { ScramSecret } from './scram';
import { Outgoing } from './outgoing';
import { parseStartPacket, type StartPacket } from './startup';
import type { EngineQueue } from '../session/engineQueue';
import { readerSettings } from '../session/readOnlyGate';
import { Session, type ClientSink, type Unit } from '../session/session';

export interface User {
  readonly access: 'owner' | 'reader';
  readonly secret: ScramSecret;
}

export interface ServerContext {
  readonly users: ReadonlyMap<string, User>;
  readonly queue: EngineQueue;
  readonly serverVersion: string;
  /** A client asks to stop what the connection with this id and secret runs. */
  cancel(processId: number, secret: number): void;
}

/** Nothing that comes before the login is longer. */
const START_LIMIT = 10_000;
/** PostgreSQL's own limit of a message is 1 GB; the engine's memory is the limit here. */
const MESSAGE_LIMIT = 256 * 1024 * 1024;
const LOGIN_MS = 15_000;
/** How long a connection that is ended may take to deliver its last message, in ms. */
const END_MS = 1000;
/** Beyond so many bytes of COPY data that the engine has not read, the socket isn't read either. */
const COPY_BACKLOG_LIMIT = 8 * 1024 * 1024;
/** CopyData, CopyDone, CopyFail. */
const COPY_FRAMES = new Set(['d', 'c', 'f']);

/** What a client may rely on from the start. Source: "Asynchronous Operations", ParameterStatus. */
const REPORTED: ReadonlyArray<readonly [name: string, value: string]> = [
  ['server_encoding', 'UTF8'],
  ['client_encoding', 'UTF8'],
  ['application_name', ''],
  ['DateStyle', 'ISO, MDY'],
  ['IntervalStyle', 'postgres'],
  ['TimeZone', 'GMT'],
  ['integer_datetimes', 'on'],
  ['standard_conforming_strings', 'on'],
  ['in_hot_standby', 'off'],
];

/** One client: start, login, then messages gathered into units for the engine. */
export class Connection implements ClientSink {
  readonly secret = randomInt(2 ** 31 - 1);
  private readonly reader = new FrameReader(START_LIMIT);
  private phase: 'start' | 'login' | 'open' | 'ended' = 'start';
  private login: Login | null = null;
  private start: Extract<StartPacket, { kind: 'start' }> | null = null;
  private session: Session | null = null;
  private pending: Frame[] = [];
  private readonly flow: FlowControl;
  private readonly outgoing: Outgoing;
  /** Units that are not answered yet. */
  private unanswered = 0;
  /** COPY data that came before it is known whether the statement before it is a COPY. */
  private held: Frame | null = null;
  private copying = false;
  private readonly loginTimer: NodeJS.Timeout;

  constructor(
    readonly id: number,
    private readonly socket: Socket,
    private readonly context: ServerContext,
    private readonly ended: () => void
  ) {
    this.flow = new FlowControl(socket);
    this.outgoing = new Outgoing(socket);
    socket.setNoDelay(true);
    this.loginTimer = setTimeout(() => socket.destroy(), LOGIN_MS);
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.close());
  }

  write(bytes: Uint8Array, consumed?: () => void): void {
    this.outgoing.write(bytes, consumed);
  }

  copyIn(): void {
    this.copying = true;
    this.goOn();
  }

  copyEnded(): void {
    this.copying = false;
  }

  fatal(error: ServerError): void {
    this.phase = 'ended';
    this.outgoing.end(errorResponse({ ...error, severity: 'FATAL' }));
    // A client that takes nothing any more would keep the connection, and with it what the engine waits for.
    setTimeout(() => this.socket.destroy(), END_MS).unref();
  }

  /** A cancel request that names this connection. */
  cancel(secret: number): void {
    if (this.session && secret === this.secret) {
      this.context.queue.cancel(this.session);
    }
  }

  private receive(chunk: Buffer): void {
    this.reader.push(chunk);
    this.goOn();
  }

  private goOn(): void {
    try {
      this.readAll();
    } catch (error) {
      this.fatal({ code: '08P01', message: error instanceof Error ? error.message : String(error) });
    }
  }

  private readAll(): void {
    const copyData: Buffer[] = [];
    while (this.phase !== 'ended') {
      if (this.phase === 'start') {
        const packet = this.reader.nextUntyped();
        if (!packet) {
          break;
        }
        this.begin(parseStartPacket(packet));
        continue;
      }
      const frame = this.held ?? this.reader.next();
      this.held = null;
      if (!frame) {
        break;
      }
      if (this.phase === 'login') {
        this.continueLogin(frame);
      } else if (this.copying) {
        this.receiveCopy(frame, copyData);
      } else if (this.unanswered && COPY_FRAMES.has(frame.type)) {
        this.held = frame;
        break;
      } else {
        this.receiveFrame(frame);
      }
    }
    this.flow.hold(this.held !== null);
    if (copyData.length && this.session) {
      this.context.queue.copyData(this.session, Buffer.concat(copyData));
      this.flow.waitWhile(() => this.copying && this.context.queue.copyBacklog > COPY_BACKLOG_LIMIT);
    }
  }

  private begin(packet: StartPacket): void {
    if (packet.kind === 'encryption') {
      this.outgoing.write(Buffer.from('N'));
    } else if (packet.kind === 'cancel') {
      this.phase = 'ended';
      this.context.cancel(packet.processId, packet.secret);
      this.outgoing.end();
    } else {
      this.phase = 'login';
      this.start = packet;
      if (packet.minor > 0 || packet.unknownOptions.length) {
        this.write(message('v', int32(0), int32(packet.unknownOptions.length), ...packet.unknownOptions));
      }
      this.login = new Login(this.context.users.get(packet.user)?.secret ?? null);
      this.write(this.login.request);
    }
  }

  private continueLogin({ type, bytes }: Frame): void {
    const step = type === 'p' ? this.login?.receive(bytes) : null;
    const user = this.context.users.get(this.start?.user ?? '');
    if (!step || (step.done && !user)) {
      this.fatal({ code: '28P01', message: `password authentication failed for user "${this.start?.user ?? ''}"` });
      return;
    }
    this.write(step.answer);
    if (step.done && user) {
      this.open(user);
    }
  }

  private open({ access }: User): void {
    const given = this.start?.settings ?? new Map<string, string>();
    const settings = access === 'reader' ? readerSettings(given) : given;
    clearTimeout(this.loginTimer);
    this.phase = 'open';
    this.reader.setLimit(MESSAGE_LIMIT);
    this.session = new Session(this.id, access, settings, this);
    const reported = [
      ['server_version', this.context.serverVersion] as const,
      ['is_superuser', access === 'owner' ? 'on' : 'off'] as const,
      ['session_authorization', this.start?.user ?? ''] as const,
      ['default_transaction_read_only', access === 'owner' ? 'off' : 'on'] as const,
      ...REPORTED.map(([name, value]) => [name, settings.get(name.toLowerCase()) ?? value] as const),
    ];
    this.write(
      Buffer.concat([
        ...reported.map(([name, value]) => parameterStatus(name, value)),
        backendKeyData(this.id, this.secret),
        readyForQuery('I'),
      ])
    );
  }

  private receiveFrame(frame: Frame): void {
    switch (frame.type) {
      case 'Q':
        this.submit('simple', [frame], true);
        break;
      case 'P':
      case 'B':
      case 'D':
      case 'E':
      case 'C':
        this.pending.push(frame);
        break;
      case 'H':
        // Answers are handed on when their unit ends: without one there is nothing to flush.
        if (this.pending.length === 0) {
          break;
        }
        this.submitPending(frame);
        break;
      case 'S':
        this.submitPending(frame);
        break;
      // What is left of a COPY that has failed already.
      case 'd':
      case 'c':
      case 'f':
        break;
      case 'X':
        this.phase = 'ended';
        this.outgoing.end();
        break;
      case 'F':
        this.write(
          Buffer.concat([
            errorResponse({ code: '0A000', message: 'function calls by protocol message are not supported' }),
            readyForQuery(this.session?.status ?? 'I'),
          ])
        );
        break;
      default:
        throw new ProtocolViolation(`unknown message type "${frame.type}"`);
    }
  }

  private submitPending(last: Frame): void {
    const frames = [...this.pending, last];
    this.pending = [];
    this.submit('extended', frames, last.type === 'S');
  }

  /** Only data, end and failure count during a COPY; Flush and Sync are ignored, as in PostgreSQL. */
  private receiveCopy(frame: Frame, data: Buffer[]): void {
    if (frame.type === 'd') {
      data.push(frame.bytes);
    } else if (frame.type === 'c' || frame.type === 'f') {
      data.push(frame.bytes);
      this.copying = false;
    } else if (frame.type !== 'H' && frame.type !== 'S') {
      data.push(copyFail(`unexpected message type "${frame.type}" during COPY`));
      this.copying = false;
      this.receiveFrame(frame);
    }
  }

  private submit(kind: Unit['kind'], frames: readonly Frame[], endsCycle: boolean): void {
    if (!this.session) {
      return;
    }
    const size = frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.unanswered++;
    this.flow.add(size);
    const finished = (): void => {
      this.unanswered--;
      this.flow.add(-size);
      if (this.held && !this.unanswered) {
        this.goOn();
      }
    };
    this.context.queue.submit({ session: this.session, kind, frames, endsCycle, finished });
  }

  private close(): void {
    clearTimeout(this.loginTimer);
    this.flow.end();
    this.outgoing.drop();
    this.phase = 'ended';
    if (this.session) {
      this.context.queue.disconnect(this.session);
    }
    this.ended();
  }
}
