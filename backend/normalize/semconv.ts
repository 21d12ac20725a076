import { Attributes } from '../receivers/otlp/attributes';
import type { DecodedSpan, Origin } from '../receivers/otlp/decoded';
import { responseKey } from './candidate';
import { conventionOf, WEAVE } from './conventions';
import { callOperation, roleOfOperation } from './operations';
import { exceptionOf, statusOf } from './outcome';
import { emptyReading, OTHER, type CallReading, type SpanReading } from './reading';
import { noUsage, UNKNOWN, type Convention, type RawUsage } from './usage';
import { loosePart } from './looseSpellings';
import { countOf, firstCount, firstOf, firstText, jsonOf, numberOf, reportedPico, textOf, type Json } from './values';

/**
 * OpenTelemetry's GenAI conventions, names of today and of before, and the spellings that other clients put beside
 * them (ingest notes §1 and §2). Everything that is said under `gen_ai.*` is read here, for spans and log events alike.
 */
/** Spellings of each count, the most telling first. */
const SPELLINGS: Readonly<Record<keyof RawUsage, readonly string[]>> = {
  input: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.usage.prompt_tokens',
    'gen_ai.token.usage.input',
    // .NET: Microsoft.Extensions.AI and Semantic Kernel of 2024 and 2025
    'gen_ai.response.input_tokens',
    'gen_ai.response.prompt_tokens',
  ],
  output: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.usage.completion_tokens',
    'gen_ai.token.usage.output',
    'gen_ai.response.output_tokens',
    'gen_ai.response.completion_tokens',
  ],
  cacheRead: [
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
  ],
  cacheWrite: [
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
  ],
  cacheWrite5m: [
    'anthropic.usage.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.details.ephemeral_5m_input_tokens',
  ],
  cacheWrite1h: [
    'anthropic.usage.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.details.ephemeral_1h_input_tokens',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
    'gen_ai.usage.reasoning_output_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning_tokens',
    'gen_ai.usage.completion_tokens_details.reasoning',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.details.thoughts_tokens',
  ],
  audioInput: ['gen_ai.usage.audio.input_tokens', 'gen_ai.usage.details.input_audio_tokens'],
  audioOutput: [
    'gen_ai.usage.audio.output_tokens',
    'gen_ai.usage.completion_tokens_details.audio_tokens',
    'gen_ai.usage.details.output_audio_tokens',
  ],
  imageInput: ['gen_ai.usage.image.input_tokens'],
  total: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
  webSearches: [
    'anthropic.usage.server_tool_use.web_search_requests',
    'gen_ai.usage.web_search_requests',
    'gen_ai.usage.details.web_search_requests',
  ],
};

/** The tier that SERVED the call; the requested one is not looked at. */
const SERVED_TIER = [
  'llmcost.service_tier',
  'openai.response.service_tier',
  'gen_ai.openai.response.service_tier',
  'gen_ai.response.service_tier',
  'anthropic.response.service_tier',
];

/** Where a spelling belongs, and how telling it is. */
interface Place {
  readonly field: keyof RawUsage;
  readonly rank: number;
}

const FIELDS = Object.keys(SPELLINGS) as ReadonlyArray<keyof RawUsage>;
const PLACES: ReadonlyMap<string, Place> = new Map(
  FIELDS.flatMap((field) => SPELLINGS[field].map((name, rank) => [name, { field, rank }] as const))
);

/** A part of the usage under a spelling that is not listed; any listed one is more telling. */
function loosePlace(key: string): Place | undefined {
  const field = loosePart(key);
  return field && { field, rank: LOOSE };
}

const LOOSE = 1000;

/** Usage as the source says it, in the source's own convention. One look-up per attribute. */
export function semconvUsage({ keys, values }: Attributes): RawUsage {
  const usage = noUsage();
  let ranks: Partial<Record<keyof RawUsage, number>> | null = null;
  for (let i = 0; i < keys.length; i++) {
    const place = PLACES.get(keys[i] ?? '') ?? loosePlace(keys[i] ?? '');
    const count = place ? countOf(values[i], keys[i] ?? '') : null;
    if (place && count !== null && (usage[place.field] === null || place.rank < (ranks?.[place.field] ?? 0))) {
      usage[place.field] = count;
      ranks ??= {};
      ranks[place.field] = place.rank;
    }
  }
  return usage;
}

/**
 * What the attributes lack and an object in one of them tells, under any client's name for it (`mirascope.response.usage`,
 * `app.llm.token_usage`): the totals must agree.
 */
function addUsageObject(call: CallReading, { keys, values }: Attributes): void {
  const { usage } = call;
  if (usage.cacheRead !== null || usage.cacheWrite !== null || usage.reasoning !== null) {
    return;
  }
  const at = keys.findIndex((key, i) => isUsageObject(key) && typeof values[i] === 'string');
  const object = at < 0 ? undefined : jsonOf(values[at]);
  const parts = object && semconvUsage(Attributes.of(underUsage(object)));
  if (parts && parts.input === usage.input && parts.output === usage.output && usage.input !== null) {
    call.usage = parts;
  }
}

const USAGE_OBJECT = /[._](token_)?usage$/;
const objects = new Map<string, boolean>();

function isUsageObject(key: string): boolean {
  let is = objects.get(key);
  if (is === undefined) {
    is = USAGE_OBJECT.test(key);
    if (objects.size < MAX_KEYS) {
      objects.set(key, is);
    }
  }
  return is;
}

const MAX_KEYS = 4096;

const underUsage = (object: Json): Record<string, number> =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      typeof value === 'number' ? [[`gen_ai.usage.${key}`, value]] : []
    )
  );

/** OpenLLMetry's of 2023, and of its SDK for Go today, which tells no parts of the usage. */
const VENDOR = 'llm.vendor';
const REQUEST_MODELS = ['gen_ai.request.model', 'llm.request.model'];
const RESPONSE_MODELS = ['gen_ai.response.model', 'llm.response.model'];
const MODELS = [...REQUEST_MODELS, ...RESPONSE_MODELS];

/** True when the attributes report tokens, whatever they are of. */
export const hasSemconvUsage = (attributes: Attributes): boolean =>
  firstCount(attributes, SPELLINGS.input) !== null || firstCount(attributes, SPELLINGS.output) !== null;

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
  const call = semconvCall(span);
  call.operation = (name === undefined ? undefined : callOperation(name)) ?? guessedOperation(span);
  call.explicit = role === 'call';
  if (saysNothing(call)) {
    call.usage = noUsage();
  }
  return { role: 'call', call };
}

/**
 * Nobody answers to nothing: a chat that succeeded with 0 of everything never knew its usage (streams of Spring AI 1). A
 * failure may have used nothing.
 */
const saysNothing = ({ operation, usage, outcome }: CallReading): boolean =>
  operation === 'chat' &&
  usage.input === 0 &&
  Object.values(usage).every((count) => !count) &&
  statusOf(outcome).status === 'ok';

/** Older clients say the operation in `llm.request.type` or in the span's name only. */
function guessedOperation(span: DecodedSpan): string {
  const type = textOf(span.attributes.get('llm.request.type'));
  const known = type === undefined ? undefined : callOperation(type);
  return known ?? (/embed/i.test(span.name) ? 'embeddings' : 'chat');
}

/** Everything that a span says about its call under the conventions' names. */
export function semconvCall(span: DecodedSpan): CallReading {
  const call = semconvFacts(span.attributes);
  const exception = exceptionOf(span);
  call.outcome.failed ||= span.statusCode === 2;
  call.outcome.errorType ??= exception?.type;
  call.outcome.message = textOf(span.statusMessage) ?? exception?.message;
  return call;
}

/** The part of {@link semconvCall} that log events have too. */
export function semconvFacts(attributes: Attributes): CallReading {
  const call = emptyReading();
  call.usage = semconvUsage(attributes);
  addUsageObject(call, attributes);
  call.provider = firstText(attributes, ['gen_ai.provider.name', 'gen_ai.system', 'gen_ai.model.provider', VENDOR]);
  call.requestModel = firstText(attributes, REQUEST_MODELS);
  call.responseModel = firstText(attributes, RESPONSE_MODELS);
  call.responseId = textOf(attributes.get('gen_ai.response.id'));
  call.serviceTier = firstText(attributes, SERVED_TIER);
  call.callIds = serverIds(textOf(attributes.get('gen_ai.request.id')));
  call.finishReason =
    firstOf(attributes.get('gen_ai.response.finish_reasons')) ??
    textOf(attributes.get('gen_ai.response.finish_reason'));
  const firstChunk = numberOf(
    attributes.get('gen_ai.response.time_to_first_chunk') ?? attributes.get('gen_ai.latency.time_to_first_token')
  );
  call.timeToFirstTokenMs = firstChunk === undefined ? undefined : firstChunk * 1000;
  const resends = numberOf(attributes.get('http.request.resend_count'));
  call.attempt = numberOf(attributes.get('llmcost.attempt')) ?? (resends === undefined ? 1 : resends + 1);
  call.reportedCost = reportedPico(
    attributes.get('llmcost.reported_cost') ?? attributes.get('gen_ai.usage.total_cost')
  );
  // Vercel's and OpenRouter's word for an answer that broke off. Beside an answer it is a reason nobody knew the name of.
  call.outcome.failed = call.finishReason === 'error' && !(call.usage.output ?? 0);
  call.outcome.errorType = textOf(attributes.get('error.type'));
  call.outcome.httpStatus = numberOf(attributes.get('http.response.status_code'));
  return call;
}

/** vLLM's id of a request is that of its answer, in most releases with a number or a random end of its own. */
const SERVER_ID = /^((?:chatcmpl|cmpl|resp|embd)[-_][\w-]{8,}?)(?:-(?:\d{1,3}|[0-9a-f]{8}))?$/;

function serverIds(requestId: string | undefined): string[] {
  const [whole, id] = SERVER_ID.exec(requestId ?? '') ?? [];
  return whole === undefined || id === undefined ? [] : [...new Set([whole, id])].map(responseKey);
}

/** Scopes whose client never says how much was read from a cache (measured on captures of their releases). */
export const NEVER_CACHE_DETAIL =
  /^(@opentelemetry\/instrumentation-(openai|aws-sdk)|io\.opentelemetry\.openai-java-1\.1|@traceloop\/instrumentation-(openai|langchain)|opentelemetry\.instrumentation\.openai(_v2)?|opentelemetry\.instrumentation\.(openai_agents|botocore\.bedrock-runtime)|semantic_kernel\..*|azure\.core\.tracing\..*|nemo_guardrails)$/;

/** Spans of clients that write under the application's own scope (Effect AI), and never say it either. */
const NEVER_BY_NAME = /^LanguageModel\.(generate|stream)[A-Z]/;

/** Weave's adapter passes on Anthropic's usage as it is; its integrations, which name themselves, add it up before. */
const conventionIn = (span: DecodedSpan, { scopeName }: Origin, provider: string | undefined): Convention =>
  scopeName === WEAVE && span.attributes.has('integration.name') ? UNKNOWN : conventionOf(scopeName, provider);

/** The habit of everybody who keeps to the conventions; asked last. */
export const semconvHabit = {
  owns: (): boolean => true,
  read(span: DecodedSpan, origin: Origin): SpanReading {
    const reading = readSemconv(span);
    if (reading.call) {
      reading.call.convention = conventionIn(span, origin, reading.call.provider);
      reading.call.neverCacheDetail =
        NEVER_CACHE_DETAIL.test(origin.scopeName) || NEVER_BY_NAME.test(span.name) || span.attributes.has(VENDOR);
    }
    return reading;
  },
};
