import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import { readProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { noUsage } from '../usage';
import { firstCount, jsonOf, textOf } from '../values';

/**
 * Judgeval: everything under `judgment.*`. The provider's own usage object is there as JSON, and beside it flat counts
 * whose input leaves caches out.
 */
export const judgeval: ClientHabit = {
  owns: (span) => span.attributes.has('judgment.span_kind'),
  read(span): SpanReading {
    const kind = textOf(span.attributes.get('judgment.span_kind')) ?? '';
    const role = ROLES[kind] ?? 'aggregate';
    return role === 'call' ? { role, call: readCall(span) } : { role };
  },
};

const ROLES: Readonly<Record<string, SpanRole>> = { llm: 'call', tool: 'tool' };

function readCall(span: DecodedSpan): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const answer = jsonOf(attributes.get('gen_ai.completion'));
  call.operation = 'chat';
  call.explicit = true;
  call.provider ??= /^(OPENAI|ANTHROPIC|TOGETHER|GOOGLE)_API_CALL$/.exec(span.name)?.[1]?.toLowerCase();
  call.requestModel ??= textOf(attributes.get('judgment.llm.model'));
  call.responseModel ??= textOf(answer?.model);
  call.responseId ??= textOf(answer?.id);
  call.serviceTier ??= textOf(answer?.service_tier);
  const said = readProviderUsage(jsonOf(attributes.get('judgment.usage.metadata')) ?? {});
  // A stream whose usage lost its beginning is passed on with zeros in the place of what is not known.
  if (said) {
    call.usage = said.usage;
    call.convention = said.convention;
    call.serviceTier ??= said.serviceTier;
  } else {
    call.convention = { input: 'exclusive', output: 'unknown' };
    call.usage = {
      ...noUsage(),
      input: firstCount(attributes, ['judgment.usage.non_cached_input_tokens']),
      output: firstCount(attributes, ['judgment.usage.output_tokens']),
      cacheRead: firstCount(attributes, ['judgment.usage.cache_read_input_tokens']),
      cacheWrite: firstCount(attributes, ['judgment.usage.cache_creation_input_tokens']),
    };
  }
  return call;
}
