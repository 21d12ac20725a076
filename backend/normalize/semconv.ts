import type { Attributes } from '../receivers/otlp/attributes';
import type { DecodedSpan } from '../receivers/otlp/decoded';
import type { SpanRole } from './candidate';
import { callOperation, roleOfOperation } from './operations';
import type { RawUsage } from './usage';
import { firstCount, firstOf, firstText, textOf } from './values';

/**
 * OpenTelemetry's GenAI conventions, names of today and of before, and the spellings that other clients put beside
 * them (ingest notes §1 and §2). Everything that a span says under `gen_ai.*` is read here.
 */
const INPUT = ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'];
const OUTPUT = ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'];
const CACHE_READ = [
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.input_tokens.cached',
  'gen_ai.usage.cached_input_tokens',
  'gen_ai.usage.cached_tokens',
  'gen_ai.usage.cache_read_tokens',
  'gen_ai.usage.details.cache_read_tokens',
  'gen_ai.usage.details.cached_tokens',
];
const CACHE_WRITE = [
  'gen_ai.usage.cache_write.input_tokens',
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.cache_write_input_tokens',
  'gen_ai.usage.input_tokens.cache_write',
  'gen_ai.usage.cache_write_tokens',
  'gen_ai.usage.details.cache_write_tokens',
];
const CACHE_WRITE_5M = [
  'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
  'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens',
  'gen_ai.usage.details.ephemeral_5m_input_tokens',
];
const CACHE_WRITE_1H = [
  'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
  'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens',
  'gen_ai.usage.details.ephemeral_1h_input_tokens',
];
const REASONING = [
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.usage.reasoning_tokens',
  'gen_ai.usage.output_tokens.reasoning',
  'gen_ai.usage.reasoning_output_tokens',
  'gen_ai.usage.details.reasoning_tokens',
  'gen_ai.usage.details.thoughts_tokens',
];

/** Usage as the span says it, in the span's own convention. */
export function semconvUsage(attributes: Attributes): RawUsage {
  return {
    input: firstCount(attributes, INPUT),
    output: firstCount(attributes, OUTPUT),
    cacheRead: firstCount(attributes, CACHE_READ),
    cacheWrite: firstCount(attributes, CACHE_WRITE),
    cacheWrite5m: firstCount(attributes, CACHE_WRITE_5M),
    cacheWrite1h: firstCount(attributes, CACHE_WRITE_1H),
    reasoning: firstCount(attributes, REASONING),
    audioInput: firstCount(attributes, ['gen_ai.usage.audio.input_tokens', 'gen_ai.usage.details.input_audio_tokens']),
    audioOutput: firstCount(attributes, [
      'gen_ai.usage.audio.output_tokens',
      'gen_ai.usage.details.output_audio_tokens',
    ]),
    imageInput: firstCount(attributes, ['gen_ai.usage.image.input_tokens']),
    webSearches: firstCount(attributes, [
      'gen_ai.usage.details.web_search_requests',
      'anthropic.usage.server_tool_use.web_search_requests',
    ]),
  };
}

/** What a span is by its `gen_ai.*` attributes alone; `explicit` when its operation name says so. */
export function semconvRole(attributes: Attributes): { role: SpanRole; explicit: boolean; operation: string | null } {
  const name = textOf(attributes.get('gen_ai.operation.name'));
  const role = name === undefined ? undefined : roleOfOperation(name);
  if (name !== undefined && role !== undefined) {
    return { role, explicit: true, operation: callOperation(name) ?? null };
  }
  const identified = firstText(attributes, ['gen_ai.request.model', 'gen_ai.response.model']) !== undefined;
  const called = identified && (name === undefined || attributes.has('gen_ai.usage.input_tokens'));
  return { role: called ? 'call' : 'other', explicit: false, operation: called ? 'chat' : null };
}

/** What a call says about itself beside its usage. */
export interface CallFacts {
  provider: string | undefined;
  requestModel: string | undefined;
  responseModel: string | undefined;
  responseId: string | undefined;
  serviceTier: string | undefined;
  finishReason: string | undefined;
  /** Seconds since the call's start. */
  timeToFirstChunk: number | undefined;
}

export function semconvFacts(span: DecodedSpan): CallFacts {
  const { attributes } = span;
  const firstChunk = attributes.get('gen_ai.response.time_to_first_chunk');
  return {
    provider: firstText(attributes, ['gen_ai.provider.name', 'gen_ai.system']),
    requestModel: textOf(attributes.get('gen_ai.request.model')),
    responseModel: textOf(attributes.get('gen_ai.response.model')),
    responseId: textOf(attributes.get('gen_ai.response.id')),
    serviceTier: firstText(attributes, SERVED_TIER),
    finishReason: firstOf(attributes.get('gen_ai.response.finish_reasons')),
    timeToFirstChunk: typeof firstChunk === 'number' ? firstChunk : undefined,
  };
}

/** The tier that SERVED the call; the requested one is not looked at. */
const SERVED_TIER = [
  'openai.response.service_tier',
  'gen_ai.openai.response.service_tier',
  'anthropic.response.service_tier',
];
