import type { UsageEvent } from '../../events/usageEvent';
import { responseKey, type Candidate, type ContextDimension, type Signal } from '../../normalize/candidate';
import type { DuplicateReason } from '../decision';
import { LITELLM_RAW } from '../../normalize/liteLlm';
import { remembering } from '../../normalize/remembering';
import { modelKeys } from './modelKeys';

/**
 * One report of a model call, as it is remembered: the candidate and the facts by which other reports of the same call
 * are found. Immutable; what became of it is its {@link Verdict}.
 */
export interface Sighting {
  /** The event's id. */
  readonly id: string;
  readonly event: UsageEvent;
  readonly signal: Signal;
  /** Signal and instrumentation: two sightings of one source are two calls. */
  readonly source: string;
  readonly instrumentation: string;
  /** µs since 1970. */
  readonly start: number;
  /** µs since 1970. */
  readonly end: number;
  readonly parentSpanId: string;
  readonly explicit: boolean;
  readonly unsampled: boolean;
  readonly weak: readonly ContextDimension[];
  /** The tenant that the sender's key is bound to: reports of different tenants never touch each other. */
  readonly bound: string | null;
  /** Keys of exact ids beside the provider's response id: a gateway's call id. */
  readonly callIds: readonly string[];
  /** Base names of the requested and the answering model. */
  readonly models: readonly string[];
}

/** What is decided about a sighting. */
export interface Verdict {
  /**
   * Which sighting of its own trace tells the same call better: its id; `'*'` when several do (it is a sum of calls);
   * null when it speaks for itself.
   */
  readonly under: string | null;
  /** Its event is a row of `usage_events`. */
  readonly counted: boolean;
  /** Why it is not counted; null when it is. */
  readonly dropped: DuplicateReason | null;
  /** What the row has beyond the sighting's own event. It only grows: what was inherited once stays. */
  readonly patch: Patch;
}

/** Fields of a counted event that other sightings and spans of its call know better. */
export type Patch = Readonly<Partial<UsageEvent>>;

export const NO_PATCH: Patch = {};

export const NEW: Verdict = { under: null, counted: false, dropped: null, patch: NO_PATCH };

/** The verdict of nearly every call: one object for all. */
export const COUNTED: Verdict = { under: null, counted: true, dropped: null, patch: NO_PATCH };

/** Sums of calls stand under no single call. */
export const SEVERAL = '*';

/** What cannot be worked out from the rest of a sighting. */
export type SightingParts = Omit<Sighting, 'id' | 'source' | 'end' | 'models'>;

/** A candidate as it is remembered. */
export function sightingOf(candidate: Candidate): Sighting {
  return makeSighting({
    event: candidate.event,
    signal: candidate.signal,
    instrumentation: candidate.instrumentation,
    start: candidate.start,
    parentSpanId: candidate.parentSpanId,
    explicit: candidate.explicit,
    unsampled: candidate.unsampled ?? false,
    weak: candidate.weak,
    bound: candidate.boundTenant ?? null,
    callIds: candidate.callIds,
  });
}

export function makeSighting(parts: SightingParts): Sighting {
  const { event, callIds } = parts;
  return {
    id: event.event_id,
    event,
    signal: parts.signal,
    source: SOURCES[parts.signal](parts.instrumentation),
    instrumentation: parts.instrumentation,
    start: parts.start,
    end: event.time,
    parentSpanId: parts.parentSpanId,
    explicit: parts.explicit,
    unsampled: parts.unsampled,
    weak: parts.weak,
    bound: parts.bound,
    callIds: callIds.length === 0 ? NO_IDS : callIds,
    models: modelKeys(event.model, event.request_model),
  };
}

const NO_IDS: readonly string[] = [];

const sourceOf = (signal: Signal) => remembering((instrumentation: string) => `${signal}:${instrumentation}`);
const SOURCES: Readonly<Record<Signal, (instrumentation: string) => string>> = {
  span: sourceOf('span'),
  gateway: sourceOf('gateway'),
  event: sourceOf('event'),
  log: sourceOf('log'),
  metric: sourceOf('metric'),
};

/** All keys of exact ids: that of the provider's response id, and the others. */
export const idsOf = ({ event, callIds }: Sighting): readonly string[] =>
  event.response_id === null ? callIds : [responseKey(event.response_id), ...callIds];

/**
 * The service that reports, '' for a sender that leaves its name out; null for gateways and callers of the API, which
 * report on somebody's behalf.
 */
export const serviceOf = ({ event, signal }: Sighting): string | null =>
  event.service ?? (signal === 'gateway' || signal === 'event' ? null : '');

/**
 * LiteLLM writes some calls' report twice (streams of the Responses API, releases of 2025): one source, and yet one call.
 * The answer's id alone proves nothing, the call's start to the microsecond with it does.
 */
export const isCopy = (a: Sighting, b: Sighting): boolean =>
  a.source === b.source &&
  isLiteLlm(a.instrumentation) &&
  a.start === b.start &&
  a.event.response_id !== null &&
  a.event.response_id === b.event.response_id &&
  a.event.input_tokens === b.event.input_tokens &&
  a.event.output_tokens === b.event.output_tokens;

/** LiteLLM reports: by its callbacks of either kind. */
export const isLiteLlm = (instrumentation: string): boolean => instrumentation.startsWith('litellm');

/**
 * LiteLLM's raw answers know the provider's id, its generic callback an id of its own and no service, and some releases
 * give no id to either: they are told to be of one call by their likeness, beyond services. Null for everybody else.
 */
export const gatewayPool = ({ instrumentation }: Sighting): string | null =>
  instrumentation === LITELLM_RAW || instrumentation === 'litellm' ? GATEWAY_POOL : null;

export const GATEWAY_POOL = '\0litellm';

export const hasTokens = ({ event }: Sighting): boolean => event.input_tokens !== null || event.output_tokens !== null;

/** It has an output and lost its input: the output alone is there to be compared. */
export const lostInput = ({ event }: Sighting): boolean =>
  event.input_tokens === null && (event.output_tokens ?? 0) > 0;

/** Tokens that were read from a cache or written into one. */
export const cachedTokens = ({ event }: Sighting): number =>
  (event.cache_read_tokens ?? 0) + (event.cache_write_5m_tokens ?? 0) + (event.cache_write_1h_tokens ?? 0);

/** The part of the input that no cache had. */
export const uncachedInput = (sighting: Sighting): number =>
  (sighting.event.input_tokens ?? 0) - cachedTokens(sighting);

export const isFailed = ({ event }: Sighting): boolean => event.status !== 'ok';

/** Reports may concern one call unless their senders are bound to different tenants. */
export const mayMeet = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;
