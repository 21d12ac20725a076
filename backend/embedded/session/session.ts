import { Statements } from './statements';
import type { Settings } from './settings';
import type { ServerError, TransactionStatus } from '../wire/messages';
import type { Frame } from '../wire/frameReader';

/** Where the answers for a client go. */
export interface ClientSink {
  /** @param consumed called when the client has taken the bytes, or never will */
  write(bytes: Uint8Array, consumed?: () => void): void;
  /** The engine waits for this client's COPY data. */
  copyIn(): void;
  /** No more COPY data is wanted. */
  copyEnded(): void;
  /** Sends the error as FATAL and ends the connection. */
  fatal(error: ServerError): void;
}

/** What one connection has in the engine, kept outside of it because all connections share one session. */
export class Session {
  readonly statements: Statements;
  /** The session's settings as the engine reported them after the client's last change. */
  custom: Settings = new Map();
  status: TransactionStatus = 'I';
  /** A cycle was begun by Flush and its Sync has not come: the transaction is still open. */
  midCycle = false;
  /** After an error nothing counts until the next Sync. */
  discarding = false;
  /** A SET was seen inside a transaction: the settings are read when it ends. */
  settingsUnknown = false;
  /** Made temporary tables, which live until the engine's session ends or they are discarded. */
  madeTemporary = false;
  readonly channels = new Set<string>();
  closed = false;

  constructor(
    readonly id: number,
    readonly access: 'owner' | 'reader',
    /** Settings of the start packet. */
    readonly startup: Settings,
    readonly sink: ClientSink
  ) {
    this.statements = new Statements(id);
  }

  /** The session's statement_timeout, in ms; 0 for none. The engine has no timers, so the queue keeps it. */
  get statementTimeoutMs(): number {
    return Number(this.custom.get('statement_timeout') ?? this.startup.get('statement_timeout') ?? 0) || 0;
  }

  /** Holds the engine: nobody else may run. */
  get holdsEngine(): boolean {
    return this.status !== 'I' || this.midCycle;
  }
}

/** What a client sent that has to run as one: a simple query, or extended messages up to Sync or Flush. */
export interface Unit {
  readonly session: Session;
  readonly frames: readonly Frame[];
  readonly kind: 'simple' | 'extended';
  /** False: ended by Flush, so no ReadyForQuery is due. */
  readonly endsCycle: boolean;
  /** Called when it is answered, or dropped. */
  finished(): void;
}

/** The text of a simple query. */
export function queryText(unit: Unit): string {
  const bytes = unit.frames[0]?.bytes;
  return unit.kind === 'simple' && bytes ? bytes.toString('utf8', 5, bytes.length - 1) : '';
}
