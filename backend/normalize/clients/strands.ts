import type { Origin } from '../../receivers/otlp/decoded';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { numberOf, textOf } from '../values';

/**
 * Strands Agents. The provider is its own name, which says nothing; the model's id does. Times to the first token are
 * milliseconds, under a name whose unit is seconds elsewhere. Input includes cached tokens since release 1.30. Its first
 * releases say no operation: `Model invoke` is the call, every other span repeats it.
 *
 * In TypeScript (1.19) its scope and its provider are the service's name, and Anthropic's input is without caches.
 */
export const strands: ClientHabit = {
  owns: (span, { scopeName }) => {
    const provider = span.attributes.get('gen_ai.system') ?? span.attributes.get('gen_ai.provider.name');
    return (
      scopeName.startsWith('strands') ||
      provider === 'strands-agents' ||
      (provider === scopeName && span.attributes.has('gen_ai.event.start_time'))
    );
  },
  read(span, origin): SpanReading {
    if (!span.attributes.has('gen_ai.operation.name') && !span.name.startsWith('Model invoke')) {
      return { role: span.name.startsWith('Tool') ? 'tool' : 'aggregate' };
    }
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      call.provider = undefined;
      call.convention = leavesCachesOut(call.requestModel, origin)
        ? { input: 'exclusive', output: 'unknown' }
        : call.convention;
      call.timeToFirstTokenMs ??= numberOf(span.attributes.get('gen_ai.server.time_to_first_token'));
      const cancelled = textOf(span.attributes.get('strands.cancellation.type'));
      if (cancelled !== undefined) {
        call.outcome = { ...call.outcome, failed: true, errorType: call.outcome.errorType ?? cancelled };
      }
    }
    return origin.scopeName.startsWith('strands') ? reading : { ...reading, instrumentation: 'strands-agents' };
  },
};

/** Claude's models, by Anthropic's API or Bedrock's: TypeScript passes on their input as it is. */
const leavesCachesOut = (model: string | undefined, { resource }: Origin): boolean =>
  /claude/.test(model ?? '') && /js$/.test(textOf(resource.get('telemetry.sdk.language')) ?? '');
