import type { DecodedSpan, Origin } from '../receivers/otlp/decoded';
import { ag2 } from './clients/ag2';
import { agentOps } from './clients/agentOps';
import { aiSdk } from './clients/aiSdk';
import { anthropicSdk } from './clients/anthropicSdk';
import { claudeCode } from './clients/claudeCode';
import { eino } from './clients/eino';
import { geminiCli } from './clients/geminiCli';
import { genkit } from './clients/genkit';
import { googleAdk } from './clients/googleAdk';
import { haystack } from './clients/haystack';
import { judgeval } from './clients/judgeval';
import { langSmith } from './clients/langSmith';
import { langfuse } from './clients/langfuse';
import { langWatch } from './clients/langWatch';
import { langtrace } from './clients/langtrace';
import { liteLlm } from './clients/litellm';
import { logfire } from './clients/logfire';
import { mastra } from './clients/mastra';
import { mlflow } from './clients/mlflow';
import { monocle } from './clients/monocle';
import { openaiAgents } from './clients/openaiAgents';
import { openInference } from './clients/openInference';
import { openlit } from './clients/openlit';
import { pydanticAi } from './clients/pydanticAi';
import { springAi } from './clients/springAi';
import { strands } from './clients/strands';
import { traceloop } from './clients/traceloop';
import { voltAgent } from './clients/voltAgent';
import { OPENLIT } from './conventions';
import { OTHER, type ClientHabit, type SpanReading } from './reading';
import { semconvHabit } from './semconv';

/**
 * Every client whose habits differ from the conventions, the most telling marks first: several can hold for one span
 * (an AI SDK span that Langfuse's exporter decorated, LiteLLM writing OpenInference's names).
 */
const HABITS: readonly ClientHabit[] = [
  voltAgent,
  aiSdk,
  liteLlm,
  langfuse,
  langSmith,
  openInference,
  anthropicSdk,
  claudeCode,
  geminiCli,
  googleAdk,
  genkit,
  haystack,
  mastra,
  mlflow,
  monocle,
  judgeval,
  langtrace,
  logfire,
  pydanticAi,
  openaiAgents,
  strands,
  springAi,
  agentOps,
  langWatch,
  ag2,
  eino,
  openlit,
  traceloop,
  semconvHabit,
];

/** Reads one span with the habits of the client that made it. */
export function readSpan(span: DecodedSpan, origin: Origin): SpanReading {
  if (!mentionsModels(span) && !OPENLIT.test(origin.scopeName)) {
    return OTHER;
  }
  const habit = HABITS.find((candidate) => candidate.owns(span, origin)) ?? semconvHabit;
  return habit.read(span, origin);
}

/** Prefixes of every attribute by which a client can mark its spans; `request_data` is Logfire's. */
const MARKS =
  /^(gen_ai\.|llm\.|ai\.|openinference\.|langfuse\.|traceloop\.|litellm\.|agentops\.|mastra\.|genkit:|haystack\.|mlflow\.|judgment\.|monocle_apptrace\.|request_data$)/;

const marked = new Map<string, boolean>();
const MAX_KEYS = 4096;

/** A quick no for the many spans of databases and web servers that share a trace with calls. */
function mentionsModels(span: DecodedSpan): boolean {
  return span.attributes.keys.some(isMark) || span.name.startsWith('claude_code.');
}

function isMark(key: string): boolean {
  let mark = marked.get(key);
  if (mark === undefined) {
    mark = MARKS.test(key);
    if (marked.size < MAX_KEYS) {
      marked.set(key, mark);
    }
  }
  return mark;
}
