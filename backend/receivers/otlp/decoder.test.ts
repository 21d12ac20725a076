import fc from 'fast-check';
import { readCaptures } from '../../../tests/captures/captures';
import { asOtlpJson, encode, LogsRequest, MetricsRequest, TracesRequest } from '../../../tests/proto/reference';
import { FormatError } from './formatError';
import { decodeLogs } from './logs';
import { decodeLogsJson } from './logsJson';
import { decodeMetrics } from './metrics';
import { decodeMetricsJson } from './metricsJson';
import { decodeTraces } from './traces';
import { decodeTracesJson } from './tracesJson';
import type { Unreadable } from './unreadable';

const SIGNALS = {
  traces: { type: TracesRequest, decode: decodeTraces, decodeJson: decodeTracesJson },
  logs: { type: LogsRequest, decode: decodeLogs, decodeJson: decodeLogsJson },
  metrics: { type: MetricsRequest, decode: decodeMetrics, decodeJson: decodeMetricsJson },
} as const;

const bodies = readCaptures().flatMap(({ requests }) =>
  requests.flatMap(({ name, signal, encoding, body }) =>
    signal !== 'litellm' && encoding === 'protobuf' ? [[name, signal, body] as const] : []
  )
);

const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes });
const nanos = fc.bigInt(0n, 2n ** 63n - 1n).map(String);
const scalar = fc.oneof(
  fc.record({ stringValue: fc.string({ unit: 'binary', maxLength: 40 }) }),
  fc.record({ boolValue: fc.boolean() }),
  fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
  fc.record({ doubleValue: fc.double() }),
  fc.record({ bytesValue: fc.uint8Array({ maxLength: 12 }) }),
  fc.constant({})
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.uniqueArray(fc.record({ key: fc.string({ maxLength: 6 }), value: tie('value') }), {
          maxLength: 3,
          selector: ({ key }) => key,
        }),
      }),
    })
  ),
}));
const attributes = fc.array(fc.record({ key: fc.string({ unit: 'binary', maxLength: 140 }), value }), { maxLength: 6 });
const scope = fc.record({ name: fc.string(), version: fc.string(), attributes });
const spans = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: hex(8),
  name: fc.string({ unit: 'binary' }),
  kind: fc.nat(5),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.string(), attributes }), { maxLength: 2 }),
  links: fc.array(fc.record({ traceId: hex(16), spanId: hex(8), traceState: fc.string() }), { maxLength: 2 }),
  status: fc.record({ message: fc.string(), code: fc.nat(2) }),
  flags: fc.nat(),
});
const tracesRequest = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes, droppedAttributesCount: fc.nat(9) }),
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(spans, { maxLength: 3 }), schemaUrl: fc.string() }), {
        maxLength: 2,
      }),
    }),
    { maxLength: 2 }
  ),
});

/** Lone surrogates exist in JavaScript's strings only. */
const comparable = (message: object): boolean =>
  !/\\ud[89a-f]/i.test(JSON.stringify(message, (_key, item: unknown) => (item instanceof Uint8Array ? '' : item)));

describe('the protobuf decoder', () => {
  it.each(bodies)('reads %s as the reference does', (_name, signal, body) => {
    const { type, decode, decodeJson } = SIGNALS[signal];
    expect(decodeJson(asOtlpJson(type, body))).toEqual(decode(body));
  });

  it('reads any request as the reference does', () => {
    fc.assert(
      fc.property(tracesRequest.filter(comparable), (message) => {
        const bytes = encode(TracesRequest, message);
        expect(decodeTraces(bytes)).toEqual(decodeTracesJson(asOtlpJson(TracesRequest, bytes)));
      }),
      { numRuns: 300 }
    );
  });

  it('reads keys and values that come again, or nearly, as the reference does', () => {
    const texts = fc.tuple(fc.nat(70), fc.constantFrom('', 'a', 'b', 'é')).map(([n, last]) => 'x'.repeat(n) + last);
    const again = fc.oneof(
      fc.record({ stringValue: texts }),
      fc.record({ intValue: fc.constantFrom('0', '127', '128', '-1') }),
      fc.record({ arrayValue: fc.record({ values: fc.array(fc.record({ stringValue: texts }), { maxLength: 2 }) }) }),
      fc.record({
        kvlistValue: fc.record({ values: fc.array(fc.record({ key: texts, value: scalar }), { maxLength: 1 }) }),
      }),
      fc.constant({})
    );
    const key = fc.constantFrom('', 'k', 'key', 'kez', 'key.1', 'key.2', 'key.of.some.length', 'key.of.some.lengtj');
    const span = fc.record({ name: texts, attributes: fc.array(fc.record({ key, value: again }), { maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 2, maxLength: 8 }), (list) => {
        const bytes = encode(TracesRequest, { resourceSpans: [{ scopeSpans: [{ spans: list }] }] });
        expect(decodeTraces(bytes)).toEqual(decodeTracesJson(asOtlpJson(TracesRequest, bytes)));
      }),
      { numRuns: 500 }
    );
  });

  it.each([[[2, 1]], [[1, 1, 2]], [[1, 2, 2]], [[1, 2, 9]], [[1]], [[2]], []])(
    'reads an attribute whose fields come as %j after one that came in order',
    (fields = []) => {
      const text = (field: number, content: string) => [(field << 3) | 2, content.length, ...Buffer.from(content)];
      const part = (field: number, content: number[]) => [(field << 3) | 2, content.length, ...content];
      const field = (number: number) => (number === 2 ? part(2, text(1, 'v')) : text(number, 'k'));
      const attribute = (numbers: number[]) => part(9, numbers.flatMap(field));
      const span = [...attribute([1, 2]), ...attribute([1, 2]), ...attribute(fields), ...attribute([1, 2])];
      const bytes = Buffer.from(part(1, part(2, part(2, span))));
      expect(decodeTraces(bytes)).toEqual(decodeTracesJson(asOtlpJson(TracesRequest, bytes)));
    }
  );

  it.each([0, 1, 7, 8, 9, 15, 16, 17])('reads an id of %i bytes', (length) => {
    const id = Uint8Array.from({ length }, (_, i) => i * 37 + 250);
    const bytes = encode(TracesRequest, request([], { traceId: id, spanId: id }));
    const hexId = Buffer.from(id).toString('hex');
    expect(decodeTraces(bytes)[0]?.spans[0]).toMatchObject({ traceId: hexId, spanId: hexId });
  });

  it('keeps integers beyond 2^53 exact', () => {
    const message = request([{ key: 'n', value: { intValue: '9007199254740993' } }]);
    expect(decodeTraces(encode(TracesRequest, message))[0]?.spans[0]?.attributes.get('n')).toBe(9007199254740993n);
    expect(decodeTracesJson(JSON.stringify(message))[0]?.spans[0]?.attributes.get('n')).toBe(9007199254740993n);
  });

  it('reads times as whole microseconds, whichever encoding', () => {
    const message = request([], { endTimeUnixNano: '1795327319793791999' });
    const [group] = decodeTraces(encode(TracesRequest, message));
    expect(group?.spans[0]?.end).toBe(1795327319793791);
    expect(decodeTracesJson(JSON.stringify(message))[0]?.spans[0]?.end).toBe(1795327319793791);
  });

  it('skips fields of later versions', () => {
    const [, body] = [0, encode(TracesRequest, request([]))];
    // Field 99 of every wire type, at the request's end.
    const unknown = Buffer.from([
      0x98, 0x06, 1, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x9a, 0x06, 1, 7, 0x9d, 0x06, 1, 2, 3, 4,
    ]);
    expect(decodeTraces(Buffer.concat([body, unknown]))).toEqual(decodeTraces(body));
  });
});

describe('malformed input', () => {
  const corpus = bodies.filter(([, , body]) => body.length < 60_000);

  it('only ever throws a FormatError, and soon', () => {
    let refused = 0;
    let longest = 0;
    const edit = fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'cut', 'insert', 'flip'));
    fc.assert(
      fc.property(fc.nat(corpus.length - 1), fc.array(edit, { minLength: 1, maxLength: 6 }), (index, edits) => {
        const [, signal, bytes] = corpus[index]!;
        const broken = edits.reduce<Buffer>((buffer, [at, byte, kind]) => mutate(buffer, at, byte, kind), bytes);
        const started = performance.now();
        try {
          SIGNALS[signal].decode(broken);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(FormatError);
          expect(error).toBeInstanceOf(RangeError);
        }
        longest = Math.max(longest, performance.now() - started);
      }),
      { numRuns: 3000 }
    );
    expect(refused).toBeGreaterThan(500);
    expect(longest).toBeLessThan(1000);
  });

  it.each([
    ['a truncated request', Buffer.from([10, 200, 1, 1]), /ExportTraceServiceRequest: a field of 200 bytes runs past/],
    ['a number without end', Buffer.alloc(12, 0xff), /longer than 10 bytes/],
    ['a group', Buffer.from([11]), /wire type 3/],
    ['field number 0', Buffer.from([0, 1]), /field number 0/],
    ['JSON', Buffer.from('{"resourceSpans":[]}'), /ExportTraceServiceRequest/],
  ])('%s is named', (_what, bytes, message) => {
    expect(() => decodeTraces(bytes)).toThrow(message);
  });

  it('of great depth is refused, not followed', () => {
    let nested: object = { stringValue: 'x' };
    for (let i = 0; i < 40; i++) {
      nested = { arrayValue: { values: [nested] } };
    }
    const message = request([{ key: 'deep', value: nested }]);
    expect(() => decodeTraces(encode(TracesRequest, message))).toThrow(/nested more than 32 deep/);
    expect(() => decodeTracesJson(JSON.stringify(message))).toThrow(/nested more than 32 deep/);
  });

  it.each([
    ['[]', /JSON object is expected/],
    ['{', /not JSON/],
    ['{"resourceSpans":{}}', /request\.resourceSpans: a list is expected/],
    ['{"resourceSpans":[1]}', /resourceSpans\[0\]: an object is expected/],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"n","value":5}]}]}]}]}',
      /spans\[0\]\.attributes\["n"\]/,
    ],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"n","value":{"intValue":"x"}}]}]}]}]}',
      /whole number/,
    ],
  ])('JSON %s is named by its place', (text, message) => {
    expect(() => decodeTracesJson(text)).toThrow(message);
    expect(() => decodeTracesJson(text)).toThrow(FormatError);
  });
});

describe('one record that cannot be read', () => {
  const deep = (): object => {
    let nested: object = { stringValue: 'x' };
    for (let i = 0; i < 40; i++) {
      nested = { arrayValue: { values: [nested] } };
    }
    return nested;
  };
  const spans = [
    { traceId: 'aa'.repeat(16), spanId: '01'.repeat(8), attributes: [{ key: 'n', value: { stringValue: 'a' } }] },
    { traceId: 'aa'.repeat(16), spanId: '02'.repeat(8), attributes: [{ key: 'n', value: deep() }] },
    { traceId: 'aa'.repeat(16), spanId: '03'.repeat(8), attributes: [{ key: 'n', value: { stringValue: 'c' } }] },
  ];
  const message = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
  const asBytes = {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: spans.map(({ traceId, spanId, attributes }) => ({
              traceId: Buffer.from(traceId, 'hex'),
              spanId: Buffer.from(spanId, 'hex'),
              attributes,
            })),
          },
        ],
      },
    ],
  };

  it.each([
    ['protobuf', (unread: Unreadable[]) => decodeTraces(encode(TracesRequest, asBytes), unread)],
    ['JSON', (unread: Unreadable[]) => decodeTracesJson(JSON.stringify(message), unread)],
  ])('is left out by itself: %s', (_encoding, decode) => {
    const unread: Unreadable[] = [];
    const [group] = decode(unread);
    expect(group?.spans.map(({ attributes }) => attributes.get('n'))).toEqual(['a', 'c']);
    expect(unread.map(({ reason }) => reason)).toEqual([expect.stringMatching(/nested more than 32 deep/)]);
  });

  it.each([
    ['a record that is none', { resourceSpans: [{ scopeSpans: [{ spans: [null, spans[0], 'x'] }] }] }, 1, 2],
    [
      'a resource with its records',
      {
        resourceSpans: [
          { resource: { attributes: 5 }, scopeSpans: [{ spans: [spans[0], spans[1]] }, { spans: [spans[2]] }] },
          { scopeSpans: [{ spans: [spans[0]] }] },
        ],
      },
      1,
      3,
    ],
    [
      'a scope with its records',
      { resourceSpans: [{ scopeSpans: [{ scope: 5, spans }, { spans: [spans[0]] }] }] },
      1,
      3,
    ],
  ])('in JSON: %s', (_what, request, read, refused) => {
    const unread: Unreadable[] = [];
    const groups = decodeTracesJson(JSON.stringify(request), unread);
    expect(groups.flatMap((group) => group.spans)).toHaveLength(read);
    expect(unread).toHaveLength(refused);
  });

  it('of a metric is a point', () => {
    const point = { timeUnixNano: '1795327319793791000', asInt: '5' };
    const metrics = [{ name: 'm', sum: { dataPoints: [point, null, { ...point, attributes: 5 }, point] } }];
    const unread: Unreadable[] = [];
    const [group] = decodeMetricsJson(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }), unread);
    expect(group?.metrics[0]?.points).toHaveLength(2);
    expect(unread).toHaveLength(2);
  });
});

describe('OTLP/JSON', () => {
  it('takes ids in base64 and integers as numbers or texts', () => {
    const span = {
      traceId: 'W47/95gDgQPSabYzgT/GDA==',
      spanId: '7uGbfsPBsXQ=',
      attributes: [{ key: 'n', value: { intValue: 5 } }],
    };
    const [group] = decodeTracesJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
    expect(group?.spans[0]).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' });
    expect(group?.spans[0]?.attributes.get('n')).toBe(5);
  });
});

function mutate(buffer: Buffer, position: number, byte: number, kind: string): Buffer {
  const at = buffer.length === 0 ? 0 : position % buffer.length;
  switch (kind) {
    case 'cut':
      return buffer.subarray(0, at);
    case 'insert':
      return Buffer.concat([buffer.subarray(0, at), Buffer.from([byte]), buffer.subarray(at)]);
    default: {
      const copy = Buffer.from(buffer);
      copy[at] = kind === 'set' ? byte : (copy[at] ?? 0) ^ (1 << (byte & 7));
      return copy;
    }
  }
}

function request(attributeList: object[], span: object = {}): object {
  return {
    resourceSpans: [
      { scopeSpans: [{ spans: [{ name: 'x', endTimeUnixNano: '5000', attributes: attributeList, ...span }] }] },
    ],
  };
}
