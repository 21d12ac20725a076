import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { usageIn } from '../usageInside';
import { child, jsonOf, type Json } from '../values';

/**
 * Google's Agent Development Kit. It adds thoughts to the answer's tokens, as Gemini counts them apart; what its LiteLLM
 * bridge hands over holds them already. That bridge's models are written `PROVIDER/MODEL`. In JavaScript it leaves the
 * thoughts out, and caches: both are in the answer, which it writes down whole unless that is switched off.
 */
export const googleAdk: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === 'gcp.vertex.agent',
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      addAnswer(call, jsonOf(span.attributes.get('gcp.vertex.agent.llm_response')));
    }
    const model = call?.requestModel ?? '';
    if (call && BRIDGED.test(model)) {
      const { output, reasoning } = call.usage;
      call.usage.output = output === null ? null : Math.max(output - (reasoning ?? 0), 0);
      call.responseModel ??= model.slice(model.indexOf('/') + 1);
    }
    return reading;
  },
};

/** The parts, and with them the whole output, as the provider's own usage object tells them. */
function addAnswer(call: CallReading, answer: Json | undefined): void {
  const { usage } = call;
  if (!answer || usage.cacheRead !== null || usage.reasoning !== null) {
    return;
  }
  const metadata = 'usageMetadata' in answer ? 'usageMetadata' : 'usage_metadata';
  const told = usageIn(child(answer, metadata))?.usage;
  if (told && told.input !== null && told.input === usage.input) {
    const { output, cacheRead, reasoning } = told;
    call.usage = { ...usage, output: output ?? usage.output, cacheRead, reasoning };
  }
}

/** LiteLLM's way to name a model; Google's own resource names begin with what they are. */
const BRIDGED = /^(?!(models|tunedModels|projects|publishers|endpoints|apigee)\/)[\w-]+\/\S/;
