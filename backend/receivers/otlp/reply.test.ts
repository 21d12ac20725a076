import { ExportResponse, RpcStatus } from '../../../tests/proto/reference';
import { exportReply, statusReply } from './reply';

describe('replies to an export', () => {
  it('are empty when all was taken', () => {
    const { json, protobuf } = exportReply('traces', 0, '');
    expect(json).toEqual({});
    expect(protobuf).toHaveLength(0);
  });

  it.each([
    ['traces', 'rejectedSpans'],
    ['logs', 'rejectedLogRecords'],
    ['metrics', 'rejectedDataPoints'],
  ] as const)('name what was rejected of %s', (signal, field) => {
    const message = `span ä: ${'long '.repeat(60)}`;
    const { json, protobuf } = exportReply(signal, 300, message);
    expect(json).toEqual({ partialSuccess: { [field]: '300', errorMessage: message } });
    const decoded = ExportResponse.toObject(ExportResponse.decode(protobuf), { longs: Number });
    expect(decoded).toEqual({ partialSuccess: { rejected: 300, errorMessage: message } });
  });

  it('carry a warning without a rejection', () => {
    const { protobuf } = exportReply('traces', 0, 'use the new endpoint');
    expect(ExportResponse.toObject(ExportResponse.decode(protobuf))).toEqual({
      partialSuccess: { errorMessage: 'use the new endpoint' },
    });
  });

  it.each([
    [400, 3],
    [401, 16],
    [429, 8],
    [503, 14],
    [418, 2],
  ])('say HTTP %i as a Status of code %i', (http, code) => {
    expect(RpcStatus.toObject(RpcStatus.decode(statusReply(http, 'why')))).toEqual({ code, message: 'why' });
  });
});
