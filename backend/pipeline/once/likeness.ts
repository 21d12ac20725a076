import {
  cachedTokens,
  idsOf,
  gatewayPool,
  hasTokens,
  isCopy,
  isFailed,
  isLiteLlm,
  lostInput,
  mayMeet,
  serviceOf,
  uncachedInput,
  type Sighting,
} from './sighting';
import { LITELLM_RAW } from '../../normalize/liteLlm';
import { isEstimated } from './precedence';

/** Clocks of one process differ by this much between libraries (ms resolution, start before the wrapper's), µs. */
const SLACK = 2_000;
/**
 * Two listeners of one framework are told one after the other of a call's start and of its end. A process that takes
 * long for a call takes longer between them as well: a fifth of the call, within bounds, µs.
 */
const LISTENERS = { share: 0.2, least: 10_000, most: 250_000 };
/** A report with a single time is written at the call's end, or a little after it, µs. */
const POINT_SLACK = 1_000_000;

/** How two sightings of different sources are known to tell of one call; null when they are not. */
export type Bond = 'same_call_id' | 'same_usage' | null;

/**
 * Rule 3 of `Counted once`. Sure: they share an id and their tokens agree. Without a common id: the same service and
 * model, equal tokens (or none on one side), overlapping times, and no ids that contradict.
 */
export function bond(a: Sighting, b: Sighting): Bond {
  if ((a.source === b.source && !isCopy(a, b)) || !mayMeet(a.bound, b.bound)) {
    return null;
  }
  const others = idsOf(b);
  if (idsOf(a).some((id) => others.includes(id))) {
    return tokensAgree(a, b) ? 'same_call_id' : null;
  }
  return alike(a, b) ? 'same_usage' : null;
}

/**
 * Streams of some instrumentations are a token or two off, or lose the cached part of the input: then the output and the
 * time must agree. What a client counted itself may be anything.
 */
function tokensAgree(a: Sighting, b: Sighting): boolean {
  if (!hasTokens(a) || !hasTokens(b) || isEstimated(a) || isEstimated(b)) {
    return true;
  }
  const inputs = near(a.event.input_tokens, b.event.input_tokens) || (shareModel(a, b) && overlap(a, b) > 0);
  return inputs && near(a.event.output_tokens, b.event.output_tokens);
}

const shareModel = (a: Sighting, b: Sighting): boolean => a.models.some((model) => b.models.includes(model));

function near(a: number | null, b: number | null): boolean {
  const [x, y] = [a ?? 0, b ?? 0];
  return Math.abs(x - y) <= Math.max(2, Math.max(x, y) * 0.01);
}

function alike(a: Sighting, b: Sighting): boolean {
  if (!shareModel(a, b) || contradict(a, b)) {
    return false;
  }
  if (!ofOneService(a, b)) {
    return ofOneGateway(a, b) && alikeInGateway(a, b);
  }
  if (hasTokens(a) && hasTokens(b)) {
    return tokensEqual(a, b) || isLeftStream(a, b) || isLeftStream(b, a) ? overlap(a, b) > 0 : tokensMiscounted(a, b);
  }
  // Nothing to compare but time and outcome: one must enclose the other, or both be at the same time.
  return endAlike(a, b) && (encloses(a, b) || encloses(b, a) || coincide(a, b) || follows(a, b) || follows(b, a));
}

/**
 * Both failed or none did. A caller that breaks out of a stream has cancelled it, as a framework sees it; the SDK below
 * sees a stream that was closed before any output was told, and no failure.
 */
const endAlike = (a: Sighting, b: Sighting): boolean =>
  isFailed(a) === isFailed(b) || isBrokenOff(a, b) || isBrokenOff(b, a);

/** The one's caller cancelled what the other one calls a success without an output. */
export const isBrokenOff = (cancelled: Sighting, other: Sighting): boolean =>
  cancelled.event.status === 'cancelled' &&
  !hasTokens(cancelled) &&
  other.event.status === 'ok' &&
  other.event.output_tokens === null &&
  other.event.operation !== 'embeddings';

const ofOneService = (a: Sighting, b: Sighting): boolean => serviceOf(a) !== null && serviceOf(a) === serviceOf(b);

const ofOneGateway = (a: Sighting, b: Sighting): boolean =>
  gatewayPool(a) !== null && gatewayPool(a) === gatewayPool(b);

const tokensEqual = (a: Sighting, b: Sighting): boolean =>
  (a.event.output_tokens ?? 0) === (b.event.output_tokens ?? 0) &&
  ((a.event.input_tokens ?? 0) === (b.event.input_tokens ?? 0) || lostInput(a) !== lostInput(b));

/**
 * Instrumentations that add the first count of an Anthropic stream to its last are a token high; some report only the
 * part of an input that no cache had, and say nothing of caches. Equal inputs, and the one call's time around the
 * other's, must make up for it.
 */
const tokensMiscounted = (a: Sighting, b: Sighting): boolean =>
  (sameInput(a, b) || isUncachedPart(a, b) || isUncachedPart(b, a)) &&
  (a.event.output_tokens === b.event.output_tokens ||
    isOneOff(a.event.output_tokens ?? 0, b.event.output_tokens ?? 0) ||
    isBeginning(a, b) ||
    isBeginning(b, a)) &&
  (encloses(a, b) || encloses(b, a) || coincide(a, b));

const sameInput = (a: Sighting, b: Sighting): boolean =>
  (a.event.input_tokens ?? 0) > 0 && a.event.input_tokens === b.event.input_tokens;

/** One report's input is what of the other one's no cache had, or that and what was read from one. */
const isUncachedPart = (part: Sighting, whole: Sighting): boolean =>
  (cachedTokens(part) === 0 || cachedTokens(part) === whole.event.cache_read_tokens) &&
  cachedTokens(whole) > cachedTokens(part) &&
  uncachedInput(part) === uncachedInput(whole);

/** The uncached input, and the output that Anthropic's streams name as they begin: nothing of the stream's end was read. */
const isBeginning = (part: Sighting, whole: Sighting): boolean =>
  isUncachedPart(part, whole) &&
  (part.event.output_tokens ?? 0) <= BEGINNING &&
  (part.event.output_tokens ?? 0) < (whole.event.output_tokens ?? 0);

/**
 * A stream that its caller left: one report has the input alone, the other one beside it the output that Anthropic names
 * as a stream begins.
 */
const isLeftStream = (none: Sighting, beginning: Sighting): boolean =>
  none.event.output_tokens === null &&
  beginning.event.output_tokens !== null &&
  beginning.event.output_tokens <= BEGINNING &&
  sameInput(none, beginning) &&
  cachedTokens(none) === cachedTokens(beginning);

/** Tokens */
const BEGINNING = 8;

const isOneOff = (x: number, y: number): boolean => Math.min(x, y) > 0 && Math.abs(x - y) === 1;

/** True for twins by likeness whose outputs are a little apart: equal ones are the better match. */
export const isApproximate = (a: Sighting, b: Sighting): boolean =>
  isOneOff(a.event.output_tokens ?? 0, b.event.output_tokens ?? 0) || isLeftStream(a, b) || isLeftStream(b, a);

/** An id's kind: what providers put in front of it (`chatcmpl-`, `resp_`, `msg_`). */
const kindOf = (id: string): string => /^\w+:[a-z]+(?=[-_])/.exec(id)?.[0] ?? id.slice(0, id.indexOf(':'));

/** Both know an id of one kind, and not the same: two calls. A gateway's ids are its own. */
function contradict(a: Sighting, b: Sighting): boolean {
  if (isLiteLlm(a.instrumentation) || isLiteLlm(b.instrumentation)) {
    return false;
  }
  const others = idsOf(b);
  return idsOf(a).some((id) => others.some((other) => id !== other && kindOf(id) === kindOf(other)));
}

/** Common time of two calls in µs, with slack; ≤ 0 for none. */
export function overlap(a: Sighting, b: Sighting): number {
  const slack = a.start === a.end || b.start === b.end ? POINT_SLACK : SLACK;
  return Math.min(a.end, b.end) - Math.max(a.start, b.start) + slack;
}

const encloses = (outer: Sighting, inner: Sighting): boolean =>
  outer.start - SLACK <= inner.start && inner.end <= outer.end + SLACK && outer.start < outer.end;

/**
 * LiteLLM's raw answers are of the time of their call. Its callbacks write down one start and one end to the µs, but for
 * the newer one, which begins when the request is sent, and for some streams, which end later by one of them: equal calls
 * share neither.
 */
function alikeInGateway(a: Sighting, b: Sighting): boolean {
  if (!hasTokens(a) && !hasTokens(b)) {
    return isFailed(a) === isFailed(b) && ofOneMoment(a, b);
  }
  const raw = a.instrumentation === LITELLM_RAW || b.instrumentation === LITELLM_RAW;
  return tokensEqual(a, b) && (raw ? overlap(a, b) > 0 : ofOneMoment(a, b));
}

const ofOneMoment = (a: Sighting, b: Sighting): boolean =>
  a.start < a.end &&
  b.start < b.end &&
  overlap(a, b) > 0 &&
  Math.min(Math.abs(a.start - b.start), Math.abs(a.end - b.end)) <= ROUNDING;

/** µs */
const ROUNDING = 2;

/** A report with a single time that was written when the other one's call had just ended. */
const follows = (call: Sighting, point: Sighting): boolean =>
  point.start === point.end &&
  call.start < call.end &&
  point.end >= call.start - SLACK &&
  point.end <= call.end + LISTENERS.most;

/** Both start and end together, as two listeners of one library see it. */
function coincide(a: Sighting, b: Sighting): boolean {
  const apart = Math.max(Math.abs(a.start - b.start), Math.abs(a.end - b.end));
  const longer = Math.max(a.end - a.start, b.end - b.start);
  const slack = Math.min(Math.max(longer * LISTENERS.share, LISTENERS.least), LISTENERS.most);
  return a.start < a.end && b.start < b.end && apart <= slack;
}
