/** OTLP's signals that are received. */
export type ExportSignal = 'traces' | 'logs' | 'metrics';

/** A reply in both of OTLP's encodings. */
export interface ExportReply {
  readonly json: object;
  readonly protobuf: Uint8Array;
}

const REJECTED: Readonly<Record<ExportSignal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/**
 * Export*ServiceResponse { 1 partial_success { 1 rejected (int64), 2 error_message } }: the three signals differ in a
 * field's name only. Nothing rejected and nothing to say is the empty message, as the specification wants it.
 */
export function exportReply(signal: ExportSignal, rejected: number, message: string): ExportReply {
  if (rejected === 0 && message === '') {
    return { json: {}, protobuf: new Uint8Array(0) };
  }
  // int64 is a decimal string in protobuf's JSON mapping.
  const json = { partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage: message } };
  const partial = [...(rejected > 0 ? [8, ...varint(rejected)] : []), ...field(2, message)];
  return { json, protobuf: Uint8Array.from([10, ...varint(partial.length), ...partial]) };
}

/** gRPC's code for an HTTP status, as OTLP/HTTP wants it inside a Status message. */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  408: 4,
  413: 3,
  415: 3,
  429: 8,
  500: 13,
  501: 12,
  503: 14,
};
const UNKNOWN = 2;

/** google.rpc.Status { 1 code, 2 message }: the body of an OTLP/HTTP error reply to a protobuf client. */
export function statusReply(httpStatus: number, message: string): Uint8Array {
  return Uint8Array.from([8, ...varint(CODES[httpStatus] ?? UNKNOWN), ...field(2, message)]);
}

function field(number: number, text: string): number[] {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length === 0 ? [] : [(number << 3) | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 128);
  }
  return [...bytes, rest];
}
