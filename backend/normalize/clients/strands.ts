import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { numberOf, textOf } from '../values';

/**
 * Strands Agents. The provider is its own name, which says nothing; the model's id does. Times to the first token are
 * milliseconds, under a name whose unit is seconds elsewhere. Input includes cached tokens since release 1.30. Its first
 * releases say no operation: `Model invoke` is the call, every other span repeats it.
 */
export const strands: ClientHabit = {
  owns: (span, { scopeName }) =>
    scopeName.startsWith('strands') ||
    (span.attributes.get('gen_ai.system') ?? span.attributes.get('gen_ai.provider.name')) === 'strands-agents',
  read(span): SpanReading {
    if (!span.attributes.has('gen_ai.operation.name') && !span.name.startsWith('Model invoke')) {
      return { role: span.name.startsWith('Tool') ? 'tool' : 'aggregate' };
    }
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      call.provider = undefined;
      call.timeToFirstTokenMs ??= numberOf(span.attributes.get('gen_ai.server.time_to_first_token'));
      const cancelled = textOf(span.attributes.get('strands.cancellation.type'));
      if (cancelled !== undefined) {
        call.outcome = { ...call.outcome, failed: true, errorType: call.outcome.errorType ?? cancelled };
      }
    }
    return reading;
  },
};
