import { randomBytes } from 'node:crypto';
import type { Normalized } from '../../backend/normalize/candidate';
import { normalizeTraces } from '../../backend/normalize/traces';
import { decide } from '../../backend/pipeline/decide';
import { OnceMemory } from '../../backend/pipeline/once/onceMemory';
import { decodeTraces } from '../../backend/receivers/otlp/traces';
import { encode, TracesRequest } from '../proto/reference';

const SPANS_PER_REQUEST = 512;
const REQUESTS = 20;
const ROUNDS = 20;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const number = (key: string, value: number) => ({ key, value: { intValue: value } });

/** One call as OpenTelemetry's OpenAI instrumentation reports it, with the user and session of the application. */
const span = (index: number, now: number) => ({
  traceId: randomBytes(16),
  spanId: randomBytes(8),
  name: 'chat gpt-4o-mini',
  kind: 3,
  startTimeUnixNano: String(BigInt(now) * 1_000_000n),
  endTimeUnixNano: String(BigInt(now + 300) * 1_000_000n),
  attributes: [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.request.model', 'gpt-4o-mini'),
    text('gen_ai.provider.name', 'openai'),
    text('server.address', 'api.openai.com'),
    number('server.port', 443),
    { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    text('gen_ai.response.id', `chatcmpl-${randomBytes(12).toString('hex')}`),
    text('gen_ai.response.model', 'gpt-4o-mini-2024-07-18'),
    number('gen_ai.usage.input_tokens', 1000 + index),
    number('gen_ai.usage.output_tokens', 300 + (index % 77)),
    text('user.id', `user-${index % 99}`),
    text('session.id', `session-${index}`),
  ],
  status: {},
});

/** An export request of one service, in protobuf. */
export function tracesRequest(spans: number, now: number = Date.now()): Buffer {
  const resource = { attributes: [text('service.name', 'shop'), text('deployment.environment.name', 'production')] };
  const scope = { name: '@opentelemetry/instrumentation-openai', version: '0.21.0' };
  const scopeSpans = [{ scope, spans: Array.from({ length: spans }, (_, index) => span(index, now)) }];
  return encode(TracesRequest, { resourceSpans: [{ resource, scopeSpans }] });
}

/**
 * Spans per second of CPU time, for several kinds of work: the best of some rounds in which they take turns, so that
 * other work on the machine falls on all of them.
 */
function rates(works: ReadonlyArray<() => void>): number[] {
  const best = works.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach((work, i) => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      best[i] = Math.max(best[i]!, (SPANS_PER_REQUEST * REQUESTS * 1e6) / (user + system));
    });
  }
  return best;
}

/** Decoding, reading and counting spans on one core, as ratios to protobufjs decoding the same bytes in the same run. */
export function run(): string {
  const requests = Array.from({ length: REQUESTS }, () => tracesRequest(SPANS_PER_REQUEST));
  const decoded = requests.map((bytes) => decodeTraces(bytes));
  const normalized = decoded.map((traces) => normalizeTraces(traces));
  const works: Array<readonly [what: string, work: () => void]> = [
    ['protobufjs decodes', () => requests.forEach((bytes) => TracesRequest.decode(bytes))],
    ['we decode', () => requests.forEach((bytes) => decodeTraces(bytes))],
    ['we read as calls', () => decoded.forEach((traces) => normalizeTraces(traces))],
    ['we count once', () => countOnce(normalized)],
  ];
  const found = rates(works.map(([, work]) => work));
  const bytes = Math.round(requests[0]!.length / SPANS_PER_REQUEST);
  const lines = works.map(([what], i) => {
    const ratio = (found[i]! / found[0]!).toFixed(2);
    return `| ${what} | ${Math.round(found[i]! / 1000)} | ${ratio} |`;
  });
  return [`| Spans of ${bytes} B | k spans/s of CPU time | of protobufjs |`, '| --- | ---: | ---: |', ...lines].join(
    '\n'
  );
}

function countOnce(batches: readonly Normalized[]): void {
  const memory = new OnceMemory();
  for (const batch of batches) {
    decide(batch, memory, 0);
    memory.commit(0);
  }
}
