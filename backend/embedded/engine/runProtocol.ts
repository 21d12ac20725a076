import type { MessagePort } from 'node:worker_threads';
import type { TransactionStatus } from '../wire/messages';

/** What the wire server asks of the engine: one unit of work that nothing else may come between. */
export interface RunRequest {
  /**
   * Run first; its answers are hidden. When it fails, or leaves another transaction status than `preludeStatus`, the
   * rest is not run: a reader's statement must never run outside of its read-only transaction.
   */
  readonly prelude?: Uint8Array;
  readonly preludeStatus?: TransactionStatus;
  /** The client's messages. */
  readonly body: Uint8Array;
  /** Run last, whatever the body did; its answers are hidden. */
  readonly epilogue?: Uint8Array;
  /** Type letters of answers to the body that the client must not see. */
  readonly hidden: string;
  /** Whether the body may read COPY data from the client. */
  readonly copyIn: boolean;
  /** Whether to read the session's settings afterwards: when a SET, RESET or DISCARD was seen, always, or never. */
  readonly capture: 'onSet' | 'always' | 'never';
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

export interface RunReply {
  /** The last piece of the answer. When the prelude failed: its ErrorResponse. */
  readonly bytes: Uint8Array;
  readonly preludeFailed: boolean;
  /** Status after the last ReadyForQuery; null when the body ended without one. */
  readonly status: TransactionStatus | null;
  /** Status after the epilogue, equal to `status` without one. */
  readonly endStatus: TransactionStatus | null;
  /** Whether the body was answered by an error. */
  readonly failed: boolean;
  /** Command tags of the body, such as "SET" and "INSERT 0 1". */
  readonly tags: readonly string[];
  /** How many Parse messages of the body succeeded. */
  readonly parsed: number;
  /** Settings that the session has changed, when captured outside of a transaction. */
  readonly settings: ReadonlyArray<readonly [name: string, value: string]> | null;
  readonly notifications: readonly Notification[];
  /** Memory of the engine, in bytes. It grows and never shrinks. */
  readonly memoryBytes: number;
}

export interface WorkerOptions {
  /** COPY data of the client, tagged with the run it belongs to. */
  readonly copyData: MessagePort;
  /** Counters that both threads see, 32 bits each. */
  readonly counters: SharedArrayBuffer;
}

/** Bytes of an answer that the worker has sent and the client has not taken. */
export const COUNTER_UNCONSUMED = 0;
/** COPY messages posted so far; the worker sleeps on it. */
export const COUNTER_COPY_MESSAGES = 1;
/** Bytes of COPY data that the worker has not taken. */
export const COUNTER_COPY_BACKLOG = 2;
export const COUNTERS = 3;

export interface CopyData {
  readonly run: number;
  readonly bytes: Uint8Array;
}

export interface OpenOrder {
  readonly kind: 'open';
  readonly clusterDir: string;
  readonly wasm: WebAssembly.Module;
  /** When all files were synced (ms since 1970); null when they need not be. */
  readonly syncedAt: number | null;
}

export type ToWorker =
  OpenOrder | { readonly kind: 'run'; readonly run: number; readonly request: RunRequest } | { readonly kind: 'close' };

export interface EngineInfo {
  /** Such as "17.5". */
  readonly serverVersion: string;
  readonly timescaleVersion: string;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly info: EngineInfo }
  | { readonly kind: 'chunk'; readonly run: number; readonly bytes: Uint8Array }
  /** Together with what the client must be sent first: its data may be here before the next message of the worker. */
  | { readonly kind: 'copyIn'; readonly run: number; readonly bytes: Uint8Array }
  | { readonly kind: 'reply'; readonly run: number; readonly reply: RunReply }
  | { readonly kind: 'crashed'; readonly run: number; readonly message: string }
  | { readonly kind: 'closed' };
