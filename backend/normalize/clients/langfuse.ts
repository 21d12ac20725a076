import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { DimensionValues } from '../dimensions';
import { readProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { hasSemconvUsage, readSemconv, semconvCall } from '../semconv';
import { INCLUSIVE, noUsage, type Convention, type RawUsage } from '../usage';
import { userDimensions } from '../userMetadata';
import { child, countOf, isJson, jsonOf, reportedPico, textOf, type Json } from '../values';

/**
 * Langfuse's SDKs (JavaScript 5, Python 3 to 5): `langfuse.observation.*`, usage as JSON text in three shapes: the raw
 * object of OpenAI's chat or responses API (inclusive), or flat parts (`input` is what no other `input…` key holds).
 */
export const langfuse: ClientHabit = {
  owns: (span) => span.attributes.has('langfuse.observation.type'),
  read(span): SpanReading {
    const type = textOf(span.attributes.get('langfuse.observation.type')) ?? '';
    const dimensions = traceMetadata(span);
    if (type === 'generation' || type === 'embedding') {
      const call = readCall(span, type);
      return isLangChain(span)
        ? { role: 'call', dimensions, call, instrumentation: LANGCHAIN }
        : { role: 'call', dimensions, call };
    }
    if (type === 'tool') {
      return { role: 'tool', dimensions };
    }
    // Frameworks that know of Langfuse mark their own spans with a type; what they say under gen_ai.* still counts.
    const own =
      type === 'span' && hasSemconvUsage(span.attributes) ? readSemconv(span) : { role: 'aggregate' as const };
    return type === 'agent' ? { ...own, dimensions: { agent: span.name, ...dimensions } } : { ...own, dimensions };
  },
};

const OBSERVATION = 'langfuse.observation.';

/**
 * Langfuse's two instrumentations share one scope, and both see a call that LangChain makes by the OpenAI SDK: the
 * callback handler's own name makes the reports twins instead of two calls.
 */
const LANGCHAIN = 'langfuse-sdk/langchain';

const isLangChain = ({ attributes }: DecodedSpan): boolean =>
  attributes.has(`${OBSERVATION}metadata.ls_model_type`) || attributes.has(`${OBSERVATION}metadata.ls_provider`);

function readCall(span: DecodedSpan, type: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const model = textOf(attributes.get(`${OBSERVATION}model.name`));
  call.operation = type === 'embedding' || /embed/i.test(span.name) ? 'embeddings' : 'chat';
  call.explicit = true;
  call.requestModel ??= model;
  call.responseModel = model ?? call.responseModel;
  call.responseId ??= unquoted(attributes.get(`${OBSERVATION}metadata.id`));
  call.serviceTier ??= unquoted(attributes.get(`${OBSERVATION}metadata.service_tier`));
  call.finishReason ??= unquoted(attributes.get(`${OBSERVATION}metadata.finish_reason`));
  call.timeToFirstTokenMs ??= firstTokenMs(span);
  call.outcome.failed ||= attributes.get(`${OBSERVATION}level`) === 'ERROR';
  call.outcome.message = textOf(attributes.get(`${OBSERVATION}status_message`)) ?? call.outcome.message;
  const found = usageOf(jsonOf(attributes.get(`${OBSERVATION}usage_details`)));
  if (found) {
    call.usage = found.usage;
    call.convention = found.convention;
    call.reportedCost = reportedPico(jsonOf(attributes.get(`${OBSERVATION}cost_details`))?.total);
  }
  return call;
}

function firstTokenMs({ attributes, start }: DecodedSpan): number | undefined {
  const time = timeOf(attributes.get(`${OBSERVATION}completion_start_time`));
  return time !== undefined && time >= start ? (time - start) / 1000 : undefined;
}

/** An ISO time, which Langfuse writes as JSON text (in quotes), in µs. */
function timeOf(value: unknown): number | undefined {
  const ms = Date.parse(unquoted(value) ?? '');
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

/** Metadata values are JSON texts: a text comes in quotes. */
function unquoted(value: unknown): string | undefined {
  const text = textOf(value);
  return text?.startsWith('"') && text.endsWith('"') ? textOf(text.slice(1, -1)) : text;
}

function usageOf(details: Json | undefined): { usage: RawUsage; convention: Convention } | undefined {
  if (!details) {
    return undefined;
  }
  return 'input' in details || 'output' in details ? flatUsage(details) : readProviderUsage(details);
}

/** What a flat key counts: the first pattern that fits, and the fields it goes into. */
const FLAT: ReadonlyArray<readonly [RegExp, ReadonlyArray<keyof RawUsage>]> = [
  [/^total(_tokens)?$/, ['total']],
  [/(cache|ephemeral).*1h/, ['cacheWrite1h']],
  [/(cache|ephemeral).*5m/, ['cacheWrite5m']],
  [/cache.*(creation|write)/, ['cacheWrite']],
  [/cache/, ['cacheRead']],
  [/^(input|prompt).*audio/, ['input', 'audioInput']],
  [/^(input|prompt)/, ['input']],
  [/^(output|completion).*reasoning/, ['output', 'reasoning']],
  [/^(output|completion).*audio/, ['output', 'audioOutput']],
  [/^(output|completion)/, ['output']],
];

/**
 * Flat keys are parts beside one another: `input` is what no other key of the input holds. Some bridges flatten a
 * provider's inclusive counts: then the total is that of input and output alone. Where a handler took away parts twice,
 * or from an input that had none of them, the total still knows how much the input was.
 */
function flatUsage(details: Json): { usage: RawUsage; convention: Convention } {
  const usage = noUsage();
  addFlat(details, usage);
  const { total, input, output } = details;
  if (typeof input === 'number' && typeof output === 'number' && total === input + output) {
    return { usage: { ...usage, input, output }, convention: INCLUSIVE };
  }
  const cached = (usage.cacheRead ?? 0) + writtenOf(usage);
  const rest = (usage.total ?? 0) - (usage.output ?? 0);
  if (rest > (usage.input ?? 0) + cached) {
    return { usage: { ...usage, input: rest }, convention: INCLUSIVE };
  }
  const uncached = usage.input === 0 && rest > 0 && rest < cached ? rest : usage.input;
  return { usage: { ...usage, input: uncached }, convention: { ...INCLUSIVE, input: 'exclusive' } };
}

const writtenOf = ({ cacheWrite, cacheWrite5m, cacheWrite1h }: RawUsage): number =>
  cacheWrite ?? (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0);

/** Anthropic's lifetimes of cache writes stand in an object of their own. */
function addFlat(details: Json, usage: RawUsage): void {
  for (const [key, value] of Object.entries(details)) {
    if (isJson(value)) {
      addFlat(value, usage);
    }
    const count = typeof value === 'number' ? countOf(value, key) : null;
    if (count !== null) {
      fieldsOf(key).forEach((field) => (usage[field] = (usage[field] ?? 0) + count));
    }
  }
}

const fieldsOf = (key: string): ReadonlyArray<keyof RawUsage> => FLAT.find(([pattern]) => pattern.test(key))?.[1] ?? [];

const METADATA = 'langfuse.trace.metadata.';

/** Dimensions that the caller attached to the trace: each key of its metadata is an attribute with a JSON value. */
function traceMetadata(span: DecodedSpan): DimensionValues {
  const { keys, values } = span.attributes;
  const metadata: Record<string, unknown> = { ...child({ all: jsonOf(span.attributes.get('metadata')) }, 'all') };
  keys.forEach((key, i) => {
    if (key.startsWith(METADATA)) {
      metadata[key.slice(METADATA.length)] = unquoted(values[i]);
    }
  });
  return userDimensions(metadata);
}
