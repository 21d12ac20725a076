import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { DimensionValues } from '../dimensions';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { noUsage } from '../usage';
import { firstCount, firstText, textOf } from '../values';

/**
 * VoltAgent. An agent's span has what all steps of its run used (`usage.*`); the model's span below it (`llm:…`) knows the
 * last step alone, and each failed attempt. So the agent's sum is believed, and the model's span where nothing else is
 * known. Its counts are the AI SDK's, of the release that is installed.
 */
export const voltAgent: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === VOLT_AGENT,
  read(span): SpanReading {
    const { attributes } = span;
    const type = textOf(attributes.get('span.type'));
    const dimensions = dimensionsOf(attributes);
    if (type === 'llm') {
      return { role: 'call', dimensions, call: readCall(span, 'llm.usage') };
    }
    if (type === undefined && attributes.get('entity.type') === 'agent' && attributes.has('ai.model.name')) {
      return { role: 'call', dimensions, call: readCall(span, 'usage'), instrumentation: VOLT_AGENT_SUM };
    }
    return { role: type === 'tool' ? 'tool' : 'aggregate', dimensions };
  },
};

export const VOLT_AGENT = '@voltagent/core';

/** The source of what an agent used in all of its steps. */
export const VOLT_AGENT_SUM = `${VOLT_AGENT}/agent`;

function readCall(span: DecodedSpan, prefix: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const count = (name: string): number | null => firstCount(attributes, [`${prefix}.${name}`]);
  call.operation = 'chat';
  call.explicit = true;
  call.requestModel = firstText(attributes, ['llm.model', 'ai.model.name']);
  call.finishReason = firstText(attributes, ['llm.finish_reason', 'ai.response.finish_reason']);
  call.usage = {
    ...noUsage(),
    input: count('prompt_tokens'),
    output: count('completion_tokens'),
    cacheRead: count('cached_tokens'),
    reasoning: count('reasoning_tokens'),
    total: count('total_tokens'),
  };
  return call;
}

function dimensionsOf(attributes: Attributes): DimensionValues {
  const agent = attributes.get('entity.type') === 'agent' ? textOf(attributes.get('entity.name')) : undefined;
  const session = textOf(attributes.get('conversation.id'));
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(session === undefined ? {} : { session_id: session }),
  };
}
