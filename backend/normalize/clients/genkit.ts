import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { noUsage, UNKNOWN } from '../usage';
import { child, countOf, jsonOf, textOf, type Json } from '../values';
import { addAnswer } from './openInference';

/**
 * Google's Genkit: `genkit:*`, and nothing under the conventions' names. A model's action is the call, the `generate` and
 * the flow around it repeat its answer. Usage is in the answer's JSON: the provider's own object under `raw`, or
 * Genkit's, whose thoughts stand beside the output for Gemini. The name says the provider: `googleai/gemini-2.5-flash`.
 */
export const genkit: ClientHabit = {
  owns: (span) => span.attributes.has('genkit:type'),
  read(span): SpanReading {
    const kind = textOf(span.attributes.get('genkit:metadata:subtype')) ?? '';
    const role = ROLES[kind] ?? 'aggregate';
    return role === 'call' ? { role, call: readCall(span, OPERATIONS[kind] ?? 'chat') } : { role };
  },
};

const ROLES: Readonly<Record<string, SpanRole>> = {
  model: 'call',
  'background-model': 'call',
  embedder: 'call',
  reranker: 'call',
  tool: 'tool',
};
const OPERATIONS: Readonly<Record<string, string>> = { embedder: 'embeddings', reranker: 'rerank' };

function readCall(span: DecodedSpan, operation: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const name = textOf(attributes.get('genkit:name')) ?? span.name;
  const output = jsonOf(attributes.get('genkit:output'));
  const raw = child(output, 'raw');
  const model = name.slice(name.indexOf('/') + 1);
  call.operation = operation;
  call.explicit = true;
  call.provider = name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined;
  call.requestModel = model;
  call.responseModel = textOf(raw.model) ?? textOf(raw.modelVersion);
  call.finishReason = textOf(output?.finishReason);
  call.outcome.failed ||= attributes.get('genkit:state') === 'error';
  addAnswer(call, raw);
  if (call.usage.input === null && call.usage.output === null) {
    readUsage(call, child(output, 'usage'));
  }
  return call;
}

/** Genkit's own words: the same names as Bedrock's, and another meaning. */
function readUsage(call: CallReading, usage: Json): void {
  const count = (key: string) => countOf(usage[key], key);
  call.convention = UNKNOWN;
  call.usage = {
    ...noUsage(),
    input: count('inputTokens'),
    output: count('outputTokens'),
    cacheRead: count('cachedContentTokens'),
    reasoning: count('thoughtsTokens'),
    total: count('totalTokens'),
  };
}
