import type { UsageEvent } from '../events/usageEvent';
import { canonicalProvider } from '../pricing/providers';
import type { Candidate, ContextDimension, Signal } from './candidate';
import { isContext, mergeTags, type DimensionValues, type Named } from './dimensions';
import { withThoughts } from './geminiThoughts';
import { MAPPED_DIMENSIONS, type MappedDimension } from './mapping';
import { statusOf } from './outcome';
import type { CallReading } from './reading';
import { remembering } from './remembering';
import { serviceTierOf } from './serviceTier';
import { inclusiveUsage, qualityOf, type RawUsage } from './usage';

/** Where and when a report of a call was made. */
export interface Place {
  readonly eventId: string;
  readonly signal: Signal;
  /** Scope name, or the receiver. */
  readonly instrumentation: string;
  /** µs since 1970. */
  readonly start: number;
  /** µs since 1970; the event's time. */
  readonly end: number;
  /** Durations are not known where a report carries a single time. */
  readonly timed: boolean;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string;
  /** A log event whose trace was not sampled. */
  readonly unsampled?: boolean;
}

/** What is known about who and why, the most specific first. */
export interface Circumstances {
  /** Said by the report itself. */
  readonly own: DimensionValues;
  readonly ownTags: Record<string, string> | null;
  /** Said by the sender's resource. */
  readonly resource: Named;
  /** Own dimensions that are defaults of the client. */
  readonly weak: readonly ContextDimension[];
}

const orElse = <T>(a: string | undefined, b: string | undefined, otherwise: T): string | T => a ?? b ?? otherwise;

const either = (a: string | undefined, b: string | undefined): string | null => a ?? b ?? null;

/** A report's reading as a candidate call: the inclusive convention, the domain's words. */
export function buildCall(call: CallReading, place: Place, circumstances: Circumstances): Candidate {
  const { own, resource } = circumstances;
  const provider = canonical(call.provider);
  const requestModel = call.requestModel ?? call.responseModel ?? null;
  const { usage, inferred } = inclusiveUsage(
    withThoughts(withoutLostInput(call), provider, requestModel),
    call.convention
  );
  const said = resource.dimensions;
  const quality = qualityOf(usage, { inferred, neverCacheDetail: call.neverCacheDetail });
  const { status, error_type } = statusOf(call.outcome);
  // One literal with every field, in one order: the engine then keeps all events in one shape.
  const event: UsageEvent = {
    event_id: place.eventId,
    time: place.end,
    tenant: orElse(own.tenant, said.tenant, 'unknown'),
    project: orElse(own.project, said.project, 'unknown'),
    team: either(own.team, said.team),
    environment: either(own.environment, said.environment),
    cost_center: either(own.cost_center, said.cost_center),
    provider,
    model: call.responseModel ?? requestModel,
    request_model: requestModel,
    deployment: orElse(own.deployment, said.deployment, requestModel),
    endpoint: either(own.endpoint, said.endpoint),
    operation: call.operation,
    service_tier: serviceTierOf(call.serviceTier),
    user_id: either(own.user_id, said.user_id),
    user_segment: either(own.user_segment, said.user_segment),
    session_id: either(own.session_id, said.session_id),
    service: either(own.service, said.service),
    agent: either(own.agent, said.agent),
    run_id: orElse(own.run_id, said.run_id, place.traceId),
    pipeline: either(own.pipeline, said.pipeline),
    feature: either(own.feature, said.feature),
    release: either(own.release, said.release),
    tool: either(own.tool, said.tool),
    status,
    error_type,
    finish_reason: call.finishReason ?? null,
    attempt: attemptOf(call),
    duration_ms: durationOf(place),
    time_to_first_token_ms: milliseconds(call.timeToFirstTokenMs),
    input_tokens: usage.input_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_5m_tokens: usage.cache_write_5m_tokens,
    cache_write_1h_tokens: usage.cache_write_1h_tokens,
    output_tokens: usage.output_tokens,
    reasoning_tokens: usage.reasoning_tokens,
    audio_input_tokens: usage.audio_input_tokens,
    audio_output_tokens: usage.audio_output_tokens,
    image_input_tokens: usage.image_input_tokens,
    requests: usage.requests,
    web_searches: usage.web_searches,
    other_units: usage.other_units,
    reported_cost: call.reportedCost,
    quality: call.estimated && quality !== 'no_usage' ? 'estimated_tokens' : quality,
    source: sourceOf(place),
    trace_id: place.traceId,
    span_id: place.spanId,
    response_id: call.responseId ?? null,
    tags: mergeTags(circumstances.ownTags, resource.tags),
  };
  return {
    event,
    signal: place.signal,
    instrumentation: place.instrumentation,
    start: place.start,
    parentSpanId: place.parentSpanId,
    explicit: call.explicit,
    callIds: call.callIds,
    unsampled: place.unsampled ?? false,
    weak: weakOf(circumstances),
  };
}

/** Nobody answers to nothing: a chat with an output and an input of 0 lost its input on the way. */
const withoutLostInput = ({ usage, operation }: CallReading): RawUsage =>
  operation === 'chat' && usage.input === 0 && (usage.output ?? 0) > 0 ? { ...usage, input: null } : usage;

const attemptOf = ({ attempt }: CallReading): number =>
  attempt >= 1 && attempt <= MAX_ATTEMPT ? Math.trunc(attempt) : 1;

/** What a smallint holds, and more than anybody tries. */
const MAX_ATTEMPT = 1000;

/** ms */
const durationOf = ({ timed, start, end }: Place): number | null => (timed ? (end - start) / 1000 : null);

/** Receiver and instrumentation. */
const sourceOf = ({ signal, instrumentation }: Place): string =>
  signal === 'gateway' ? instrumentation : otlp(instrumentation);

const otlp = remembering((instrumentation: string) => `otlp:${instrumentation}`);

/** What came from the resource, from the client's defaults or from nowhere: an ancestor span knows it better. */
function weakOf({ own, resource, weak }: Circumstances): readonly ContextDimension[] {
  let bits = 0;
  for (const dimension in resource.dimensions) {
    const name = dimension as MappedDimension;
    if (own[name] === undefined) {
      bits |= CONTEXT_BIT.get(name) ?? 0;
    }
  }
  for (const name of weak) {
    bits |= CONTEXT_BIT.get(name) ?? 0;
  }
  return dimensionsOf(bits);
}

const CONTEXT: readonly ContextDimension[] = MAPPED_DIMENSIONS.filter(isContext);
const CONTEXT_BIT: ReadonlyMap<MappedDimension, number> = new Map(CONTEXT.map((name, index) => [name, 1 << index]));

/** One list for all calls that have the same: it is remembered with each of them. */
const dimensionsOf = remembering((bits: number): readonly ContextDimension[] =>
  CONTEXT.filter((_, index) => (bits & (1 << index)) !== 0)
);

const milliseconds = (value: number | undefined): number | null => (value !== undefined && value >= 0 ? value : null);

/** The one name of a provider. */
const canonical = (provider: string | undefined): string | null =>
  provider === undefined ? null : canonicalSpelling(provider);

const canonicalSpelling = remembering((provider: string) => canonicalProvider(provider));
