import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import { readProviderUsage, type ProviderUsage } from '../providerUsage';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { readSemconv, semconvCall } from '../semconv';
import { INCLUSIVE, type RawUsage } from '../usage';
import { child, countOf, firstCount, isJson, jsonOf, numberOf, textOf, type Json } from '../values';

/**
 * Vercel's AI SDK 4–6 and `LegacyOpenTelemetry` of AI SDK 7: spans `ai.generateText` (repeats the sums of its steps)
 * over `ai.generateText.doGenerate` (the call). Input includes cached tokens, output includes reasoning. The split of
 * cache writes by lifetime, searches and the served tier are in the JSON text `ai.response.providerMetadata`.
 * AI SDK 7's own `OpenTelemetry` (scope `gen_ai`) keeps to the conventions; what they have no names for is under `ai.*`
 * where the caller asked for it.
 */
export const aiSdk: ClientHabit = {
  owns: (span, { scopeName }) => scopeName === 'gen_ai' || span.attributes.has('ai.operationId'),
  read(span): SpanReading {
    const operationId = textOf(span.attributes.get('ai.operationId'));
    if (operationId === undefined) {
      const { role, call } = readSemconv(span);
      return call ? { role, call: readCall(span, call.operation ?? 'chat') } : { role };
    }
    if (operationId === 'ai.toolCall') {
      return { role: 'tool' };
    }
    const operation = callOf(operationId);
    return operation === undefined ? { role: 'aggregate' } : { role: 'call', call: readCall(span, operation) };
  },
};

/** The domain's word for an operation that calls a model itself, by its last part. */
function callOf(operationId: string): string | undefined {
  const [, operation = '', step = ''] = operationId.split('.');
  if (/^do(Generate|Stream)$/.test(step)) {
    return /image/i.test(operation) ? 'image' : /speech|transcri/i.test(operation) ? 'audio' : 'chat';
  }
  if (step === 'doEmbed') {
    return 'embeddings';
  }
  if (/^do(Re)?[rR]ank$/.test(step)) {
    return 'rerank';
  }
  // These have no inner span: the outer one is the call.
  return step === '' && /^(generateSpeech|transcribe|generateImage)$/.test(operation)
    ? operation === 'generateImage'
      ? 'image'
      : 'audio'
    : undefined;
}

function readCall(span: DecodedSpan, operation: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const firstChunk = numberOf(
    attributes.get('ai.response.msToFirstChunk') ?? attributes.get('ai.stream.msToFirstChunk')
  );
  const metadata = providerMetadata(attributes);
  return {
    ...call,
    operation,
    explicit: true,
    ...usageOf(attributes, call.usage, metadata),
    // The names of AI SDK 4 come without any detail, also where later releases still use them.
    neverCacheDetail:
      operation === 'chat' && attributes.has('ai.usage.promptTokens') && metadata.loose.cacheRead === null,
    provider: call.provider ?? textOf(attributes.get('ai.model.provider')),
    requestModel: call.requestModel ?? textOf(attributes.get('ai.model.id')),
    responseModel: call.responseModel ?? textOf(attributes.get('ai.response.model')),
    responseId: call.responseId ?? textOf(attributes.get('ai.response.id')),
    serviceTier: call.serviceTier ?? metadata.serviceTier,
    finishReason: call.finishReason ?? textOf(attributes.get('ai.response.finishReason')),
    timeToFirstTokenMs: firstChunk ?? call.timeToFirstTokenMs,
  };
}

const counts = (attributes: Attributes) => ({
  input: firstCount(attributes, [
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.tokens',
  ]),
  output: firstCount(attributes, [
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
  ]),
  cacheRead: firstCount(attributes, [
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'gen_ai.usage.cache_read.input_tokens',
  ]),
  cacheWrite: firstCount(attributes, [
    'ai.usage.inputTokenDetails.cacheWriteTokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
  ]),
  reasoning: firstCount(attributes, [
    'ai.usage.outputTokenDetails.reasoningTokens',
    'ai.usage.reasoningTokens',
    'gen_ai.usage.reasoning.output_tokens',
  ]),
});

/**
 * The counts of the span, with the provider's own ones for what they know better: AI SDK 5 leaves the cached tokens out
 * of a result that came in one piece, and its input then is the provider's own, exclusive for Anthropic. The output is
 * always the span's: a stream's metadata may be that of its beginning.
 */
function usageOf(
  attributes: Attributes,
  said: RawUsage,
  { found, loose }: MetadataFacts
): Pick<CallReading, 'usage' | 'convention'> {
  const usage = { ...said, ...counts(attributes) };
  usage.cacheRead ??= loose.cacheRead;
  usage.reasoning ??= loose.reasoning;
  if (!found) {
    return { usage, convention: INCLUSIVE };
  }
  const { cacheWrite5m, cacheWrite1h, webSearches } = found.usage;
  if (usage.cacheRead !== null || found.usage.input === null || found.convention.input !== 'exclusive') {
    return { usage: { ...usage, cacheWrite5m, cacheWrite1h, webSearches }, convention: INCLUSIVE };
  }
  const { output, reasoning } = usage;
  return { usage: { ...usage, ...found.usage, output, reasoning }, convention: { ...INCLUSIVE, input: 'exclusive' } };
}

/** What only the provider's own part of the result says. */
interface MetadataFacts {
  found: ProviderUsage | undefined;
  serviceTier: string | undefined;
  /** AI SDK 4 puts OpenAI's parts right into its metadata. */
  loose: Pick<RawUsage, 'cacheRead' | 'reasoning'>;
}

const NOTHING_LOOSE = { cacheRead: null, reasoning: null };

const looseParts = (metadata: Json): MetadataFacts['loose'] => ({
  cacheRead: countOf(metadata.cachedPromptTokens, 'cachedPromptTokens'),
  reasoning: countOf(metadata.reasoningTokens, 'reasoningTokens'),
});

function providerMetadata(attributes: Attributes): MetadataFacts {
  const metadata = jsonOf(attributes.get('ai.response.providerMetadata'));
  for (const provider of Object.values(metadata ?? {})) {
    if (isJson(provider)) {
      const found = readProviderUsage(child(provider, 'usage'));
      const serviceTier = found?.serviceTier ?? textOf(provider.serviceTier);
      const loose = looseParts(provider);
      if (found || serviceTier !== undefined || loose.cacheRead !== null || loose.reasoning !== null) {
        return { found, serviceTier, loose };
      }
    }
  }
  return { found: undefined, serviceTier: undefined, loose: NOTHING_LOOSE };
}
