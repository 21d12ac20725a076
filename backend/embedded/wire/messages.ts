/**
 * The messages of PostgreSQL's protocol 3.0 that the server writes itself.
 * Source: PostgreSQL documentation, chapter "Message Formats".
 */

/** A message: one type letter, the length of the rest, the parts. A string part is ended by a zero byte. */
export function message(type: string, ...parts: ReadonlyArray<string | Uint8Array>): Buffer {
  const body = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const length = body.reduce((sum, part) => sum + part.length, 4);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, ...body]);
}

/** A 4-byte integer in network order. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

/** Simple query of the frontend; `sql` may hold several statements. */
export const query = (sql: string): Buffer => message('Q', sql);
export const sync = (): Buffer => message('S');
/** Ends a COPY FROM STDIN with an error that has this text. */
export const copyFail = (reason: string): Buffer => message('f', reason);

/** Transaction state in ReadyForQuery: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = 'I' | 'T' | 'E';
export const readyForQuery = (status: TransactionStatus): Buffer => message('Z', Buffer.from(status));

export interface ServerError {
  /** SQLSTATE. */
  readonly code: string;
  /** Names the cause. */
  readonly message: string;
  readonly detail?: string;
  /** Names the cure. */
  readonly hint?: string;
  /** FATAL ends the connection. Default: ERROR. */
  readonly severity?: 'ERROR' | 'FATAL';
}

export function errorResponse(error: ServerError): Buffer {
  const severity = error.severity ?? 'ERROR';
  const fields = [`S${severity}`, `V${severity}`, `C${error.code}`, `M${error.message}`];
  if (error.detail) {
    fields.push(`D${error.detail}`);
  }
  if (error.hint) {
    fields.push(`H${error.hint}`);
  }
  return message('E', ...fields, Buffer.from([0]));
}

export const parameterStatus = (name: string, value: string): Buffer => message('S', name, value);
export const backendKeyData = (processId: number, secret: number): Buffer =>
  message('K', int32(processId), int32(secret));
export const notificationResponse = (processId: number, channel: string, payload: string): Buffer =>
  message('A', int32(processId), channel, payload);

/** The answers to a password exchange (AuthenticationRequest with its code). */
export const authentication = (code: number, ...parts: ReadonlyArray<string | Uint8Array>): Buffer =>
  message('R', int32(code), ...parts);
