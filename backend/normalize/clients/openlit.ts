import { conventionOf, OPENLIT } from '../conventions';
import { looksEstimated } from '../estimates';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { numberOf, reportedPico } from '../values';

/**
 * OpenLIT (JavaScript and Python): Anthropic's input leaves cached tokens out, Gemini's output leaves thoughts out, a
 * stream without usage is counted by the client, and `gen_ai.usage.cost` is 0 whenever its price list was out of reach.
 */
export const openlit: ClientHabit = {
  owns: (_span, { scopeName }) => OPENLIT.test(scopeName),
  read(span, { scopeName }): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      const firstToken = numberOf(span.attributes.get('gen_ai.server.time_to_first_token'));
      const cost = reportedPico(span.attributes.get('gen_ai.usage.cost'));
      call.convention = conventionOf(scopeName, call.provider);
      call.estimated = looksEstimated(call);
      call.reportedCost = cost === 0n ? null : cost;
      call.timeToFirstTokenMs ??= firstToken === undefined ? undefined : firstToken * 1000;
    }
    return reading;
  },
};
