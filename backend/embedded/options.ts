import type { MaintenanceIntervals } from './maintenance/scheduler';

/** Lines for the caller's log; nothing of this package writes to the terminal itself. */
export interface EmbeddedLogLine {
  level: 'info' | 'warn' | 'error';
  msg: string;
}

export interface EmbeddedOptions {
  /** Folder of the database, made when it isn't there. One process at a time. */
  dataDir: string;
  /** Address to listen on; a loopback address, because there is no TLS. */
  host: string;
  /** 0: a free one. */
  port: number;
  /** Password of the login `llmcost`, which has all rights. */
  ownerPassword: string;
  /** Password of the login `grafana_reader`, which can only read what the role `llmcost_reader` may. */
  readerPassword: string;
  /** Longest time that a reader's statement may run, in ms. Default: 15000. */
  statementTimeoutMs?: number;
  /**
   * Longest time, in ms, that the database waits for a client that holds it: one with an open transaction, in the
   * middle of a COPY, or slow to take its answer. Then its connection is ended. Default: 30000.
   */
  clientPatienceMs?: number;
  /** How often housekeeping looks around, in ms. */
  maintenance?: Partial<MaintenanceIntervals>;
  log?: (line: EmbeddedLogLine) => void;
}

/** Database, and the login with all rights. */
export const OWNER = 'llmcost';
/** The login whose statements all pass the read-only gate. */
export const READER = 'grafana_reader';

/** The parent tells the child once. */
export interface StartOrder {
  readonly kind: 'start';
  readonly options: Omit<EmbeddedOptions, 'log'>;
}
export interface CloseOrder {
  readonly kind: 'close';
}
export type ToChild = StartOrder | CloseOrder;
export type FromChild =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'log'; readonly line: EmbeddedLogLine };
