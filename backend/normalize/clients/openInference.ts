import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import type { DimensionValues } from '../dimensions';
import { readProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { INCLUSIVE } from '../usage';
import { userDimensions } from '../userMetadata';
import { child, firstCount, firstText, jsonOf, reportedPico, textOf, type Json } from '../values';

/**
 * OpenInference (Arize): `openinference.span.kind` and `llm.*`, inclusive. The response's id is only inside
 * `output.value`, the provider's JSON, and only where content is captured and the call was no stream.
 */
export const openInference: ClientHabit = {
  owns: (span) => span.attributes.has('openinference.span.kind'),
  read(span): SpanReading {
    const { attributes } = span;
    const kind = (textOf(attributes.get('openinference.span.kind')) ?? '').toUpperCase();
    const role = roleOf(kind, span);
    const dimensions = fromMetadata(jsonOf(attributes.get('metadata')));
    if (role !== 'call') {
      return kind === 'AGENT' ? { role, dimensions: { agent: span.name, ...dimensions } } : { role, dimensions };
    }
    return { role, dimensions, call: readCall(span, OPERATIONS[kind] ?? 'chat') };
  },
};

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

function readCall(span: DecodedSpan, operation: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const output = operation === 'chat' ? jsonOf(attributes.get('output.value')) : undefined;
  const inside = readProviderUsage(child(output, 'usage'));
  const model = firstText(attributes, [
    'llm.response.model_name',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
  ]);
  const firstToken = span.events?.find(({ name }) => name === 'First Token Stream Event');
  return {
    ...call,
    operation,
    explicit: true,
    convention: INCLUSIVE,
    usage: {
      ...call.usage,
      input: firstCount(attributes, ['llm.token_count.prompt']) ?? call.usage.input,
      output: firstCount(attributes, ['llm.token_count.completion']) ?? call.usage.output,
      cacheRead: firstCount(attributes, ['llm.token_count.prompt_details.cache_read']) ?? call.usage.cacheRead,
      cacheWrite: firstCount(attributes, ['llm.token_count.prompt_details.cache_write']) ?? call.usage.cacheWrite,
      reasoning: firstCount(attributes, ['llm.token_count.completion_details.reasoning']) ?? call.usage.reasoning,
      audioInput: firstCount(attributes, ['llm.token_count.prompt_details.audio']) ?? call.usage.audioInput,
      audioOutput: firstCount(attributes, ['llm.token_count.completion_details.audio']) ?? call.usage.audioOutput,
      cacheWrite5m: call.usage.cacheWrite5m ?? inside?.usage.cacheWrite5m ?? null,
      cacheWrite1h: call.usage.cacheWrite1h ?? inside?.usage.cacheWrite1h ?? null,
      webSearches: searches(attributes) ?? inside?.usage.webSearches ?? call.usage.webSearches,
    },
    provider: firstText(attributes, ['llm.provider', 'llm.system']) ?? call.provider,
    requestModel: requestModel(attributes) ?? call.requestModel,
    responseModel: model ?? call.responseModel,
    responseId: call.responseId ?? responseId(output),
    serviceTier: call.serviceTier ?? textOf(output?.service_tier) ?? inside?.serviceTier,
    finishReason: textOf(attributes.get('llm.finish_reason')) ?? call.finishReason,
    timeToFirstTokenMs:
      firstToken && firstToken.time >= span.start ? (firstToken.time - span.start) / 1000 : call.timeToFirstTokenMs,
    reportedCost: reportedPico(attributes.get('llm.cost.total')) ?? call.reportedCost,
  };
}

/** The model that was asked for; error spans have it only among the parameters of the request. */
function requestModel(attributes: Attributes): string | undefined {
  return (
    textOf(attributes.get('llm.request.model_name')) ??
    textOf(jsonOf(attributes.get('llm.invocation_parameters'))?.model) ??
    textOf(jsonOf(attributes.get('input.value'))?.model)
  );
}

/** Ids as providers make them; LangChain puts its own `run-…` where it has none. */
const ID = /^(chatcmpl|resp|msg|gen|cmpl)[-_]/;

/**
 * The provider's id of the response: at the top of the provider's own JSON, or where LangChain's JSON keeps it
 * (`generations[0][0].message.kwargs.response_metadata.id`, `llm_output.id`).
 */
function responseId(output: Json | undefined): string | undefined {
  const id = textOf(output?.id) ?? textOf(child(output, 'llm_output').id) ?? langChainId(output);
  return id !== undefined && ID.test(id) ? id : undefined;
}

function langChainId(output: Json | undefined): string | undefined {
  const generations = output?.generations;
  const first: unknown = Array.isArray(generations) ? (generations as unknown[]).flat()[0] : undefined;
  const kwargs = child(child(first as Json | undefined, 'message'), 'kwargs');
  return textOf(child(kwargs, 'response_metadata').id) ?? textOf(kwargs.id);
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
