import { meetingPlaces, placesOf } from './keys';
import { PackedCalls, type PackedCall } from './packed/packedCalls';
import { PackedTraces } from './packed/packedTraces';
import { SEVERAL, type Sighting, type Verdict } from './sighting';
import { isDisplaceable } from './signalIndex';
import { Trace } from './traceIndex';
import { likenessHashes, TwinIndex, type Elsewhere } from './twinIndex';

/** A report that was touched since the last commit, or is about to be. */
export interface Remembered {
  readonly sighting: Sighting;
  verdict: Verdict;
  /** When it came, µs. */
  readonly came: number;
  /** Its trace, while that is known: both are packed and unpacked together. */
  trace: Trace | null;
  /** The transaction that added it; 0 for one that was unpacked. */
  readonly born: number;
  /** The transaction that touched it last, where it has no trace. */
  turn: number;
}

/** What is packed and unpacked together: a trace with its reports, or a report without one. */
export type Group = Trace | Remembered;

/** Spans of a trace that is kept as objects for so many transactions after the last one that touched it. */
const LARGE = 64;
const REST = 64;

/**
 * Reports and traces, those that transactions under way have touched as objects, all others packed (see `packed/`). What
 * is asked for is unpacked: everything of its trace, with one of its ids, or like it. Hundreds of thousands of objects
 * that live for hours are what V8 copies, marks and makes room for again and again.
 */
export class Shelf implements Elsewhere {
  readonly open = new Map<string, Remembered>();
  readonly openTraces = new Map<string, Trace>();
  readonly calls = new PackedCalls();
  readonly traces = new PackedTraces();
  readonly twins = new TwinIndex(this);
  /** Ids of the sightings that stand under another one. */
  readonly followers = new Map<string, Set<string>>();
  /** Large traces that no transaction under way has touched, in their order. */
  readonly #resting: Array<{ readonly trace: Trace; readonly turn: number }> = [];

  /** @param touch notes that the transaction which is decided now needs a group: it must not be packed before that ends */
  constructor(private readonly touch: (group: Group) => void) {}

  /** Unpacks what may be under a key of twins. */
  recall(key: number): void {
    // The newest come first, and are shown last.
    for (const entry of this.calls.byKey(key).toReversed()) {
      if (this.calls.isAlive(entry)) {
        this.#unpack(entry);
      }
    }
  }

  /** Gives the sightings of a place, which has a second source now, their keys of likeness. */
  mixed(place: string): void {
    for (const { sighting } of this.open.values()) {
      this.twins.addLikeness(place, sighting);
    }
    for (const entry of this.calls.all()) {
      const gone = this.calls.gone(entry);
      if (!gone || placesOf(gone).includes(place)) {
        const { sighting } = this.calls.read(entry);
        const keys = meetingPlaces(sighting).includes(place) ? likenessHashes(sighting, place) : [];
        keys.forEach((key) => this.calls.addKey(key, entry));
      }
    }
  }

  find(id: string): Remembered | undefined {
    const open = this.open.get(id);
    if (open) {
      return open;
    }
    const entry = this.calls.byId(id);
    return entry === undefined ? undefined : this.#unpack(entry);
  }

  findTrace(traceId: string): Trace | undefined {
    const open = this.openTraces.get(traceId);
    if (open) {
      return open;
    }
    const entry = this.traces.byId(traceId);
    return entry === undefined ? undefined : this.#unpackTrace(entry);
  }

  #unpack(entry: number): Remembered {
    const packed = this.calls.read(entry);
    const { id, event } = packed.sighting;
    if (packed.inTrace && event.trace_id !== null) {
      this.findTrace(event.trace_id);
    }
    return this.open.get(id) ?? this.#show(entry, packed, null);
  }

  #unpackTrace(entry: number): Trace {
    const { traceId, links, calls } = this.traces.read(entry);
    const trace = new Trace(traceId, this.traces.touched(entry));
    this.traces.remove(entry);
    this.openTraces.set(traceId, trace);
    links.forEach((link) => trace.add(link));
    for (const call of calls) {
      if (this.calls.isAlive(call)) {
        trace.addSighting(this.#show(call, this.calls.read(call), trace).sighting);
      }
    }
    this.touch(trace);
    return trace;
  }

  #show(entry: number, { sighting, verdict }: PackedCall, trace: Trace | null): Remembered {
    const shown = { sighting, verdict, came: this.calls.came(entry), trace, born: 0, turn: 0 };
    this.calls.remove(entry);
    this.open.set(sighting.id, shown);
    this.twins.show(sighting);
    if (!trace) {
      this.touch(shown);
    }
    return shown;
  }

  /** Packs it, but for large traces: of those more is about to come, and each time all of it would be unpacked. */
  settle(group: Trace | Remembered): void {
    if ('size' in group && group.size > LARGE) {
      this.#resting.push({ trace: group, turn: group.turn });
    } else {
      this.#pack(group);
    }
  }

  packResting(committed: number): void {
    while (this.#resting.length > 0 && this.#resting[0]!.turn + REST <= committed) {
      const { trace, turn } = this.#resting.shift()!;
      if (trace.turn === turn) {
        this.#pack(trace);
      }
    }
  }

  #pack(group: Trace | Remembered): void {
    if ('sighting' in group) {
      if (this.open.get(group.sighting.id) === group) {
        this.#packCall(group);
      }
    } else if (this.openTraces.get(group.id) === group) {
      const calls = group.sightings.map(({ id }) => this.#packCall(this.open.get(id)!));
      this.openTraces.delete(group.id);
      if (group.size > 0 || calls.length > 0) {
        this.traces.add(group, calls);
      }
    }
  }

  #packCall({ sighting, verdict, came, trace }: Remembered): number {
    const { id } = sighting;
    const tied = verdict.under !== null || this.followers.has(id) || isDisplaceable(sighting);
    this.open.delete(id);
    this.twins.hide(sighting);
    return this.calls.add({ sighting, verdict, inTrace: trace !== null }, came, this.twins.keys(sighting), tied);
  }

  /** What is left of blocks that were mostly unpacked moves to new ones. */
  unpackSparse(): void {
    for (const entry of this.calls.takeSparse()) {
      if (this.calls.isAlive(entry)) {
        this.#unpack(entry);
      }
    }
    for (const entry of this.traces.takeSparse()) {
      if (this.traces.isAlive(entry)) {
        this.#unpackTrace(entry);
      }
    }
  }

  /** It stood under one sighting and stands under another one now. */
  follow(id: string, from: string | null, to: string | null): void {
    if (from === to) {
      return;
    }
    if (from !== null) {
      const followers = this.followers.get(from);
      followers?.delete(id);
      if (followers?.size === 0) {
        this.followers.delete(from);
      }
    }
    if (to !== null && to !== SEVERAL) {
      this.followers.set(to, (this.followers.get(to) ?? new Set<string>()).add(id));
    }
  }
}
