import type { SpanLink } from '../../normalize/candidate';
import { LITELLM_BORROWED, LITELLM_RAW } from '../../normalize/liteLlm';
import type { OnceMemory } from './onceMemory';
import { foldParts, isBelievedSum, isPartOf } from './runningSums';
import { hasTokens, isFailed, mayMeet, serviceOf, SEVERAL, type Sighting } from './sighting';

/** Deeper traces exist only as mistakes (a span that is its own ancestor). */
const MAX_DEPTH = 256;

/** An ancestor span of a sighting. */
export interface Ancestor {
  readonly link: SpanLink;
  /** A tool's span lies between: a call below a tool is not a repetition of the call that asked for the tool. */
  readonly beyondTool: boolean;
}

/** The known ancestors of a sighting, nearest first, up to the first span that has not come (yet). */
export function ancestors(sighting: Sighting, memory: OnceMemory): readonly Ancestor[] {
  const { trace_id: traceId } = sighting.event;
  if (sighting.parentSpanId === '') {
    return NO_ANCESTORS;
  }
  const found: Ancestor[] = [];
  let beyondTool = false;
  let spanId = sighting.parentSpanId;
  for (let depth = 0; traceId !== null && spanId !== '' && depth < MAX_DEPTH; depth++) {
    const link = memory.link(traceId, spanId);
    if (!link || !mayMeet(sighting.bound, link.boundTenant ?? null)) {
      break;
    }
    found.push({ link, beyondTool });
    beyondTool ||= link.role === 'tool';
    spanId = link.parentSpanId;
  }
  return found;
}

const NO_ANCESTORS: readonly Ancestor[] = [];

/** Span sightings of one trace, with who is above whom. */
interface Family {
  readonly spans: readonly Sighting[];
  /** Sightings above each, nearest first. */
  readonly above: ReadonlyMap<string, readonly Sighting[]>;
  readonly below: ReadonlyMap<string, readonly Sighting[]>;
}

function familyOf(traceId: string, memory: OnceMemory): Family {
  const all = memory.inTrace(traceId).filter(({ signal }) => signal === 'span');
  const bySpan = new Map(all.map((sighting) => [sighting.event.span_id ?? '', sighting]));
  const spans = all.filter((sighting) => !isEcho(sighting, bySpan.get(sighting.parentSpanId)));
  const above = new Map<string, Sighting[]>();
  const below = new Map<string, Sighting[]>();
  for (const sighting of spans) {
    const chain = ancestors(sighting, memory).flatMap(({ link, beyondTool }) => {
      const ancestor = bySpan.get(link.spanId);
      return ancestor && ancestor !== sighting && !standsBeside(ancestor, sighting, beyondTool) ? [ancestor] : [];
    });
    above.set(sighting.id, chain);
    for (const ancestor of chain) {
      below.set(ancestor.id, [...(below.get(ancestor.id) ?? []), sighting]);
    }
  }
  return { spans, above, below };
}

/**
 * A report that is no sum of what is below it: a call below a tool is its own, and so is one on its caller's span, one
 * that began when the span above had ended (a client that forgot to leave its span), and one of another kind.
 */
const standsBeside = (ancestor: Sighting, sighting: Sighting, beyondTool: boolean): boolean =>
  (beyondTool && ancestor.explicit) ||
  ancestor.instrumentation === LITELLM_BORROWED ||
  isOver(ancestor, sighting) ||
  areOfTwoKinds(ancestor, sighting);

/** Clocks of one process differ by this much between libraries, µs; a library's own clock does not. */
const SLACK = 2_000;

/** Told only within one service: the clocks of two machines may differ by more than a call takes. */
const isOver = (ancestor: Sighting, sighting: Sighting): boolean =>
  sighting.start > ancestor.end + (ancestor.source === sighting.source ? 0 : SLACK) &&
  ancestor.start < ancestor.end &&
  serviceOf(ancestor) === serviceOf(sighting);

/** What a chat embeds or ranks on its way (a semantic cache, a retriever) is no part of its tokens. */
const SIDE_KINDS: ReadonlySet<string> = new Set(['embeddings', 'rerank']);

const isOnTheSide = ({ event }: Sighting): boolean => event.operation !== null && SIDE_KINDS.has(event.operation);

const areOfTwoKinds = (a: Sighting, b: Sighting): boolean =>
  a.event.operation !== b.event.operation &&
  (isOnTheSide(a) || isOnTheSide(b)) &&
  a.models.length > 0 &&
  b.models.length > 0 &&
  !a.models.some((model) => b.models.includes(model));

/** LiteLLM's raw answer right below LiteLLM's span of the same call. */
const isEcho = ({ instrumentation }: Sighting, parent: Sighting | undefined): boolean =>
  instrumentation === LITELLM_RAW && parent?.instrumentation === 'litellm';

/**
 * Rule 2 of `Counted once`, for one trace: which sighting tells which other one's call better. A span repeats what the
 * calls below it report (native SDK under an instrumentation, calls under a framework's sum); a call below that has no
 * tokens adds nothing to one above that has them, unless it failed: then it was an attempt of its own. A log event
 * written inside a call's span tells what the span tells.
 *
 * @returns per sighting id the value of {@link Verdict.under}
 */
export function standings(traceId: string, memory: OnceMemory): ReadonlyMap<string, string | null> {
  const [first, ...others] = memory.inTrace(traceId);
  if (first && others.length === 0) {
    return new Map([[first.id, null]]);
  }
  const family = familyOf(traceId, memory);
  const repeats = new Set(family.spans.filter((sighting) => repeatsBelow(sighting, family)).map(({ id }) => id));
  const under = new Map<string, string | null>();
  for (const sighting of family.spans) {
    if (!repeats.has(sighting.id)) {
      under.set(sighting.id, toldAbove(sighting, family, repeats)?.id ?? null);
    }
  }
  for (const sighting of family.spans) {
    if (repeats.has(sighting.id)) {
      under.set(sighting.id, theOneBelow(sighting, family, under));
    }
  }
  foldParts(family.spans, under);
  echoes(traceId, memory, family, under);
  return under;
}

function repeatsBelow(sighting: Sighting, { below }: Family): boolean {
  const descendants = below.get(sighting.id) ?? [];
  if (isBelievedSum(sighting)) {
    return descendants.some((other) => hasTokens(other) && !isPartOf(other, sighting));
  }
  return hasTokens(sighting) ? descendants.some(hasTokens) : descendants.length > 0;
}

/** The nearest call above that has the tokens which this one lacks. */
function toldAbove(sighting: Sighting, { above }: Family, repeats: ReadonlySet<string>): Sighting | undefined {
  if (isFailed(sighting)) {
    return undefined;
  }
  if (hasTokens(sighting)) {
    const [nearest] = above.get(sighting.id) ?? [];
    return nearest && isPartOf(sighting, nearest) && !repeats.has(nearest.id) ? nearest : undefined;
  }
  return above.get(sighting.id)?.find((ancestor) => hasTokens(ancestor) && !repeats.has(ancestor.id));
}

/** The single call below that this sighting repeats, or several. */
function theOneBelow(sighting: Sighting, { below }: Family, under: ReadonlyMap<string, string | null>): string {
  const calls = (below.get(sighting.id) ?? []).filter(({ id }) => under.get(id) === null);
  const told = hasTokens(sighting) ? calls.filter(hasTokens) : calls;
  const [only, ...others] = told;
  return only && others.length === 0 ? only.id : SEVERAL;
}

/** Log events written inside of a call's span, and raw answers right below it, tell what the span tells. */
function echoes(traceId: string, memory: OnceMemory, { spans }: Family, under: Map<string, string | null>): void {
  const bySpan = new Map(spans.map((sighting) => [sighting.event.span_id ?? '', sighting]));
  for (const echo of memory.inTrace(traceId)) {
    const ofLog = echo.signal === 'log';
    const span = bySpan.get((ofLog ? echo.event.span_id : echo.parentSpanId) ?? '');
    if (ofLog || isEcho(echo, span)) {
      under.set(echo.id, span ? (under.get(span.id) ?? span.id) : null);
    }
  }
}
