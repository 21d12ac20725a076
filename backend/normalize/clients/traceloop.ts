import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { ContextDimension } from '../candidate';
import { conventionOf } from '../conventions';
import type { DimensionValues } from '../dimensions';
import { looksEstimated } from '../estimates';
import type { ClientHabit, SpanReading } from '../reading';
import { NEVER_CACHE_DETAIL, readSemconv } from '../semconv';
import { firstCount, textOf } from '../values';

/**
 * Traceloop / OpenLLMetry. Its decorators' spans (`traceloop.span.kind` workflow, task, agent, tool) hold no calls; its
 * instrumentations keep to the conventions, with three habits: JavaScript's Anthropic input leaves cached tokens out,
 * JavaScript's OpenAI counts streamed tokens itself, and `traceloop.workflow.name` below an agent is the agent's name.
 */
export const traceloop: ClientHabit = {
  owns: (span, { scopeName }) =>
    scopeName.startsWith('@traceloop/') || PYTHON.test(scopeName) || span.attributes.has('traceloop.span.kind'),
  read(span, { scopeName }): SpanReading {
    const kind = textOf(span.attributes.get('traceloop.span.kind'));
    return kind === undefined ? readInstrumentation(span, scopeName) : readDecorator(span, kind);
  },
};

/** The nearest agent's name stands in the workflow's place, so a workflow span above knows it better. */
const WEAK: readonly ContextDimension[] = ['pipeline'];

/** Scopes of OpenLLMetry's Python packages; OpenTelemetry's own have other endings. */
const PYTHON =
  /^(traceloop\.|opentelemetry\.instrumentation\.(openai\.v[01]|anthropic|bedrock|cohere|groq|mistralai|ollama|together|vertexai|google_generativeai|langchain|llamaindex|watsonx|replicate|sagemaker|alephalpha|crewai|haystack)$)/;

const BEDROCK = /instrumentation[./-]bedrock$/;

/** LangChain's classes, which OpenLLMetry calls agents where a chain has no name of its own. */
const CHAIN = /^(Runnable[A-Z]\w*|LangGraph)$/;

const NAMES: Readonly<Record<string, keyof DimensionValues>> = { workflow: 'pipeline', agent: 'agent', tool: 'tool' };

function readDecorator(span: DecodedSpan, kind: string): SpanReading {
  const entity = textOf(span.attributes.get('traceloop.entity.name'));
  const named = NAMES[kind];
  const chain = CHAIN.test(textOf(span.attributes.get('gen_ai.agent.name')) ?? '');
  return {
    role: kind === 'tool' ? 'tool' : 'aggregate',
    dimensions: {
      ...(chain ? { agent: '' } : {}),
      ...(named !== undefined && entity !== undefined ? { [named]: entity } : {}),
    },
    weak: kind === 'workflow' ? [] : WEAK,
  };
}

function readInstrumentation(span: DecodedSpan, scopeName: string): SpanReading {
  const reading = readSemconv(span);
  const { call } = reading;
  if (call) {
    call.convention = conventionOf(scopeName, call.provider);
    call.neverCacheDetail = NEVER_CACHE_DETAIL.test(scopeName);
    // Its first releases name the model's vendor; the call is Bedrock's.
    call.provider = BEDROCK.test(scopeName) ? 'aws' : call.provider;
    if (scopeName === '@traceloop/instrumentation-openai') {
      call.estimated = looksEstimated(call);
    }
    if (call.usage.input === null && call.usage.output === null) {
      call.usage.input = firstCount(span.attributes, ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens']);
    }
  }
  return { ...reading, weak: WEAK };
}
