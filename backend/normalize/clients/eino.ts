import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { textOf } from '../values';

/**
 * Eino (Go) by its APMPlus callbacks. `runinfo.component` says what ran; graphs, tools and lambdas repeat what passes through
 * them. The provider is its own name, and the model's type (`OpenAI`, `Claude`, `Ark`) is who is paid. It tells no parts of
 * the usage.
 */
export const eino: ClientHabit = {
  owns: (span) => span.attributes.has('runinfo.component'),
  read(span): SpanReading {
    const { attributes } = span;
    const component = textOf(attributes.get('runinfo.component')) ?? '';
    if (!MODELS.has(component)) {
      return { role: component === 'Tool' ? 'tool' : 'aggregate' };
    }
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      call.operation = MODELS.get(component) ?? null;
      call.explicit = true;
      call.provider = textOf(attributes.get('runinfo.type'));
      call.neverCacheDetail = true;
    }
    return reading;
  },
};

/** Components that call a model, with the domain's word for it. */
const MODELS: ReadonlyMap<string, string> = new Map([
  ['ChatModel', 'chat'],
  ['Embedding', 'embeddings'],
]);
