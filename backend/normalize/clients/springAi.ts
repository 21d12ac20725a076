import type { Origin } from '../../receivers/otlp/decoded';
import { conventionOf, SPRING } from '../conventions';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';

/**
 * Spring AI through Micrometer, whose scope is Spring Boot with its release. Anthropic's and Bedrock's input leaves cached
 * tokens out; streams, and release 1 everywhere, say nothing of caches. In release 1 (Spring Boot 3) a model that calls
 * tools by itself adds what it used before to each further answer's usage: a call that ended in tools is the beginning of
 * such a sum.
 */
export const springAi: ClientHabit = {
  owns: (_span, { scopeName }) => scopeName === SPRING,
  read(span, origin): SpanReading {
    const reading = readSemconv(span);
    const { call } = reading;
    if (!call) {
      return reading;
    }
    call.convention = conventionOf(SPRING, call.provider);
    call.neverCacheDetail = true;
    return beginsSum(call, origin) ? { ...reading, instrumentation: SPRING_BEGINNING } : reading;
  },
};

/** Who reports a call whose tokens the next one of its loop holds too. */
export const SPRING_BEGINNING = `${SPRING}/tools`;

/** The source of the call that goes on with such a sum, where it ends the loop. */
export const isSpring = (instrumentation: string): boolean =>
  instrumentation === SPRING || instrumentation === SPRING_BEGINNING;

const TOOLS = /tool/i;

const beginsSum = (call: CallReading, { scopeVersion }: Origin): boolean =>
  scopeVersion.startsWith('3.') && TOOLS.test(call.finishReason ?? '');
