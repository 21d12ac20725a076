import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { addUsageInside } from '../usageInside';
import { child, isJson, jsonOf, textOf } from '../values';

/**
 * Haystack's own tracing by its OpenTelemetry tracer: `haystack.*`, components and pipelines alike. With content tracing
 * on, a generator's answer is a list of `replies` and an embedder's has `meta`, each with the provider's model and usage;
 * without it nothing tells a model's component from any other, and nothing is counted.
 */
export const haystack: ClientHabit = {
  owns: ({ name }) => name.startsWith('haystack.'),
  read(span): SpanReading {
    if (span.name === 'haystack.agent.step.tool') {
      return { role: 'tool' };
    }
    const call = readAnswer(span);
    return call ? { role: 'call', call } : { role: span.name === COMPONENT ? 'other' : 'aggregate' };
  },
};

const COMPONENT = 'haystack.component.run';

/** Where each span keeps what its component gave back. */
const OUTPUTS: Readonly<Record<string, string>> = {
  [COMPONENT]: 'haystack.component.output',
  'haystack.agent.step.llm': 'haystack.agent.step.llm.output',
};

function readAnswer(span: DecodedSpan): CallReading | undefined {
  const output = jsonOf(span.attributes.get(OUTPUTS[span.name] ?? ''));
  const [reply] = Array.isArray(output?.replies) ? (output.replies as unknown[]).filter(isJson) : [];
  const meta = child(reply ?? output, 'meta');
  const model = textOf(meta.model);
  if (model === undefined) {
    return undefined;
  }
  const call = semconvCall(span);
  call.operation = reply ? 'chat' : 'embeddings';
  call.explicit = true;
  call.provider = providerOf(textOf(span.attributes.get('haystack.component.fully_qualified_type')));
  call.requestModel = model;
  call.responseModel = model;
  call.responseId = textOf(meta.id);
  call.serviceTier = textOf(meta.service_tier);
  call.finishReason = textOf(meta.finish_reason);
  addUsageInside(call, { meta });
  return call;
}

/** `haystack_integrations.components.generators.anthropic.chat.…`, `haystack.components.embedders.openai_…` */
function providerOf(component: string | undefined): string | undefined {
  const [, module] = /\.(?:generators|embedders)\.(?:chat\.)?([a-z]+)/.exec(component ?? '') ?? [];
  return module;
}
