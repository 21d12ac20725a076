import type { Attributes } from '../../receivers/otlp/attributes';
import type { DimensionValues } from '../dimensions';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { INCLUSIVE } from '../usage';
import { userDimensions } from '../userMetadata';

/**
 * Mastra's OpenTelemetry exporter and bridge: `chat` is the call, the `model_generation` and `agent_step` around it and
 * the `model_chunk` below it are none. What the caller attached is under `mastra.metadata.*`, on every span.
 */
export const mastra: ClientHabit = {
  owns: (span, { scopeName }) => scopeName.startsWith('@mastra/') || span.attributes.has('mastra.span.type'),
  read(span): SpanReading {
    const reading = readSemconv(span);
    if (reading.call) {
      reading.call.convention = INCLUSIVE;
    }
    return { ...reading, dimensions: fromMetadata(span.attributes) };
  },
};

const METADATA = 'mastra.metadata.';

function fromMetadata({ keys, values }: Attributes): DimensionValues {
  const metadata: Record<string, unknown> = {};
  keys.forEach((key, i) => {
    if (key.startsWith(METADATA)) {
      metadata[key.slice(METADATA.length)] = values[i];
    }
  });
  return userDimensions(metadata);
}
