import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';

/**
 * Google's Agent Development Kit. It adds thoughts to the answer's tokens, as Gemini counts them apart; what its LiteLLM
 * bridge hands over holds them already. That bridge's models are written `PROVIDER/MODEL`.
 */
export const googleAdk: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === 'gcp.vertex.agent',
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    const model = call?.requestModel ?? '';
    if (call && BRIDGED.test(model)) {
      const { output, reasoning } = call.usage;
      call.usage.output = output === null ? null : Math.max(output - (reasoning ?? 0), 0);
      call.responseModel ??= model.slice(model.indexOf('/') + 1);
    }
    return reading;
  },
};

/** LiteLLM's way to name a model; Google's own resource names begin with what they are. */
const BRIDGED = /^(?!(models|tunedModels|projects|publishers|endpoints|apigee)\/)[\w-]+\/\S/;
