import type { ClientHabit, SpanReading } from '../reading';
import { hasSemconvUsage, readSemconv } from '../semconv';

/**
 * Langtrace. Where it wraps a framework it writes a span for each of the framework's functions (a model's constructor,
 * `asdict`, `generate`), with the model's name and nothing that was used: none of them is a call. LiteLLM is a framework
 * too, in its words, with an operation and tokens.
 */
export const langtrace: ClientHabit = {
  owns: (span) => span.attributes.has('langtrace.service.type'),
  read(span): SpanReading {
    const { attributes } = span;
    const calls = attributes.has('gen_ai.operation.name') || hasSemconvUsage(attributes);
    return attributes.get('langtrace.service.type') === 'framework' && !calls
      ? { role: 'aggregate' }
      : readSemconv(span);
  },
};
