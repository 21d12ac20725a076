import type { SpanLink } from '../../normalize/candidate';
import { meetingPlaces, placesOf } from './keys';
import { emptyRemember, type CounterState, type Remember } from './remember';
import { Shelf, type Group, type Remembered } from './shelf';
import { NEW, type Sighting, type Verdict } from './sighting';
import { SignalIndex } from './signalIndex';
import { Trace } from './traceIndex';
import type { TwinIndex } from './twinIndex';

/** How much is remembered, and for how long. What falls out is never looked at again; see {@link OnceEdges}. */
export interface OnceLimits {
  /** Sightings, about 200 B each. */
  readonly sightings: number;
  /** Spans of traces, about 80 B each. */
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

/** What one transaction changed, and how it was before. */
class Undo {
  readonly changes: Remember = emptyRemember();
  readonly verdictsBefore = new Map<string, Verdict>();
  readonly countersBefore = new Map<string, CounterState | undefined>();
  /** What it touched, each trace with its reports: packed once it is committed, unless a later one touches it too. */
  readonly touched: Group[] = [];

  constructor(readonly turn: number) {}
}

/**
 * The memory of `decide`: sightings, the spans that connect them, and counters, with the indexes to find them. It
 * follows the transactions of the rows: changes are final with `commit` and undone by `rollback`.
 *
 * With its commit, what a transaction has touched is packed, see {@link Shelf}.
 */
export class OnceMemory {
  readonly #shelf = new Shelf((group) => this.#touch(group));
  readonly #signals = new SignalIndex();
  readonly #counters = new Map<string, CounterState>();
  readonly #forgotten = new Set<string>();
  #linkCount = 0;
  #turn = 1;
  /** What changed since the last commit, the oldest transaction first; the last one is what is decided now. */
  #undo: Undo[] = [new Undo(1)];
  readonly edges: OnceEdges = { sightingsPushedOut: 0, tracesPushedOut: 0, lateTraces: 0 };

  constructor(readonly limits: OnceLimits = DEFAULT_LIMITS) {}

  get size(): { sightings: number; links: number; traces: number; counters: number } {
    return {
      sightings: this.#shelf.open.size + this.#shelf.calls.size,
      links: this.#linkCount,
      traces: this.#shelf.openTraces.size + this.#shelf.traces.size,
      counters: this.#counters.size,
    };
  }

  /** When the oldest remembered sighting came, µs; null when there is none: how far back twins are found now. */
  get oldest(): number | null {
    const packed = this.#shelf.calls.oldest;
    if (packed !== null) {
      return this.#shelf.calls.came(packed);
    }
    for (const { came } of this.#shelf.open.values()) {
      return came;
    }
    return null;
  }

  sighting(id: string): Sighting | undefined {
    return this.#shelf.find(id)?.sighting;
  }

  verdict(id: string): Verdict {
    return this.#shelf.find(id)?.verdict ?? NEW;
  }

  /** Sightings of a trace that is still open. */
  inTrace(traceId: string): readonly Sighting[] {
    return this.#shelf.findTrace(traceId)?.sightings ?? [];
  }

  /** The sighting's trace was forgotten: what its spans told is only in its verdict any more. */
  isCutOff(sighting: Sighting): boolean {
    const traceId = sighting.event.trace_id;
    return traceId !== null && !this.inTrace(traceId).includes(sighting);
  }

  link(traceId: string, spanId: string): SpanLink | undefined {
    return this.#shelf.findTrace(traceId)?.link(spanId);
  }

  get twins(): Pick<TwinIndex, 'byId' | 'likeness'> {
    return this.#shelf.twins;
  }

  get signals(): Pick<SignalIndex, 'reports' | 'displaceable'> {
    return this.#signals;
  }

  /** True when nothing known tells of the same call or could change it: the rule, and decided in no time. */
  isAlone(sighting: Sighting): boolean {
    return (
      sighting.parentSpanId === '' &&
      !this.#shelf.followers.has(sighting.id) &&
      this.verdict(sighting.id).under === null &&
      this.#shelf.twins.isAlone(sighting)
    );
  }

  /** Sightings that stand under this one. */
  followers(id: string): readonly Sighting[] {
    const ids = this.#shelf.followers.get(id);
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
    if (this.#shelf.find(sighting.id)) {
      return false;
    }
    this.#shelf.twins.add(sighting);
    this.#signals.add(sighting);
    const traceId = sighting.event.trace_id;
    const trace = traceId === null ? null : this.#trace(traceId, now);
    const added = { sighting, verdict: NEW, came: now, trace, born: this.#now.turn, turn: 0 };
    this.#shelf.open.set(sighting.id, added);
    trace?.addSighting(sighting);
    this.#touch(trace ?? added);
    this.changes.sightings.push(sighting);
    return true;
  }

  setVerdict(id: string, verdict: Verdict): void {
    const remembered = this.#shelf.find(id);
    if (remembered) {
      const { verdictsBefore, changes, turn } = this.#now;
      if (remembered.born !== turn && !verdictsBefore.has(id)) {
        verdictsBefore.set(id, remembered.verdict);
      }
      this.#touch(remembered.trace ?? remembered);
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
    this.#undo.push(this.#newUndo());
  }

  /** The oldest transaction is committed. Forgets what is too old or too much. */
  commit(now: number): void {
    const committed = this.#undo.shift()!;
    if (this.#undo.length === 0) {
      this.#undo.push(this.#newUndo());
    }
    this.#shelf.unpackSparse();
    for (const group of committed.touched) {
      if (group.turn === committed.turn) {
        this.#shelf.settle(group);
      }
    }
    this.#shelf.packResting(committed.turn);
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
    const undone = this.#undo.toReversed();
    undone.forEach((undo) => this.#takeBack(undo));
    this.#undo = [this.#newUndo()];
    undone.forEach(({ touched }) => touched.forEach((group) => this.#touch(group)));
  }

  #newUndo(): Undo {
    return new Undo(++this.#turn);
  }

  #takeBack({ changes, verdictsBefore, countersBefore }: Undo): void {
    for (const [id, verdict] of verdictsBefore) {
      const remembered = this.#shelf.open.get(id);
      if (remembered) {
        this.#put(remembered, verdict);
      }
    }
    for (const sighting of changes.sightings) {
      this.#remove(sighting);
    }
    for (const link of changes.links) {
      const trace = this.#shelf.openTraces.get(link.traceId);
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

  /** Notes that the transaction which is decided now needs it. */
  #touch(group: Group): void {
    const { turn, touched } = this.#now;
    if (group.turn !== turn) {
      group.turn = turn;
      touched.push(group);
    }
  }

  #trace(traceId: string, now: number): Trace {
    let trace = this.#shelf.findTrace(traceId);
    if (!trace) {
      trace = new Trace(traceId, now);
      this.#shelf.openTraces.set(traceId, trace);
      if (this.#forgotten.delete(traceId)) {
        this.edges.lateTraces++;
      }
    } else if (trace.touched !== now) {
      trace.touched = now;
      // Moved to the end: the front is what was quiet for longest.
      this.#shelf.openTraces.delete(traceId);
      this.#shelf.openTraces.set(traceId, trace);
    }
    this.#touch(trace);
    return trace;
  }

  #put(remembered: Remembered, verdict: Verdict): void {
    const from = remembered.verdict.under;
    remembered.verdict = verdict;
    this.#shelf.follow(remembered.sighting.id, from, verdict.under);
  }

  #forgetTraces(now: number): void {
    const expired = (touched: number) => touched + this.limits.traceAge < now;
    const stays = (touched: number) => !expired(touched) && this.#linkCount <= this.limits.links;
    for (let entry = this.#shelf.traces.oldest; entry !== null; entry = this.#shelf.traces.oldest) {
      const touched = this.#shelf.traces.touched(entry);
      if (stays(touched)) {
        return;
      }
      const { size, withCalls } = this.#shelf.traces.gone(entry, this.#isPacked);
      this.#shelf.traces.remove(entry, false);
      this.#noteTrace(withCalls, size, expired(touched));
    }
    for (const [traceId, trace] of this.#shelf.openTraces) {
      if (stays(trace.touched)) {
        break;
      }
      this.#shelf.openTraces.delete(traceId);
      for (const { id } of trace.sightings) {
        const cutOff = this.#shelf.open.get(id)!;
        cutOff.trace = null;
        this.#touch(cutOff);
      }
      this.#noteTrace(trace.sightings.length > 0 ? traceId : null, trace.size, expired(trace.touched));
    }
  }

  readonly #isPacked = (call: number): boolean => this.#shelf.calls.isAlive(call);

  /** A trace was forgotten. @param withCalls its id, where it has calls that are still remembered */
  #noteTrace(withCalls: string | null, links: number, expired: boolean): void {
    this.edges.tracesPushedOut += expired ? 0 : 1;
    this.#linkCount -= links;
    if (withCalls !== null) {
      this.#noteForgotten(withCalls);
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
    const expired = (came: number) => came + this.limits.sightingAge < now;
    const stays = (came: number) =>
      !expired(came) && this.#shelf.open.size + this.#shelf.calls.size <= this.limits.sightings;
    for (let entry = this.#shelf.calls.oldest; entry !== null; entry = this.#shelf.calls.oldest) {
      const came = this.#shelf.calls.came(entry);
      if (stays(came)) {
        return;
      }
      this.edges.sightingsPushedOut += expired(came) ? 0 : 1;
      this.#forgetPacked(entry);
    }
    for (const { sighting, came } of this.#shelf.open.values()) {
      if (stays(came)) {
        break;
      }
      this.edges.sightingsPushedOut += expired(came) ? 0 : 1;
      this.#remove(sighting);
    }
  }

  #forgetPacked(entry: number): void {
    const gone = this.#shelf.calls.gone(entry);
    if (gone) {
      this.#signals.forget(gone.service, gone.signal, gone.end);
      this.#shelf.twins.forget(placesOf(gone));
    } else {
      const { sighting, verdict } = this.#shelf.calls.read(entry);
      this.#shelf.follow(sighting.id, verdict.under, null);
      this.#shelf.followers.delete(sighting.id);
      this.#signals.remove(sighting);
      this.#shelf.twins.forget(meetingPlaces(sighting));
    }
    this.#shelf.calls.remove(entry, false);
  }

  #remove(sighting: Sighting): void {
    const remembered = this.#shelf.open.get(sighting.id);
    if (!remembered) {
      return;
    }
    this.#put(remembered, NEW);
    this.#shelf.open.delete(sighting.id);
    this.#shelf.followers.delete(sighting.id);
    this.#shelf.twins.remove(sighting);
    this.#signals.remove(sighting);
    remembered.trace?.removeSighting(sighting);
  }
}

const MAX_FORGOTTEN = 10_000;
const NONE: readonly Sighting[] = [];
