import { UNKNOWN, type Convention } from './usage';

/** OpenLIT's scopes: `openlit.…` in Python, `@openlit/instrumentation-…` and `openlit` in JavaScript. */
export const OPENLIT = /^@?openlit\b/;

/** AG2's scope. */
export const AG2 = 'opentelemetry.instrumentation.ag2';

/** Spring AI's scope: Spring Boot's. */
export const SPRING = 'org.springframework.boot';

/** Weave's spans that an application makes by hand, and those that its integrations make in the same way. */
export const WEAVE = 'weave.conversation';

/** Frameworks that pass on Anthropic's and Bedrock's input as it is, without what caches had. */
const RAW_INPUT: ReadonlySet<string> = new Set(['pipecat', 'agentscope', SPRING, AG2, WEAVE]);

/**
 * Instrumentations that pass on a provider's parts under the names of the conventions, without the conventions' meaning
 * (ingest notes §1, measured on captures): Anthropic's cached tokens beside the input, Gemini's thoughts beside the
 * output. Everybody else's counts are read as inclusive, unless arithmetic says that they cannot be.
 */
export function conventionOf(scopeName: string, provider: string | undefined): Convention {
  if (scopeName === '@traceloop/instrumentation-anthropic') {
    return { input: 'exclusive', output: 'inclusive' };
  }
  if (RAW_INPUT.has(scopeName) && /anthropic|bedrock/.test(provider ?? '')) {
    return { input: 'exclusive', output: 'unknown' };
  }
  if (OPENLIT.test(scopeName)) {
    return {
      input: /anthropic/.test(provider ?? '') ? 'exclusive' : 'unknown',
      output: /gemini|vertex|google|gcp/.test(provider ?? '') ? 'exclusive' : 'unknown',
    };
  }
  return UNKNOWN;
}
