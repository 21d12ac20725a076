import type { Attributes } from '../receivers/otlp/attributes';
import type { DecodedSpan, Origin } from '../receivers/otlp/decoded';
import { callOperation, roleOfOperation } from './operations';
import { exceptionOf } from './outcome';
import { emptyReading, OTHER, type CallReading, type SpanReading } from './reading';
import type { RawUsage } from './usage';
import { firstCount, firstOf, firstText, numberOf, reportedPico, textOf } from './values';

/**
 * OpenTelemetry's GenAI conventions, names of today and of before, and the spellings that other clients put beside
 * them (ingest notes §1 and §2). Everything that is said under `gen_ai.*` is read here, for spans and log events alike.
 */
const INPUT = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'llm.usage.prompt_tokens',
  'gen_ai.token.usage.input',
];
const OUTPUT = [
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'llm.usage.completion_tokens',
  'gen_ai.token.usage.output',
];
const CACHE_READ = [
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.input_tokens.cached',
  'gen_ai.usage.cached_input_tokens',
  'gen_ai.usage.cached_tokens',
  'gen_ai.usage.cache_read_tokens',
  'gen_ai.usage.prompt_tokens_details.cached_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_read',
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
  'gen_ai.usage.cache_creation_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_creation_tokens',
  'gen_ai.usage.prompt_tokens_details.cache_write',
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
  'gen_ai.usage.completion_tokens_details.reasoning_tokens',
  'gen_ai.usage.completion_tokens_details.reasoning',
  'gen_ai.usage.details.reasoning_tokens',
  'gen_ai.usage.details.thoughts_tokens',
];
const AUDIO_INPUT = ['gen_ai.usage.audio.input_tokens', 'gen_ai.usage.details.input_audio_tokens'];
const AUDIO_OUTPUT = [
  'gen_ai.usage.audio.output_tokens',
  'gen_ai.usage.completion_tokens_details.audio_tokens',
  'gen_ai.usage.details.output_audio_tokens',
];
const WEB_SEARCHES = [
  'anthropic.usage.server_tool_use.web_search_requests',
  'gen_ai.usage.web_search_requests',
  'gen_ai.usage.details.web_search_requests',
];

/** The tier that SERVED the call; the requested one is not looked at. */
const SERVED_TIER = [
  'llmcost.service_tier',
  'openai.response.service_tier',
  'gen_ai.openai.response.service_tier',
  'gen_ai.response.service_tier',
  'anthropic.response.service_tier',
];

/** Usage as the source says it, in the source's own convention. */
export const semconvUsage = (attributes: Attributes): RawUsage => ({
  input: firstCount(attributes, INPUT),
  output: firstCount(attributes, OUTPUT),
  cacheRead: firstCount(attributes, CACHE_READ),
  cacheWrite: firstCount(attributes, CACHE_WRITE),
  cacheWrite5m: firstCount(attributes, CACHE_WRITE_5M),
  cacheWrite1h: firstCount(attributes, CACHE_WRITE_1H),
  reasoning: firstCount(attributes, REASONING),
  audioInput: firstCount(attributes, AUDIO_INPUT),
  audioOutput: firstCount(attributes, AUDIO_OUTPUT),
  imageInput: firstCount(attributes, ['gen_ai.usage.image.input_tokens']),
  webSearches: firstCount(attributes, WEB_SEARCHES),
});

const MODELS = ['gen_ai.request.model', 'gen_ai.response.model'];

/** True when the attributes report tokens, whatever they are of. */
export const hasSemconvUsage = (attributes: Attributes): boolean =>
  firstCount(attributes, INPUT) !== null || firstCount(attributes, OUTPUT) !== null;

/**
 * A span by its `gen_ai.*` attributes. Without a known operation it is a call when it names a model and either tokens
 * or no operation at all: clients without `gen_ai.operation.name` exist, other operations do not call models.
 */
export function readSemconv(span: DecodedSpan): SpanReading {
  const { attributes } = span;
  const name = textOf(attributes.get('gen_ai.operation.name'));
  const role = name === undefined ? undefined : roleOfOperation(name);
  if (role !== undefined && role !== 'call') {
    return { role };
  }
  const identified = firstText(attributes, MODELS) !== undefined;
  if (role === undefined && !(identified && (name === undefined || hasSemconvUsage(attributes)))) {
    return OTHER;
  }
  const operation = (name === undefined ? undefined : callOperation(name)) ?? guessedOperation(span);
  return { role: 'call', call: { ...semconvCall(span), operation, explicit: role === 'call' } };
}

/** Older clients say the operation in `llm.request.type` or in the span's name only. */
function guessedOperation(span: DecodedSpan): string {
  const type = textOf(span.attributes.get('llm.request.type'));
  const known = type === undefined ? undefined : callOperation(type);
  return known ?? (/embed/i.test(span.name) ? 'embeddings' : 'chat');
}

/** Everything that a span says about its call under the conventions' names. */
export function semconvCall(span: DecodedSpan): CallReading {
  const { attributes } = span;
  const exception = exceptionOf(span);
  return {
    ...semconvFacts(attributes),
    outcome: {
      failed: span.statusCode === 2,
      errorType: textOf(attributes.get('error.type')) ?? exception?.type,
      message: textOf(span.statusMessage) ?? exception?.message,
      httpStatus: numberOf(attributes.get('http.response.status_code')),
    },
  };
}

/** The part of {@link semconvCall} that log events have too. */
export function semconvFacts(attributes: Attributes): CallReading {
  const firstChunk = numberOf(attributes.get('gen_ai.response.time_to_first_chunk'));
  const resends = numberOf(attributes.get('http.request.resend_count'));
  return {
    ...emptyReading(),
    usage: semconvUsage(attributes),
    provider: firstText(attributes, ['gen_ai.provider.name', 'gen_ai.system']),
    requestModel: textOf(attributes.get('gen_ai.request.model')),
    responseModel: textOf(attributes.get('gen_ai.response.model')),
    responseId: textOf(attributes.get('gen_ai.response.id')),
    serviceTier: firstText(attributes, SERVED_TIER),
    finishReason: firstOf(attributes.get('gen_ai.response.finish_reasons')),
    timeToFirstTokenMs: firstChunk === undefined ? undefined : firstChunk * 1000,
    attempt: numberOf(attributes.get('llmcost.attempt')) ?? (resends === undefined ? 1 : resends + 1),
    reportedCost: reportedPico(attributes.get('llmcost.reported_cost')),
    outcome: {
      failed: false,
      errorType: textOf(attributes.get('error.type')),
      message: undefined,
      httpStatus: numberOf(attributes.get('http.response.status_code')),
    },
  };
}

/** Scopes whose client never says how much was read from a cache (measured on captures of their releases). */
const NEVER_CACHE_DETAIL =
  /^(@opentelemetry\/instrumentation-openai|@traceloop\/instrumentation-openai|opentelemetry\.instrumentation\.openai_v2|opentelemetry\.instrumentation\.openai_agents)$/;

/** The habit of everybody who keeps to the conventions; asked last. */
export const semconvHabit = {
  owns: (): boolean => true,
  read(span: DecodedSpan, origin: Origin): SpanReading {
    const reading = readSemconv(span);
    if (reading.call) {
      reading.call.neverCacheDetail = NEVER_CACHE_DETAIL.test(origin.scopeName);
    }
    return reading;
  },
};
