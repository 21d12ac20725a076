import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { INCLUSIVE } from '../usage';
import { userDimensions } from '../userMetadata';
import { jsonOf, numberOf, reportedPico } from '../values';

/**
 * pydantic-ai. Release 1's `agent run` repeats its calls' usage without an operation name, release 2 uses
 * `gen_ai.aggregated_usage.*`. The caller's metadata is JSON on the agent's span. `gen_ai.usage.details.*` repeats.
 */
export const pydanticAi: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === 'pydantic-ai',
  read(span): SpanReading {
    const { attributes } = span;
    const metadata = jsonOf(attributes.get('metadata'));
    const dimensions = metadata && userDimensions(metadata);
    if (!attributes.has('gen_ai.operation.name')) {
      return { role: attributes.has('gen_ai.tool.name') ? 'tool' : 'aggregate', dimensions };
    }
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      const firstChunk = numberOf(attributes.get('gen_ai.client.operation.time_to_first_chunk'));
      call.convention = INCLUSIVE;
      call.reportedCost = reportedPico(attributes.get('operation.cost'));
      call.timeToFirstTokenMs ??= firstChunk === undefined ? undefined : firstChunk * 1000;
    }
    return { ...reading, dimensions };
  },
};
