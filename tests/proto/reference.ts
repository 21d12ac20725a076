import path from 'node:path';
import protobuf from 'protobufjs';

const root = protobuf.loadSync(path.join(__dirname, 'otlp.proto'));

/** protobufjs as the reference decoder and encoder of OTLP, for tests and benchmarks. */
export const TracesRequest = root.lookupType('otlp.TracesRequest');
export const LogsRequest = root.lookupType('otlp.LogsRequest');
export const MetricsRequest = root.lookupType('otlp.MetricsRequest');
export const ExportResponse = root.lookupType('otlp.ExportResponse');
export const RpcStatus = root.lookupType('otlp.RpcStatus');

/** A message from a plain object, camelCase names. */
export const encode = (type: protobuf.Type, message: object): Buffer =>
  Buffer.from(type.encode(type.fromObject(message)).finish());

/** Bytes fields that OTLP/JSON writes in hex; all others are base64 as in protobuf's own mapping. */
const HEX = new Set(['traceId', 'spanId', 'parentSpanId']);

/** What an exporter that writes OTLP/JSON would have sent instead of these bytes. */
export function asOtlpJson(type: protobuf.Type, bytes: Uint8Array): string {
  const message = type.toObject(type.decode(bytes), { longs: String, bytes: String, json: true });
  return JSON.stringify(message, (key, value: unknown) =>
    HEX.has(key) && typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : value
  );
}
