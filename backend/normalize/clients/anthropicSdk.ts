import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { INCLUSIVE } from '../usage';
import { textOf } from '../values';

/**
 * The Anthropic SDK's own spans (TypeScript since 0.134, Python since 1.14), on whenever a tracer provider exists. They
 * keep to the conventions and know most: both cache lifetimes and the served tier. An aborted stream has an input and
 * no output.
 */
export const anthropicSdk: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName.startsWith('com.anthropic.sdk'),
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      call.convention = INCLUSIVE;
      call.finishReason ??= textOf(span.attributes.get('anthropic.message.stop_reason'));
    }
    return reading;
  },
};
