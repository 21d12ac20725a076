import type { Attributes, AttributeValue } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import type { DimensionValues } from '../dimensions';
import { readProviderUsage, type ProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { INCLUSIVE, UNKNOWN, type RawUsage } from '../usage';
import { addUsageInside } from '../usageInside';
import { userDimensions } from '../userMetadata';
import { child, countOf, firstText, jsonOf, reportedPico, textOf, type Json } from '../values';

/**
 * OpenInference (Arize): `openinference.span.kind` and `llm.*`, inclusive. The response's id is only inside
 * `output.value`, the provider's JSON, and only where content is captured and the call was no stream.
 */
export const openInference: ClientHabit = {
  owns: ({ attributes }, { scopeName }) =>
    attributes.has(KIND) || (TRACE_AI.test(scopeName) && attributes.has(AI_KIND)),
  read(span, { scopeName }): SpanReading {
    const { attributes } = span;
    const kind = (firstText(attributes, [KIND, AI_KIND]) ?? '').toUpperCase();
    const role = roleOf(kind, span);
    const dimensions = fromMetadata(jsonOf(attributes.get('metadata')));
    if (role !== 'call') {
      return kind === 'AGENT' ? { role, dimensions: { agent: agentName(span), ...dimensions } } : { role, dimensions };
    }
    const call = readCall(span, OPERATIONS[kind] ?? 'chat');
    if (call.operation === 'chat' && attributes.has(IMAGE)) {
      call.operation = 'image';
    }
    if (TRACE_AI.test(scopeName)) {
      call.convention = { ...UNKNOWN, input: scopeName.endsWith('anthropic') ? 'exclusive' : 'unknown' };
    }
    return { role, dimensions, call };
  },
};

const KIND = 'openinference.span.kind';
/** traceAI (Future AGI) is made of OpenInference: its kinds, and the conventions' names for the counts. */
const AI_KIND = 'gen_ai.span.kind';
const TRACE_AI = /^traceai_/;

const OPERATIONS: Readonly<Record<string, string>> = { LLM: 'chat', EMBEDDING: 'embeddings', RERANKER: 'rerank' };

/** LlamaIndex prepares a call in an LLM span that calls nothing. */
const PREPARES = /\._?prepare_chat/;

function roleOf(kind: string, span: DecodedSpan): SpanRole {
  if (kind === 'TOOL') {
    return 'tool';
  }
  if (Object.hasOwn(OPERATIONS, kind) && !PREPARES.test(span.name)) {
    return 'call';
  }
  return kind === 'AGENT' || kind === 'CHAIN' ? 'aggregate' : 'other';
}

/** The agent's own name where it is said; smolagents' spans are named after their method. */
const agentName = ({ attributes, name }: DecodedSpan): string =>
  textOf(attributes.get('agent.name')) ?? name.replace(/\.run$/, '');

const COUNTS: ReadonlyArray<readonly [keyof RawUsage, string]> = [
  ['input', 'llm.token_count.prompt'],
  ['output', 'llm.token_count.completion'],
  ['cacheRead', 'llm.token_count.prompt_details.cache_read'],
  // Envoy's gateway has a word of its own; the first that is there wins.
  ['cacheWrite', 'llm.token_count.prompt_details.cache_creation'],
  ['cacheWrite', 'llm.token_count.prompt_details.cache_write'],
  ['reasoning', 'llm.token_count.completion_details.reasoning'],
  ['audioInput', 'llm.token_count.prompt_details.audio'],
  ['audioOutput', 'llm.token_count.completion_details.audio'],
  ['total', 'llm.token_count.total'],
];

const MODELS = [
  'llm.response.model_name',
  'llm.response.model',
  'llm.model_name',
  'embedding.model_name',
  'reranker.model_name',
];

/** The answer of an image model: it has no kind of its own. */
const IMAGE = 'output.images.0.image.url';

function readCall(span: DecodedSpan, operation: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const output = operation === 'chat' ? jsonOf(attributes.get('output.value')) : undefined;
  call.operation = operation;
  call.explicit = true;
  call.convention = INCLUSIVE;
  for (const [field, name] of COUNTS) {
    call.usage[field] = countOf(attributes.get(name), name) ?? call.usage[field];
  }
  call.usage.webSearches ??= searches(attributes);
  call.responseId ??= textOf(attributes.get('llm.response.id'));
  if (!addAnswer(call, output)) {
    addUsageInside(call, output ?? answerOf(call, attributes.get('output.value')));
  }
  call.provider =
    firstText(attributes, ['llm.provider', 'llm.system']) ?? call.provider ?? langChainProvider(attributes);
  call.requestModel = requestModel(attributes) ?? call.requestModel;
  call.responseModel = firstText(attributes, MODELS) ?? call.responseModel;
  call.finishReason = textOf(attributes.get('llm.finish_reason')) ?? call.finishReason;
  call.timeToFirstTokenMs ??= firstTokenMs(span);
  call.reportedCost ??= reportedPico(attributes.get('llm.cost.total'));
  return call;
}

/** The answer of a call other than a chat, where it may say what the call does not: embeddings are long. */
const answerOf = ({ usage }: CallReading, value: AttributeValue | undefined): Json | undefined =>
  usage.input === null && typeof value === 'string' && value.includes('"usage"') ? jsonOf(value) : undefined;

/** Parts of the usage that can stand in the answer alone: for them OpenInference has no name, or a client no code. */
const PARTS = [
  'cacheRead',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'imageInput',
  'webSearches',
] as const;

/**
 * What only the provider's own answer says: at its top, or inside of LangChain's message.
 * @returns whether there is a usage object in one of these places
 */
export function addAnswer(call: CallReading, output: Json | undefined): boolean {
  let told = false;
  const message = langChainMessage(output);
  const metadata = child(message, 'response_metadata');
  call.responseId ??= responseId(output, message);
  call.serviceTier ??= textOf(output?.service_tier) ?? textOf(metadata.service_tier);
  const objects = [
    child(output, 'usage'),
    child(output, 'usage_metadata'),
    child(output, 'usageMetadata'),
    child(metadata, 'usage'),
    child(message, 'usage_metadata'),
  ];
  for (const usage of objects) {
    const inside = readProviderUsage(usage);
    told ||= inside !== undefined;
    call.serviceTier ??= inside?.serviceTier;
    addTotals(call, inside);
    addThoughts(call.usage, inside?.usage);
    for (const part of PARTS) {
      call.usage[part] ??= inside?.usage[part] ?? null;
    }
  }
  return told;
}

/** A span without any tokens, whose answer has them. */
function addTotals(call: CallReading, inside: ProviderUsage | undefined): void {
  if (inside && call.usage.input === null && call.usage.output === null) {
    call.usage = { ...inside.usage };
    call.convention = inside.convention;
  }
}

/** Early releases for Gemini count the answer without the thoughts that its own usage has beside it. */
function addThoughts(said: RawUsage, inside: RawUsage | undefined): void {
  const thoughts = inside?.reasoning ?? 0;
  if (said.output !== null && said.reasoning === null && thoughts > 0 && inside?.output === said.output + thoughts) {
    said.output = inside.output;
  }
}

/** LangChain in JavaScript says the provider in its metadata only. */
const langChainProvider = (attributes: Attributes): string | undefined =>
  textOf(jsonOf(attributes.get('metadata'))?.ls_provider);

function firstTokenMs({ events, start }: DecodedSpan): number | undefined {
  const event = events?.find(({ name }) => name === 'First Token Stream Event');
  return event && event.time >= start ? (event.time - start) / 1000 : undefined;
}

/** The model that was asked for; error spans have it only among the parameters of the request. */
function requestModel(attributes: Attributes): string | undefined {
  return (
    textOf(attributes.get('llm.request.model_name')) ??
    textOf(jsonOf(attributes.get('llm.invocation_parameters') ?? attributes.get('gen_ai.request.parameters'))?.model) ??
    textOf(jsonOf(attributes.get('input.value'))?.model)
  );
}

/** Ids as providers make them; LangChain puts its own `run-…` where it has none. */
const ID = /^(chatcmpl|resp|msg|gen|cmpl)[-_]/;

/**
 * The provider's id of the response: at the top of the provider's own JSON, or where LangChain's JSON keeps it
 * (`generations[0][0].message.kwargs.response_metadata.id`, `llm_output.id`).
 */
function responseId(output: Json | undefined, message: Json): string | undefined {
  const ids = [output?.id, child(output, 'llm_output').id, child(message, 'response_metadata').id, message.id];
  return ids.map(textOf).find((id) => id !== undefined && ID.test(id));
}

/** The first message of LangChain's result. */
function langChainMessage(output: Json | undefined): Json {
  const generations = output?.generations;
  const first: unknown = Array.isArray(generations) ? (generations as unknown[]).flat()[0] : undefined;
  return child(child(first as Json | undefined, 'message'), 'kwargs');
}

function searches(attributes: Attributes): number | null {
  const used = child(jsonOf(attributes.get('metadata')), 'server_tool_use').web_search_requests;
  return typeof used === 'number' && Number.isSafeInteger(used) && used >= 0 ? used : null;
}

/** Dimensions among the caller's metadata; LangGraph names its agent there. */
function fromMetadata(metadata: Json | undefined): DimensionValues | undefined {
  if (!metadata) {
    return undefined;
  }
  const agent = textOf(metadata.lc_agent_name);
  return { ...userDimensions(metadata), ...(agent === undefined ? {} : { agent }) };
}
