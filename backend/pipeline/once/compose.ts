import type { UsageEvent } from '../../events/usageEvent';
import type { ContextDimension } from '../../normalize/candidate';
import { mergeTags } from '../../normalize/dimensions';
import { attemptOf } from './attempts';
import { isBrokenOff } from './likeness';
import { distance, isEstimated, isGateway } from './precedence';
import type { OnceMemory } from './onceMemory';
import { NO_PATCH, type Patch, type Sighting } from './sighting';
import { ancestors, type Ancestor } from './tree';

/** What a call inherits from the spans above it, and from the other reports of itself. */
const CONTEXT: readonly ContextDimension[] = [
  'tenant',
  'project',
  'team',
  'cost_center',
  'user_id',
  'user_segment',
  'session_id',
  'agent',
  'run_id',
  'pipeline',
  'feature',
  'tool',
];

/** Facts of the calling process: the outermost one that reports the call. A gateway, or the provider, is not it. */
const PROCESS = ['service', 'release', 'environment'] as const;

/** Facts of the call that one report can lack. */
const FACTS = [
  'endpoint',
  'provider',
  'model',
  'request_model',
  'deployment',
  'operation',
  'service_tier',
  'finish_reason',
  'error_type',
  'duration_ms',
  'time_to_first_token_ms',
  'reported_cost',
  'response_id',
] as const;

/** Parts of the usage: filled in from a report that agrees on the totals. */
const PARTS = [
  'cache_read_tokens',
  'reasoning_tokens',
  'audio_input_tokens',
  'audio_output_tokens',
  'web_searches',
] as const;

/**
 * What the believed report of a call lacks and others know: the spans above it (nearest first, each over what the
 * resource or a default says), then the other reports and the spans above them.
 *
 * @param members the call's reports, the believed one first
 * @returns only the fields that differ from the believed report's own event
 */
export function patchOf(members: readonly Sighting[], memory: OnceMemory): Patch {
  const [believed, ...others] = members;
  if (!believed) {
    return NO_PATCH;
  }
  const attempt = Math.max(attemptOf(believed, memory), ...others.map(({ event }) => event.attempt));
  const retried = attempt !== believed.event.attempt;
  const inherits = ancestors(believed, memory).some(({ link }) => link.context !== null);
  if (!retried && !inherits && others.length === 0) {
    return NO_PATCH;
  }
  const patch: Record<string, unknown> = retried ? { attempt } : {};
  inherit(believed, others, memory, patch);
  if (others.length > 0) {
    fillFacts(believed, others, memory, patch);
    fillOutcome(believed, others, patch);
    fillUsage(believed, others, patch);
    correctOutput(believed, others, patch);
  }
  return patch;
}

/** Nothing known: NULL, or the visible `unknown` of tenant and project. */
const isKnown = (value: unknown): boolean => value !== null && value !== undefined && value !== 'unknown';

const ownValue = ({ event, weak }: Sighting, dimension: ContextDimension): string | null =>
  isKnown(event[dimension]) && !weak.includes(dimension) && !(dimension === 'run_id' && event.run_id === event.trace_id)
    ? event[dimension]
    : null;

function inherit(
  believed: Sighting,
  others: readonly Sighting[],
  memory: OnceMemory,
  patch: Record<string, unknown>
): void {
  const chains = new Map<Sighting, readonly Ancestor[]>();
  for (const dimension of CONTEXT) {
    if (dimension === 'tenant' && believed.bound !== null) {
      continue;
    }
    const told = firstKnown(
      [believed, ...others],
      (member) => ownValue(member, dimension) ?? toldAbove(member, dimension, chains, memory)
    );
    const value =
      told ?? firstKnown(others, ({ event }) => (isKnown(believed.event[dimension]) ? null : event[dimension]));
    if (isKnown(value) && value !== believed.event[dimension]) {
      patch[dimension] = value;
    }
  }
}

/** What the nearest span above says, or said while its trace was known. */
function toldAbove(
  sighting: Sighting,
  dimension: ContextDimension,
  chains: Map<Sighting, readonly Ancestor[]>,
  memory: OnceMemory
): string | null | undefined {
  let chain = chains.get(sighting);
  if (!chain) {
    chain = ancestors(sighting, memory).filter(({ link }) => link.context !== null);
    chains.set(sighting, chain);
  }
  const told = chain.find(({ link }) => link.context?.[dimension] !== undefined)?.link.context?.[dimension];
  return told ?? (memory.isCutOff(sighting) ? memory.verdict(sighting.id).patch[dimension] : undefined);
}

function firstKnown<T>(members: readonly Sighting[], of: (member: Sighting) => T | null | undefined): T | undefined {
  for (const member of members) {
    const value = of(member);
    if (value !== null && value !== undefined && isKnown(value)) {
      return value;
    }
  }
  return undefined;
}

/** Notes a value that the believed report lacks. */
function fill(patch: Record<string, unknown>, event: UsageEvent, field: keyof UsageEvent, value: unknown): void {
  if (value !== undefined && value !== null && value !== event[field]) {
    patch[field] = value;
  }
}

function fillFacts(
  believed: Sighting,
  others: readonly Sighting[],
  memory: OnceMemory,
  patch: Record<string, unknown>
): void {
  const { event } = believed;
  for (const field of FACTS) {
    const failedOnly = field === 'error_type' && event.status === 'ok';
    if (event[field] === null && !failedOnly) {
      fill(
        patch,
        event,
        field,
        firstKnown<string | number | bigint>(others, (member) => member.event[field])
      );
    }
  }
  fillModel(believed, others, patch);
  const caller = callerOf(believed, others, memory);
  for (const field of PROCESS) {
    const own = caller?.event[field] ?? event[field];
    fill(patch, event, field, own ?? firstKnown(others, (member) => member.event[field]));
  }
  const tags = mergeTags(event.tags, ...others.map((other) => other.event.tags));
  if (JSON.stringify(tags) !== JSON.stringify(event.tags)) {
    patch.tags = tags;
  }
}

/** A stream without an output whose caller cancelled it, as another report knows, was cancelled. */
function fillOutcome(believed: Sighting, others: readonly Sighting[], patch: Record<string, unknown>): void {
  const cancelled = others.find((other) => isBrokenOff(other, believed));
  if (cancelled) {
    patch.status = cancelled.event.status;
    patch.error_type = cancelled.event.error_type;
  }
}

/** A caller knows a gateway's model by its alias; which model answered, and whose, the gateway knows. */
function fillModel(believed: Sighting, others: readonly Sighting[], patch: Record<string, unknown>): void {
  const { event } = believed;
  const gateway = others.find(
    (other) => isGateway(other) && other.event.request_model === event.model && other.event.model !== event.model
  );
  if (gateway && !isGateway(believed)) {
    fill(patch, event, 'model', gateway.event.model);
    fill(patch, event, 'provider', gateway.event.provider);
  }
}

/** The report of the process that made the call, when it is another one's than the believed report's. */
function callerOf(believed: Sighting, others: readonly Sighting[], memory: OnceMemory): Sighting | undefined {
  const above = ancestors(believed, memory).map(({ link }) => link.spanId);
  const depth = (other: Sighting): number => above.indexOf(other.event.span_id ?? '');
  const outer = others.filter((other) => other.event.service !== null && depth(other) >= 0);
  const outermost = outer.sort((a, b) => depth(b) - depth(a))[0];
  return outermost ?? (isGateway(believed) ? others.find(isCaller) : longest(believed, others.filter(isCaller)));
}

/** Of two services that know one call by its id, the one that waited for the other called it. */
function longest(believed: Sighting, others: readonly Sighting[]): Sighting | undefined {
  const elsewhere = others.filter(
    ({ event, signal }) => signal === 'span' && believed.signal === 'span' && event.service !== believed.event.service
  );
  const lasted = ({ start, end }: Sighting): number => end - start;
  const best = elsewhere.sort((a, b) => lasted(b) - lasted(a) || (a.id < b.id ? -1 : 1))[0];
  return best && lasted(best) > lasted(believed) ? best : undefined;
}

const isCaller = (sighting: Sighting): boolean => !isGateway(sighting) && sighting.event.service !== null;

/**
 * An output that is one token above that of a report nearer to the provider, of the same input: the frameworks' addition
 * of a stream's first count to its last (see `likeness.ts`), however much else they know of the call.
 */
function correctOutput(believed: Sighting, others: readonly Sighting[], patch: Record<string, unknown>): void {
  const { event } = believed;
  const nearer = others.find(
    (other) =>
      !isEstimated(other) &&
      distance(other) < distance(believed) &&
      other.event.input_tokens === event.input_tokens &&
      (other.event.output_tokens ?? 0) > 0 &&
      other.event.output_tokens === (event.output_tokens ?? 0) - 1
  );
  if (nearer) {
    patch.output_tokens = nearer.event.output_tokens;
  }
}

function fillUsage({ event }: Sighting, others: readonly Sighting[], patch: Record<string, unknown>): void {
  const agreeing = others.filter(
    (other) =>
      event.input_tokens !== null &&
      other.event.input_tokens === event.input_tokens &&
      (other.event.output_tokens ?? 0) === (event.output_tokens ?? 0)
  );
  for (const part of PARTS) {
    if (event[part] === null) {
      fill(
        patch,
        event,
        part,
        firstKnown(agreeing, (other) => other.event[part])
      );
    }
  }
  const writes = agreeing.find((other) => other.event.cache_write_5m_tokens !== null);
  if (writes && event.cache_write_5m_tokens === null && event.cache_write_1h_tokens === null) {
    patch.cache_write_5m_tokens = writes.event.cache_write_5m_tokens;
    if (writes.event.cache_write_1h_tokens !== null) {
      patch.cache_write_1h_tokens = writes.event.cache_write_1h_tokens;
    }
  }
  if (event.quality === 'no_cache_detail' && patch.cache_read_tokens !== undefined) {
    patch.quality = 'exact' satisfies UsageEvent['quality'];
  }
}
