import { randomBytes } from 'node:crypto';
import { encode, TracesRequest } from '../../proto/reference';

/** Spans as real clients send them (tests/captures): single calls, and agents whose span repeats the sum of their calls. */

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const number = (key: string, value: number) => ({ key, value: { intValue: value } });

interface Usage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

const usageOf = (index: number): Usage => ({
  input: 1000 + (index % 7919),
  cached: index % 3 === 0 ? 512 : 0,
  output: 300 + (index % 77),
});

const usageAttributes = ({ input, cached, output }: Usage) => [
  number('gen_ai.usage.input_tokens', input),
  number('gen_ai.usage.cache_read.input_tokens', cached),
  number('gen_ai.usage.output_tokens', output),
];

interface Place {
  readonly traceId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly spanId: Buffer;
  /** ms since 1970 */
  readonly at: number;
}

const span = (name: string, { traceId, parentSpanId, spanId, at }: Place, attributes: object[]) => ({
  traceId,
  spanId,
  ...(parentSpanId ? { parentSpanId } : {}),
  name,
  kind: 3,
  startTimeUnixNano: String(BigInt(at) * 1_000_000n),
  endTimeUnixNano: String(BigInt(at + 300) * 1_000_000n),
  attributes,
  status: {},
});

const call = (index: number, place: Place) =>
  span('chat gpt-4o-mini', place, [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.request.model', 'gpt-4o-mini'),
    text('gen_ai.provider.name', 'openai'),
    text('server.address', 'api.openai.com'),
    number('server.port', 443),
    { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    text('gen_ai.response.id', `chatcmpl-${randomBytes(12).toString('hex')}`),
    text('gen_ai.response.model', 'gpt-4o-mini-2024-07-18'),
    ...usageAttributes(usageOf(index)),
    text('user.id', `user-${index % 997}`),
    text('session.id', `session-${index >> 3}`),
  ]);

const CALLS_OF_AGENT = 3;

/** An agent's run: its own span with the sum, its calls, and a tool. */
function agent(index: number, at: number): object[] {
  const traceId = randomBytes(16);
  const root = randomBytes(8);
  const below = (): Place => ({ traceId, parentSpanId: root, spanId: randomBytes(8), at });
  const sum = Array.from({ length: CALLS_OF_AGENT }, (_, i) => usageOf(index + i)).reduce((a, b) => ({
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
  }));
  const name = text('gen_ai.agent.name', `agent-${index % 12}`);
  return [
    ...Array.from({ length: CALLS_OF_AGENT }, (_, i) => call(index + i, below())),
    span('execute_tool search', below(), [
      text('gen_ai.operation.name', 'execute_tool'),
      text('gen_ai.tool.name', 'search'),
    ]),
    span('invoke_agent', { traceId, spanId: root, at }, [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'gpt-4o-mini'),
      name,
      ...usageAttributes(sum),
    ]),
  ];
}

/** Every so many-th call belongs to an agent's run. */
const AGENTS = 10;

export interface TracesBody {
  readonly protobuf: Buffer;
  readonly spans: number;
  /** Rows that must come of it. */
  readonly calls: number;
}

/** An export request of one service with about `size` spans, of which no other request has one. */
export function tracesBody(size: number, now = Date.now()): TracesBody {
  const spans: object[] = [];
  let calls = 0;
  while (spans.length < size) {
    if (calls % (AGENTS * CALLS_OF_AGENT) < CALLS_OF_AGENT) {
      spans.push(...agent(calls, now));
      calls += CALLS_OF_AGENT;
    } else {
      spans.push(call(calls, { traceId: randomBytes(16), spanId: randomBytes(8), at: now }));
      calls++;
    }
  }
  const resource = { attributes: [text('service.name', 'shop'), text('deployment.environment.name', 'production')] };
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.21.0' };
  return {
    protobuf: encode(TracesRequest, { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
    spans: spans.length,
    calls,
  };
}
