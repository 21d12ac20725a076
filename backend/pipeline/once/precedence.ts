import { SIGNALS } from '../../normalize/candidate';
import { isPart, sizeOfPart } from './runningSums';
import { hasTokens, isLiteLlm, lostInput, type Sighting } from './sighting';

/**
 * Which report of a call is believed, when several tell of it. In this order:
 * 1. one with tokens; 2. one that is no part of a sum of the same client; 3. one whose tokens are the provider's, not the
 * client's own count; 4. one that has not lost its input; 5. the one that knows more parts of the usage (cache reads, both
 * lifetimes of cache writes, reasoning) and the served tier; 6. the one nearest to the provider (its own SDK, then
 * instrumentations of SDKs, then frameworks, then gateways); 7. the better signal (span, gateway, event, log, metric);
 * 8. the smaller id, so that every replica agrees.
 */
export function byPrecedence(a: Sighting, b: Sighting): number {
  return (
    Number(hasTokens(b)) - Number(hasTokens(a)) ||
    Number(isPart(a)) - Number(isPart(b)) ||
    sizeOfPart(b) - sizeOfPart(a) ||
    Number(isEstimated(a)) - Number(isEstimated(b)) ||
    Number(lostInput(a)) - Number(lostInput(b)) ||
    detail(b) - detail(a) ||
    distance(a) - distance(b) ||
    SIGNALS.indexOf(a.signal) - SIGNALS.indexOf(b.signal) ||
    (a.id < b.id ? -1 : 1)
  );
}

export const isEstimated = ({ event }: Sighting): boolean => event.quality === 'estimated_tokens';

/** How many parts of the usage are known. */
function detail({ event }: Sighting): number {
  const known = [
    event.cache_read_tokens,
    event.cache_write_5m_tokens,
    // A split by lifetime is worth more than the same sum without.
    event.cache_write_1h_tokens,
    event.cache_write_1h_tokens,
    event.reasoning_tokens,
    event.service_tier,
  ];
  return known.filter((value) => value !== null).length;
}

/** By the instrumentation's name; what nobody has classified counts as an instrumentation of an SDK. */
const DISTANCES: ReadonlyArray<readonly [RegExp, number]> = [
  [/^com\.anthropic\.sdk/, 0],
  [/^litellm/, 4],
  [
    /langchain|llama_?index|llama-index|^ai$|^gen_ai$|pydantic-ai|openai_agents|openai\.agents|strands|crewai|langfuse|haystack|dspy|autogen|agno|smolagents|semantic_kernel|agent_framework|gcp\.vertex\.agent|springframework|voltagent/i,
    3,
  ],
  [/^(@traceloop\/|opentelemetry\.instrumentation\.(openai\.v[01]|anthropic)$|@?openlit)/, 2],
];

const INSTRUMENTATION = 1;
const distances = new Map<string, number>();
const MAX_NAMES = 1024;

export function distance({ instrumentation }: Pick<Sighting, 'instrumentation'>): number {
  let found = distances.get(instrumentation);
  if (found === undefined) {
    found = DISTANCES.find(([pattern]) => pattern.test(instrumentation))?.[1] ?? INSTRUMENTATION;
    if (distances.size < MAX_NAMES) {
      distances.set(instrumentation, found);
    }
  }
  return found;
}

/** A gateway reports on its callers' behalf: its own service and release are not theirs. */
export const isGateway = ({ instrumentation, signal }: Sighting): boolean =>
  signal === 'gateway' || isLiteLlm(instrumentation);
