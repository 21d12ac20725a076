import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';

/** The constant that stands for an agent's name on calls and tools. */
const NOT_A_NAME = 'OpenAI Agent';

/**
 * opentelemetry-instrumentation-openai-agents-v2: `gen_ai.agent.name` on calls is a constant, the real one is on the
 * `invoke_agent` span above; a streamed chat reports 0 in and 0 out, which means unknown.
 */
export const openaiAgents: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === 'opentelemetry.instrumentation.openai_agents',
  read(span): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (call) {
      call.neverCacheDetail = call.usage.cacheRead === null;
      if (call.usage.input === 0 && (call.usage.output ?? 0) === 0) {
        call.usage.input = null;
        call.usage.output = null;
      }
    }
    const unnamed = span.attributes.get('gen_ai.agent.name') === NOT_A_NAME;
    return unnamed ? { ...reading, dimensions: { agent: '' }, weak: ['agent'] } : reading;
  },
};
