import type { DecodedSpan } from '../../receivers/otlp/decoded';
import { conventionOf, OPENLIT } from '../conventions';
import { looksEstimated } from '../estimates';
import { callOperation } from '../operations';
import { OTHER, type CallReading, type ClientHabit, type SpanReading } from '../reading';
import { readSemconv, semconvCall } from '../semconv';
import type { RawUsage } from '../usage';
import { numberOf, reportedPico } from '../values';

/**
 * OpenLIT (JavaScript and Python): Anthropic's input leaves cached tokens out, Gemini's output leaves thoughts out, a
 * stream without usage is counted by the client, and `gen_ai.usage.cost` is 0 whenever its price list was out of reach.
 * Cached tokens of Anthropic's streams are lost: then 0 stands for both.
 */
export const openlit: ClientHabit = {
  owns: (_span, { scopeName }) => OPENLIT.test(scopeName),
  read(span, { scopeName }): SpanReading {
    const reading = span.attributes.keys.length === 0 ? readBareFailure(span, scopeName) : readSemconv(span);
    const { call } = reading;
    if (call) {
      const firstToken = numberOf(span.attributes.get('gen_ai.server.time_to_first_token'));
      const cost = reportedPico(span.attributes.get('gen_ai.usage.cost'));
      call.convention = conventionOf(scopeName, call.provider);
      call.estimated = looksEstimated(call) || isCountedByClient(span, call);
      if (call.provider === 'anthropic') {
        call.usage = withoutFilling(call.usage);
        call.neverCacheDetail = true;
      }
      call.reportedCost = cost === 0n ? null : cost;
      call.timeToFirstTokenMs ??= firstToken === undefined ? undefined : firstToken * 1000;
    }
    return reading;
  },
};

/** 0 read and 0 written is what OpenLIT fills in where it lost what Anthropic said of the cache. */
const withoutFilling = (usage: RawUsage): RawUsage =>
  usage.cacheRead === 0 && usage.cacheWrite === 0 ? { ...usage, cacheRead: null, cacheWrite: null } : usage;

/** OpenAI's own counts always come with the cached ones; those of a stream that sent none are OpenLIT's, without. */
const isCountedByClient = ({ attributes }: DecodedSpan, { provider, operation, usage }: CallReading): boolean =>
  provider === 'openai' &&
  operation === 'chat' &&
  attributes.get('gen_ai.request.stream') === true &&
  usage.input !== null &&
  usage.cacheRead === null;

const PROVIDERS: Readonly<Record<string, string>> = { google_ai_studio: 'google', bedrock: 'aws' };

/** A failed call of some providers leaves a span with nothing but its name, `chat MODEL`, and the exception. */
function readBareFailure(span: DecodedSpan, scopeName: string): SpanReading {
  const [, name, model] = /^(\w+) (\S+)$/.exec(span.name) ?? [];
  const operation = name === undefined ? undefined : callOperation(name);
  if (span.statusCode !== 2 || operation === undefined) {
    return OTHER;
  }
  const provider = scopeName.slice(scopeName.lastIndexOf('.') + 1);
  return {
    role: 'call',
    call: {
      ...semconvCall(span),
      operation,
      explicit: true,
      requestModel: model,
      provider: PROVIDERS[provider] ?? provider,
    },
  };
}
