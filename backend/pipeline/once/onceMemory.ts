import type { SpanLink } from '../../normalize/candidate';
import { emptyRemember, type CounterState, type Remember } from './remember';
import { NEW, SEVERAL, type Sighting, type Verdict } from './sighting';
import { SignalIndex } from './signalIndex';
import { Trace } from './traceIndex';
import { TwinIndex } from './twinIndex';

/** How much is remembered, and for how long. What falls out is never looked at again; see {@link OnceEdges}. */
export interface OnceLimits {
  /** Sightings, about 1.5 kB each. */
  readonly sightings: number;
  /** Spans of traces, about 300 B each. */
  readonly links: number;
  /** How long a sighting waits for its twins, µs. */
  readonly sightingAge: number;
  /** How long after its last span a trace waits for more, µs. */
  readonly traceAge: number;
  /** Time series of token counters. */
  readonly counters: number;
}

export const DEFAULT_LIMITS: OnceLimits = {
  sightings: 60_000,
  links: 150_000,
  sightingAge: 24 * 3600 * 1e6,
  traceAge: 3600 * 1e6,
  counters: 20_000,
};

/** What has fallen out of the memory before its time, for the collector's metrics. */
export interface OnceEdges {
  /** More calls came than the memory holds: twins of the oldest will not be recognised. */
  sightingsPushedOut: number;
  /** More spans came than the memory holds: late spans of the oldest traces will not find their calls. */
  tracesPushedOut: number;
  /** Traces with calls that got another span after they were forgotten. */
  lateTraces: number;
}

interface Remembered {
  readonly sighting: Sighting;
  verdict: Verdict;
  /** When it came, µs. */
  readonly came: number;
}

/** What one transaction changed, and how it was before. */
class Undo {
  readonly changes: Remember = emptyRemember();
  readonly verdictsBefore = new Map<string, Verdict>();
  readonly countersBefore = new Map<string, CounterState | undefined>();
}

/**
 * The memory of `decide`: sightings, the spans that connect them, and counters, with the indexes to find them. It
 * follows the transactions of the rows: changes are final with `commit` and undone by `rollback`.
 */
export class OnceMemory {
  readonly #sightings = new Map<string, Remembered>();
  readonly #traces = new Map<string, Trace>();
  readonly #twins = new TwinIndex();
  readonly #signals = new SignalIndex();
  /** Ids of the sightings that stand under another one. */
  readonly #followers = new Map<string, Set<string>>();
  readonly #counters = new Map<string, CounterState>();
  readonly #forgotten = new Set<string>();
  #linkCount = 0;
  /** What changed since the last commit, the oldest transaction first; the last one is what is decided now. */
  #undo: Undo[] = [new Undo()];
  readonly edges: OnceEdges = { sightingsPushedOut: 0, tracesPushedOut: 0, lateTraces: 0 };

  constructor(readonly limits: OnceLimits = DEFAULT_LIMITS) {}

  get size(): { sightings: number; links: number; traces: number; counters: number } {
    return {
      sightings: this.#sightings.size,
      links: this.#linkCount,
      traces: this.#traces.size,
      counters: this.#counters.size,
    };
  }

  /** When the oldest remembered sighting came, µs; null when there is none: how far back twins are found now. */
  get oldest(): number | null {
    for (const { came } of this.#sightings.values()) {
      return came;
    }
    return null;
  }

  sighting(id: string): Sighting | undefined {
    return this.#sightings.get(id)?.sighting;
  }

  verdict(id: string): Verdict {
    return this.#sightings.get(id)?.verdict ?? NEW;
  }

  /** Sightings of a trace that is still open. */
  inTrace(traceId: string): readonly Sighting[] {
    return this.#traces.get(traceId)?.sightings ?? [];
  }

  /** The sighting's trace was forgotten: what its spans told is only in its verdict any more. */
  isCutOff(sighting: Sighting): boolean {
    const traceId = sighting.event.trace_id;
    return traceId !== null && !this.inTrace(traceId).includes(sighting);
  }

  link(traceId: string, spanId: string): SpanLink | undefined {
    return this.#traces.get(traceId)?.link(spanId);
  }

  get twins(): Pick<TwinIndex, 'byId' | 'likeness'> {
    return this.#twins;
  }

  get signals(): Pick<SignalIndex, 'reports' | 'displaceable'> {
    return this.#signals;
  }

  /** True when nothing known tells of the same call or could change it: the rule, and decided in no time. */
  isAlone(sighting: Sighting): boolean {
    return (
      sighting.parentSpanId === '' &&
      !this.#followers.has(sighting.id) &&
      this.verdict(sighting.id).under === null &&
      this.#twins.isAlone(sighting)
    );
  }

  /** Sightings that stand under this one. */
  followers(id: string): readonly Sighting[] {
    const ids = this.#followers.get(id);
    return ids ? [...ids].flatMap((follower) => this.sighting(follower) ?? []) : NONE;
  }

  counter(stream: string): CounterState | undefined {
    return this.#counters.get(stream);
  }

  /** @returns false when the span was known. */
  addLink(link: SpanLink, now: number): boolean {
    const trace = this.#trace(link.traceId, now);
    if (trace.link(link.spanId)) {
      return false;
    }
    trace.add(link);
    this.#linkCount++;
    this.changes.links.push(link);
    return true;
  }

  /** @returns false when the sighting was known. */
  addSighting(sighting: Sighting, now: number): boolean {
    if (this.#sightings.has(sighting.id)) {
      return false;
    }
    this.#sightings.set(sighting.id, { sighting, verdict: NEW, came: now });
    const traceId = sighting.event.trace_id;
    if (traceId !== null) {
      this.#trace(traceId, now).addSighting(sighting);
    }
    this.#twins.add(sighting, () => this.#all());
    this.#signals.add(sighting);
    this.changes.sightings.push(sighting);
    return true;
  }

  setVerdict(id: string, verdict: Verdict): void {
    const remembered = this.#sightings.get(id);
    if (remembered) {
      const { verdictsBefore, changes } = this.#now;
      if (!verdictsBefore.has(id)) {
        verdictsBefore.set(id, remembered.verdict);
      }
      this.#put(remembered, verdict);
      changes.verdicts.set(id, verdict);
    }
  }

  setCounter(stream: string, state: CounterState): void {
    const { countersBefore, changes } = this.#now;
    if (!countersBefore.has(stream)) {
      countersBefore.set(stream, this.#counters.get(stream));
    }
    // Moved to the end: the front is what was quiet for longest.
    this.#counters.delete(stream);
    this.#counters.set(stream, state);
    changes.counters.set(stream, state);
  }

  /** What the transaction that is decided now changed: to be stored with its rows. */
  get changes(): Remember {
    return this.#now.changes;
  }

  get #now(): Undo {
    return this.#undo.at(-1)!;
  }

  /** What changed so far is on its way to be committed; what changes from now on belongs to the next transaction. */
  seal(): void {
    this.#undo.push(new Undo());
  }

  /** The oldest transaction is committed. Forgets what is too old or too much. */
  commit(now: number): void {
    this.#undo.shift();
    if (this.#undo.length === 0) {
      this.#undo.push(new Undo());
    }
    this.#forgetTraces(now);
    this.#forgetSightings(now);
    for (const stream of this.#counters.keys()) {
      if (this.#counters.size <= this.limits.counters) {
        break;
      }
      this.#counters.delete(stream);
    }
  }

  /** The transactions failed: everything is as it was at the last commit. */
  rollback(): void {
    this.#undo.toReversed().forEach((undo) => this.#takeBack(undo));
    this.#undo = [new Undo()];
  }

  #takeBack({ changes, verdictsBefore, countersBefore }: Undo): void {
    for (const [id, verdict] of verdictsBefore) {
      const remembered = this.#sightings.get(id);
      if (remembered) {
        this.#put(remembered, verdict);
      }
    }
    for (const sighting of changes.sightings) {
      this.#remove(sighting);
    }
    for (const link of changes.links) {
      const trace = this.#traces.get(link.traceId);
      if (trace?.link(link.spanId) === link) {
        trace.remove(link);
        this.#linkCount--;
      }
    }
    for (const [stream, state] of countersBefore) {
      if (state) {
        this.#counters.set(stream, state);
      } else {
        this.#counters.delete(stream);
      }
    }
  }

  /** Takes over what another replica, or this collector before its restart, has committed. */
  apply(changes: Remember, now: number): void {
    changes.links.forEach((link) => this.addLink(link, now));
    changes.sightings.forEach((sighting) => this.addSighting(sighting, now));
    changes.verdicts.forEach((verdict, id) => this.setVerdict(id, verdict));
    changes.counters.forEach((state, stream) => this.setCounter(stream, state));
    this.commit(now);
  }

  *#all(): Iterable<Sighting> {
    for (const { sighting } of this.#sightings.values()) {
      yield sighting;
    }
  }

  #trace(traceId: string, now: number): Trace {
    let trace = this.#traces.get(traceId);
    if (!trace) {
      trace = new Trace(now);
      this.#traces.set(traceId, trace);
      if (this.#forgotten.delete(traceId)) {
        this.edges.lateTraces++;
      }
    } else if (trace.touched !== now) {
      trace.touched = now;
      // Moved to the end: the front is what was quiet for longest.
      this.#traces.delete(traceId);
      this.#traces.set(traceId, trace);
    }
    return trace;
  }

  #put(remembered: Remembered, verdict: Verdict): void {
    const { id } = remembered.sighting;
    const from = remembered.verdict.under;
    const to = verdict.under;
    remembered.verdict = verdict;
    if (from === to) {
      return;
    }
    if (from !== null) {
      const followers = this.#followers.get(from);
      followers?.delete(id);
      if (followers?.size === 0) {
        this.#followers.delete(from);
      }
    }
    if (to !== null && to !== SEVERAL) {
      this.#followers.set(to, (this.#followers.get(to) ?? new Set<string>()).add(id));
    }
  }

  #forgetTraces(now: number): void {
    for (const [traceId, trace] of this.#traces) {
      const expired = trace.touched + this.limits.traceAge < now;
      if (!expired && this.#linkCount <= this.limits.links) {
        break;
      }
      this.edges.tracesPushedOut += expired ? 0 : 1;
      this.#traces.delete(traceId);
      this.#linkCount -= trace.size;
      if (trace.sightings.length > 0) {
        this.#noteForgotten(traceId);
      }
    }
  }

  /** Ids of forgotten traces with calls, so that late spans are noticed. Bounded. */
  #noteForgotten(traceId: string): void {
    this.#forgotten.add(traceId);
    if (this.#forgotten.size > MAX_FORGOTTEN) {
      for (const oldest of this.#forgotten) {
        this.#forgotten.delete(oldest);
        break;
      }
    }
  }

  #forgetSightings(now: number): void {
    for (const { sighting, came } of this.#sightings.values()) {
      const expired = came + this.limits.sightingAge < now;
      if (!expired && this.#sightings.size <= this.limits.sightings) {
        break;
      }
      this.edges.sightingsPushedOut += expired ? 0 : 1;
      this.#remove(sighting);
    }
  }

  #remove(sighting: Sighting): void {
    const remembered = this.#sightings.get(sighting.id);
    if (!remembered) {
      return;
    }
    this.#put(remembered, NEW);
    this.#sightings.delete(sighting.id);
    this.#followers.delete(sighting.id);
    this.#twins.remove(sighting);
    this.#signals.remove(sighting);
    const traceId = sighting.event.trace_id;
    if (traceId !== null) {
      this.#traces.get(traceId)?.removeSighting(sighting);
    }
  }
}

const MAX_FORGOTTEN = 10_000;
const NONE: readonly Sighting[] = [];
