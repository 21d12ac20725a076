import type { DecodedSpan, Origin } from '../../receivers/otlp/decoded';
import { readProviderUsage, type ProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { readSemconv, semconvCall } from '../semconv';
import { child, jsonOf, textOf, type Json } from '../values';

/**
 * Logfire's instrumentations of OpenAI's and Anthropic's SDKs: the provider's own usage object stands beside the sums,
 * as JSON text in `gen_ai.usage.raw` or inside of `response_data`. Releases before 4 say nothing else of Anthropic's
 * calls and of streams: the model is in `request_data`. A stream makes two spans: one that ends when the answer begins and
 * knows nothing of it, and one of no length, `streaming response from …`, when it has ended.
 */
export const logfire: ClientHabit = {
  owns: (_span, { scopeName }) => SCOPE.test(scopeName),
  read(span, origin): SpanReading {
    const request = jsonOf(span.attributes.get('request_data'));
    if (beginsStream(span, request)) {
      return { role: 'other' };
    }
    const conventional = readSemconv(span);
    const reading = conventional.call ? conventional : readRequest(span, origin, request);
    const found = providerUsage(span);
    if (reading.call && found) {
      reading.call.usage = found.usage;
      reading.call.convention = found.convention;
      reading.call.serviceTier ??= found.serviceTier;
    }
    return reading;
  },
};

/** The provider's own usage object: OpenAI Agents' spans have it inside of the whole answer. */
function providerUsage({ attributes }: DecodedSpan): ProviderUsage | undefined {
  const answer = jsonOf(attributes.get('response_data')) ?? jsonOf(attributes.get('response'));
  return readProviderUsage(jsonOf(attributes.get('gen_ai.usage.raw')) ?? child(answer, 'usage'));
}

const SCOPE = /^logfire\.(openai|anthropic)/;

/** A call by its request alone. */
function readRequest(span: DecodedSpan, { scopeName }: Origin, request: Json | undefined): SpanReading {
  const model = textOf(request?.model);
  if (model === undefined) {
    return { role: 'other' };
  }
  const call: CallReading = {
    ...semconvCall(span),
    operation: operationOf(span.name),
    explicit: true,
    provider: SCOPE.exec(scopeName)?.[1],
    requestModel: model,
  };
  return { role: 'call', call };
}

const operationOf = (name: string): string =>
  /^embedding/i.test(name) ? 'embeddings' : /^image/i.test(name) ? 'image' : 'chat';

/**
 * A request that went well and has no answer (but the asked model's name as the answering one's): the answer is a
 * stream, which another span reports.
 */
const beginsStream = ({ attributes, statusCode }: DecodedSpan, request: Json | undefined): boolean =>
  statusCode !== 2 &&
  attributes.get('logfire.span_type') !== 'log' &&
  (request?.stream === true || !ANSWERS.some((key) => attributes.has(key)));

const ANSWERS = ['gen_ai.response.id', 'gen_ai.usage.raw', 'gen_ai.usage.input_tokens', 'response_data'];
