import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { SpanRole } from '../candidate';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { semconvCall } from '../semconv';
import { UNKNOWN } from '../usage';
import { addUsageInside } from '../usageInside';
import { countOf, jsonOf, textOf, type Json } from '../values';

/**
 * MLflow's tracing, exported by OTLP: `mlflow.*`, every value as JSON text (`"CHAT_MODEL"`), nothing under the
 * conventions' names unless they are asked for. Its usage is inclusive (input with caches) and has a spelling of its own.
 * All of its instrumentations share one scope; the format of their messages says which of them saw the call, so that
 * LangChain's report and the SDK's own, in two traces where LangChain runs a batch, are twins instead of two calls.
 */
export const mlflow: ClientHabit = {
  owns: (span) => span.attributes.has('mlflow.spanType'),
  read(span): SpanReading {
    const kind = said(span.attributes, 'mlflow.spanType') ?? '';
    const role = ROLES[kind] ?? 'aggregate';
    if (role !== 'call') {
      return kind === 'AGENT' ? { role, dimensions: { agent: span.name } } : { role };
    }
    const format = said(span.attributes, 'mlflow.message.format');
    const instrumentation = format === undefined ? undefined : `mlflow/${format}`;
    return { role, call: readCall(span, OPERATIONS[kind] ?? 'chat'), instrumentation };
  },
};

const ROLES: Readonly<Record<string, SpanRole>> = {
  CHAT_MODEL: 'call',
  LLM: 'call',
  EMBEDDING: 'call',
  RERANKER: 'call',
  TOOL: 'tool',
};
const OPERATIONS: Readonly<Record<string, string>> = { EMBEDDING: 'embeddings', RERANKER: 'rerank' };

function readCall(span: DecodedSpan, operation: string): CallReading {
  const { attributes } = span;
  const call = semconvCall(span);
  const answer = jsonOf(attributes.get('mlflow.spanOutputs'));
  const request = jsonOf(attributes.get('mlflow.spanInputs'));
  call.operation = operation;
  call.explicit = true;
  call.provider ??= said(attributes, 'mlflow.llm.provider');
  call.requestModel ??= textOf(request?.model) ?? said(attributes, 'mlflow.llm.model');
  call.responseModel ??= textOf(answer?.model) ?? said(attributes, 'mlflow.llm.model');
  call.responseId ??= textOf(answer?.id);
  call.serviceTier ??= textOf(answer?.service_tier);
  const usage = jsonOf(attributes.get('mlflow.chat.tokenUsage'));
  if (usage) {
    readUsage(call, usage);
  }
  addUsageInside(call, answer);
  return call;
}

function readUsage(call: CallReading, usage: Json): void {
  const count = (key: string): number | null => countOf(usage[key], key);
  call.convention = UNKNOWN;
  call.usage.input ??= count('input_tokens');
  call.usage.output ??= count('output_tokens');
  call.usage.total ??= count('total_tokens');
  call.usage.cacheRead ??= count('cache_read_input_tokens');
  call.usage.cacheWrite ??= count('cache_creation_input_tokens');
  call.usage.cacheWrite1h ??= count('cache_creation_input_tokens_above_1hr');
  call.usage.reasoning ??= count('reasoning_tokens') ?? count('reasoning_output_tokens');
}

/** The text in an attribute that holds JSON text. */
function said(attributes: Attributes, key: string): string | undefined {
  const text = textOf(attributes.get(key));
  return textOf(text?.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text);
}
