import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import { readProviderUsage } from '../providerUsage';
import { reprOf } from '../pythonRepr';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { INCLUSIVE } from '../usage';
import { isJson, jsonOf, textOf } from '../values';
import { addAnswer } from './openInference';

/**
 * LangSmith's OpenTelemetry export: every run is a span with `langsmith.span.kind`, and chains, prompts and parsers have
 * an operation name and sums as well. Parts of the usage are in JSON under `langsmith.metadata.usage_metadata`, in Python
 * reprs beside the sums, or only in the answer itself.
 */
export const langSmith: ClientHabit = {
  owns: (span) => span.attributes.has('langsmith.span.kind'),
  read(span): SpanReading {
    const kind = textOf(span.attributes.get('langsmith.span.kind')) ?? '';
    const role = ROLES[kind] ?? 'aggregate';
    return role === 'call' ? { role, call: readCall(span, kind) } : { role };
  },
};

const ROLES: Readonly<Record<string, SpanRole>> = { llm: 'call', embedding: 'call', tool: 'tool' };

function readCall(span: DecodedSpan, kind: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const said = (name: string) => textOf(attributes.get(`langsmith.metadata.${name}`));
  call.operation = kind === 'embedding' ? 'embeddings' : 'chat';
  call.explicit = true;
  call.convention = INCLUSIVE;
  call.provider = said('ls_provider') ?? call.provider;
  call.requestModel ??= said('ls_model_name');
  addDetails(call, span);
  addAnswer(call, jsonOf(attributes.get('gen_ai.completion')));
  return call;
}

const DETAILS = ['cacheRead', 'cacheWrite', 'cacheWrite5m', 'cacheWrite1h', 'reasoning'] as const;

function addDetails(call: CallReading, { attributes }: DecodedSpan): void {
  const input = reprOf(attributes.get('gen_ai.usage.input_token_details'));
  const output = reprOf(attributes.get('gen_ai.usage.output_token_details'));
  const beside = { input_tokens: 0, input_token_details: input ?? {}, output_token_details: output ?? {} };
  for (const object of [jsonOf(attributes.get('langsmith.metadata.usage_metadata')), beside]) {
    const found = isJson(object) ? readProviderUsage(object) : undefined;
    for (const part of DETAILS) {
      call.usage[part] ??= found?.usage[part] ?? null;
    }
  }
}
