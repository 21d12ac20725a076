import type { DecodedSpan } from '../../receivers/otlp/decoded';
import { readProviderUsage } from '../providerUsage';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { jsonOf } from '../values';

/**
 * Logfire's instrumentations of OpenAI's and Anthropic's SDKs: the provider's own usage object stands beside the sums,
 * as JSON text in `gen_ai.usage.raw`. A stream makes two spans: one that ends when the answer begins and knows nothing of
 * it, and one of no length, `streaming response from …`, when it has ended.
 */
export const logfire: ClientHabit = {
  owns: (_span, { scopeName }) => /^logfire\.(openai|anthropic)/.test(scopeName),
  read(span): SpanReading {
    const reading = readSemconv(span);
    if (beginsStream(span)) {
      return { role: 'other' };
    }
    const raw = jsonOf(span.attributes.get('gen_ai.usage.raw'));
    const found = raw && readProviderUsage(raw);
    if (reading.call && found) {
      reading.call.usage = found.usage;
      reading.call.convention = found.convention;
      reading.call.serviceTier ??= found.serviceTier;
    }
    return reading;
  },
};

/**
 * A request that went well and has no answer (but the asked model's name as the answering one's): the answer is a
 * stream, which another span reports.
 */
const beginsStream = ({ attributes, statusCode }: DecodedSpan): boolean =>
  statusCode !== 2 &&
  attributes.get('logfire.span_type') !== 'log' &&
  !['gen_ai.response.id', 'gen_ai.usage.raw', 'gen_ai.usage.input_tokens'].some((key) => attributes.has(key));
