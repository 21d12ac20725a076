import type { ClientHabit, SpanReading } from '../reading';
import { looksEstimated } from '../estimates';
import { readSemconv } from '../semconv';
import { numberOf, reportedPico } from '../values';

/** `openlit.…` in Python, `@openlit/instrumentation-…` and `openlit` in JavaScript. */
const OWN_SCOPE = /^@?openlit\b/;

/**
 * OpenLIT (JavaScript and Python): Anthropic's input leaves cached tokens out, Gemini's output leaves thoughts out, a
 * stream without usage is counted by the client, and `gen_ai.usage.cost` is 0 whenever its price list was out of reach.
 */
export const openlit: ClientHabit = {
  owns: (_span, { scopeName }) => OWN_SCOPE.test(scopeName),
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      const provider = call.provider ?? '';
      const firstToken = numberOf(span.attributes.get('gen_ai.server.time_to_first_token'));
      const cost = reportedPico(span.attributes.get('gen_ai.usage.cost'));
      call.convention = {
        input: /anthropic/.test(provider) ? 'exclusive' : 'unknown',
        output: /gemini|vertex|google|gcp/.test(provider) ? 'exclusive' : 'unknown',
      };
      call.estimated = looksEstimated(call);
      call.reportedCost = cost === 0n ? null : cost;
      call.timeToFirstTokenMs ??= firstToken === undefined ? undefined : firstToken * 1000;
    }
    return reading;
  },
};
