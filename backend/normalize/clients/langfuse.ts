import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { DimensionValues } from '../dimensions';
import { readProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { hasSemconvUsage, readSemconv, semconvCall } from '../semconv';
import { INCLUSIVE, noUsage, type Convention, type RawUsage } from '../usage';
import { userDimensions } from '../userMetadata';
import { child, countOf, jsonOf, reportedPico, textOf, type Json } from '../values';

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
      return { role: 'call', dimensions, call: readCall(span, type) };
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

function readCall(span: DecodedSpan, type: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const found = usageOf(jsonOf(attributes.get('langfuse.observation.usage_details')));
  const started = timeOf(attributes.get('langfuse.observation.completion_start_time'));
  const level = textOf(attributes.get('langfuse.observation.level'));
  const metadata = (key: string) => unquoted(attributes.get(`langfuse.observation.metadata.${key}`));
  return {
    ...call,
    operation: type === 'embedding' ? 'embeddings' : (call.operation ?? 'chat'),
    explicit: true,
    usage: found?.usage ?? call.usage,
    convention: found?.convention ?? call.convention,
    requestModel: call.requestModel ?? textOf(attributes.get('langfuse.observation.model.name')),
    responseModel: textOf(attributes.get('langfuse.observation.model.name')) ?? call.responseModel,
    responseId: call.responseId ?? metadata('id'),
    serviceTier: call.serviceTier ?? metadata('service_tier'),
    finishReason: call.finishReason ?? metadata('finish_reason'),
    timeToFirstTokenMs:
      started !== undefined && started >= span.start ? (started - span.start) / 1000 : call.timeToFirstTokenMs,
    reportedCost: found ? cost(jsonOf(attributes.get('langfuse.observation.cost_details'))) : null,
    outcome: {
      ...call.outcome,
      failed: call.outcome.failed || level === 'ERROR',
      message: textOf(attributes.get('langfuse.observation.status_message')) ?? call.outcome.message,
    },
  };
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

const cost = (details: Json | undefined): bigint | null => reportedPico(details?.total);

function usageOf(details: Json | undefined): { usage: RawUsage; convention: Convention } | undefined {
  if (!details) {
    return undefined;
  }
  return 'input' in details || 'output' in details ? flatUsage(details) : readProviderUsage(details);
}

/** Flat keys; what begins with `input` or names a cache is a part of the input, what begins with `output` of the output. */
function flatUsage(details: Json): { usage: RawUsage; convention: Convention } {
  const usage = noUsage();
  const add = (field: keyof RawUsage, key: string) => {
    usage[field] = (usage[field] ?? 0) + (countOf(details[key], key) ?? 0);
  };
  for (const key of Object.keys(details)) {
    if (typeof details[key] !== 'number') {
      continue;
    }
    if (/^total(_tokens)?$/.test(key)) {
      add('total', key);
      continue;
    }
    if (/cache.*(creation|write)|ephemeral/.test(key)) {
      add(/1h/.test(key) ? 'cacheWrite1h' : /5m/.test(key) ? 'cacheWrite5m' : 'cacheWrite', key);
    } else if (/cache/.test(key)) {
      add('cacheRead', key);
    } else if (key.startsWith('input') || key.startsWith('prompt')) {
      add('input', key);
      if (/audio/.test(key)) {
        add('audioInput', key);
      }
    } else if (key.startsWith('output') || key.startsWith('completion')) {
      add('output', key);
      if (/reasoning/.test(key)) {
        add('reasoning', key);
      }
    }
  }
  // Some bridges flatten a provider's inclusive counts: then the total is that of input and output alone.
  const inclusive = usage.total !== null && usage.total === (usage.input ?? 0) + (usage.output ?? 0);
  return { usage, convention: inclusive ? INCLUSIVE : { ...INCLUSIVE, input: 'exclusive' } };
}

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
