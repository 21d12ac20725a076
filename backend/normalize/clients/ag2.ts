import { AG2, conventionOf } from '../conventions';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';

/**
 * AG2's telemetry. Beside each model call's span it writes one of its accounting (`record_usage`), which repeats it; what
 * its compaction and live sessions use has that span alone. Anthropic's and Bedrock's input leaves caches out.
 */
export const ag2: ClientHabit = {
  owns: (span) => span.attributes.has('ag2.span.type'),
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (!call) {
      return reading;
    }
    call.convention = conventionOf(AG2, call.provider);
    return span.attributes.get('ag2.span.type') === 'usage' ? { ...reading, instrumentation: AG2_RECORD } : reading;
  },
};

/** The source of what AG2 keeps for its accounts. */
export const AG2_RECORD = `${AG2}/usage`;
