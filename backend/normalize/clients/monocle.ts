import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import { readProviderUsage } from '../providerUsage';
import type { SpanRole } from '../candidate';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { hasSemconvUsage, semconvCall } from '../semconv';
import { countOf, textOf } from '../values';

/**
 * Monocle (LF AI): what a span is stands in `span.type`, the model among numbered entities, and the tokens in its event
 * `metadata`. A framework's call (`inference.framework`) counts caches into its input; Anthropic's own SDK, wrapped
 * (`inference`), leaves them beside it.
 */
export const monocle: ClientHabit = {
  owns: (span) => span.attributes.has('monocle_apptrace.version'),
  read(span): SpanReading {
    const type = textOf(span.attributes.get('span.type')) ?? '';
    const role = ROLES[type] ?? 'aggregate';
    return role === 'call' ? { role, call: readCall(span, type) } : { role };
  },
};

/** `inference.modelapi` is the SDK's call below a framework's, with nothing to tell. */
const ROLES: Readonly<Record<string, SpanRole>> = {
  inference: 'call',
  'inference.framework': 'call',
  embedding: 'call',
  'inference.modelapi': 'other',
  retrieval: 'other',
  'agentic.tool.invocation': 'tool',
};

function readCall(span: DecodedSpan, type: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const provider = /^inference\.(.+)/.exec(entity(attributes, 'type', /^inference\./) ?? '')?.[1];
  const model = /^model\.(?:llm|embedding)\.(.+)/.exec(entity(attributes, 'type', /^model\./) ?? '')?.[1];
  call.operation = type === 'embedding' ? 'embeddings' : 'chat';
  call.explicit = true;
  call.provider ??= provider === undefined ? undefined : (PROVIDERS[provider] ?? provider);
  call.requestModel ??= model;
  addMetadata(call, span);
  if (type === 'inference' && call.provider === 'anthropic' && !hasSemconvUsage(attributes)) {
    call.convention = { input: 'exclusive', output: 'unknown' };
  }
  return call;
}

/** Its names of endpoints that are no provider's name. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure_openai: 'azure',
  aws_bedrock: 'aws',
  aws_sagemaker: 'aws',
  gemini: 'google',
  vertexai: 'google',
};

/** The first of the span's entities (1 to 4) of which something fits. */
function entity(attributes: Attributes, what: string, fits: RegExp): string | undefined {
  return ['1', '2', '3', '4']
    .map((number) => textOf(attributes.get(`entity.${number}.${what}`)))
    .find((text) => text !== undefined && fits.test(text));
}

function addMetadata(call: CallReading, { events }: DecodedSpan): void {
  const metadata = events?.findLast(({ name }) => name === 'metadata')?.attributes;
  if (!metadata) {
    return;
  }
  call.finishReason ??= textOf(metadata.get('finish_reason'));
  const said = readProviderUsage(Object.fromEntries(metadata.keys.map((key, i) => [key, metadata.values[i]])))?.usage;
  if (said && call.usage.input === null && call.usage.output === null) {
    call.usage = said;
  }
  const cached = countOf(metadata.get('cache_read_input_tokens'), 'cache_read_input_tokens');
  call.usage.cacheRead ??= call.usage.input === null ? null : cached;
}
