import type { SpanLink } from '../../normalize/candidate';
import { keysOf } from './keys';
import { KeyIndex } from './keyIndex';
import type { CounterState, Remember } from './remember';
import { NEW, SEVERAL, type Sighting, type Verdict } from './sighting';
import { SignalIndex } from './signalIndex';

/** How much is remembered, and for how long. What falls out is never looked at again; see {@link OnceMemory.edges}. */
export interface OnceLimits {
  /** Sightings, about 1.5 kB each. */
  sightings: number;
  /** Spans of traces, about 200 B each. */
  links: number;
  /** How long a sighting waits for its twins, µs. */
  sightingAge: number;
  /** How long after its last span a trace waits for more, µs. */
  traceAge: number;
  /** Time series of token counters. */
  counters: number;
}

export const DEFAULT_LIMITS: OnceLimits = {
  sightings: 60_000,
  links: 200_000,
  sightingAge: 24 * 3600 * 1e6,
  traceAge: 3600 * 1e6,
  counters: 20_000,
};

/** A trace that may still get spans. */
interface Trace {
  readonly links: Map<string, SpanLink>;
  readonly sightings: Sighting[];
  /** When its last span came, µs. */
  touched: number;
}

interface Remembered {
  readonly sighting: Sighting;
  verdict: Verdict;
  /** When it came, µs. */
  readonly came: number;
}

/** What has fallen out of the memory, for the collector's metrics. */
export interface OnceEdges {
  /** Sightings forgotten before their age: more calls than `sightings` allows. */
  sightingsPushedOut: number;
  /** Traces forgotten before their age. */
  tracesPushedOut: number;
  /** Spans that came for a trace that was forgotten already. */
  lateSpans: number;
}

/**
 * The memory of `decide`: sightings, the spans that connect them, and counters, with the indexes to find them. Changes
 * are collected until `commit` or taken back by `rollback`, so that it follows the transaction of the rows.
 */
export class OnceMemory {
  readonly #sightings = new Map<string, Remembered>();
  readonly #traces = new Map<string, Trace>();
  readonly #keys = new KeyIndex();
  readonly #signals = new SignalIndex();
  /** Ids of the sightings that stand under another one. */
  readonly #followers = new Map<string, Set<string>>();
  readonly #counters = new Map<string, CounterState>();
  readonly #forgotten = new Set<string>();
  readonly #undo: Array<() => void> = [];
  #linkCount = 0;
  #remember: Remember = emptyRemember();
  readonly edges: OnceEdges = { sightingsPushedOut: 0, tracesPushedOut: 0, lateSpans: 0 };

  constructor(readonly limits: OnceLimits = DEFAULT_LIMITS) {}

  get size(): { sightings: number; links: number; traces: number; counters: number } {
    return {
      sightings: this.#sightings.size,
      links: this.#linkCount,
      traces: this.#traces.size,
      counters: this.#counters.size,
    };
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

  link(traceId: string, spanId: string): SpanLink | undefined {
    return this.#traces.get(traceId)?.links.get(spanId);
  }

  /** Sightings under a key, when they have more than one source: otherwise there is no twin among them. */
  mixed(key: string): readonly Sighting[] {
    return this.#keys.mixed(key);
  }

  /** See {@link SignalIndex}. */
  get signals(): Pick<SignalIndex, 'reports' | 'displaceable'> {
    return this.#signals;
  }

  /** Sightings that stand under this one. */
  followers(id: string): readonly Sighting[] {
    return [...(this.#followers.get(id) ?? [])].flatMap((follower) => this.sighting(follower) ?? []);
  }

  counter(stream: string): CounterState | undefined {
    return this.#counters.get(stream);
  }

  /** @returns false when the span was known. */
  addLink(link: SpanLink, now: number): boolean {
    const trace = this.#trace(link.traceId, now);
    if (trace.links.has(link.spanId)) {
      return false;
    }
    trace.links.set(link.spanId, link);
    this.#linkCount++;
    this.#undo.push(() => {
      trace.links.delete(link.spanId);
      this.#linkCount--;
    });
    this.#remember.links.push(link);
    return true;
  }

  /** @returns false when the sighting was known. */
  addSighting(sighting: Sighting, now: number): boolean {
    if (this.#sightings.has(sighting.id)) {
      return false;
    }
    this.#sightings.set(sighting.id, { sighting, verdict: NEW, came: now });
    const { trace_id: traceId } = sighting.event;
    const trace = traceId === null ? undefined : this.#trace(traceId, now);
    trace?.sightings.push(sighting);
    keysOf(sighting).forEach((key) => this.#keys.add(key, sighting));
    this.#signals.add(sighting);
    this.#undo.push(() => {
      this.#sightings.delete(sighting.id);
      this.#forget(sighting);
    });
    this.#remember.sightings.push(sighting);
    return true;
  }

  setVerdict(id: string, verdict: Verdict): void {
    const remembered = this.#sightings.get(id);
    if (remembered) {
      const before = remembered.verdict;
      const put = (now: Verdict, last: Verdict) => {
        remembered.verdict = now;
        this.#follow(id, last.under, now.under);
      };
      put(verdict, before);
      this.#undo.push(() => put(before, verdict));
      this.#remember.verdicts.set(id, verdict);
    }
  }

  setCounter(stream: string, state: CounterState): void {
    const before = this.#counters.get(stream);
    // Moved to the end: the front is what was quiet for longest.
    this.#counters.delete(stream);
    this.#counters.set(stream, state);
    this.#undo.push(() => {
      if (before) {
        this.#counters.set(stream, before);
      } else {
        this.#counters.delete(stream);
      }
    });
    this.#remember.counters.set(stream, state);
  }

  /** What changed since the last commit: to be stored in the transaction of the rows. */
  get changes(): Remember {
    return this.#remember;
  }

  /** The transaction is committed. Forgets what is too old or too much. */
  commit(now: number): void {
    this.#undo.length = 0;
    this.#remember = emptyRemember();
    this.#forgetTraces(now);
    this.#forgetSightings(now);
    for (const stream of this.#counters.keys()) {
      if (this.#counters.size <= this.limits.counters) {
        break;
      }
      this.#counters.delete(stream);
    }
  }

  /** The transaction failed: everything is as it was at the last commit. */
  rollback(): void {
    for (const undo of this.#undo.toReversed()) {
      undo();
    }
    this.#undo.length = 0;
    this.#remember = emptyRemember();
  }

  /** Takes over what another replica, or this collector before its restart, has committed. */
  apply(remember: Remember, now: number): void {
    remember.links.forEach((link) => this.addLink(link, now));
    remember.sightings.forEach((sighting) => this.addSighting(sighting, now));
    remember.verdicts.forEach((verdict, id) => this.setVerdict(id, verdict));
    remember.counters.forEach((state, stream) => this.setCounter(stream, state));
    this.commit(now);
  }

  #trace(traceId: string, now: number): Trace {
    let trace = this.#traces.get(traceId);
    if (!trace) {
      trace = { links: new Map(), sightings: [], touched: now };
      this.edges.lateSpans += this.#forgotten.has(traceId) ? 1 : 0;
      this.#traces.set(traceId, trace);
      this.#undo.push(() => this.#traces.delete(traceId));
    } else if (trace.touched !== now) {
      trace.touched = now;
      this.#traces.delete(traceId);
      this.#traces.set(traceId, trace);
    }
    return trace;
  }

  #follow(id: string, from: string | null, to: string | null): void {
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
      this.#linkCount -= trace.links.size;
      if (trace.sightings.length > 0) {
        this.#rememberForgotten(traceId);
      }
    }
  }

  /** Ids of forgotten traces with calls, so that late spans are noticed; bounded like the traces themselves. */
  #rememberForgotten(traceId: string): void {
    this.#forgotten.add(traceId);
    if (this.#forgotten.size > MAX_FORGOTTEN) {
      const [oldest] = this.#forgotten;
      this.#forgotten.delete(oldest ?? '');
    }
  }

  #forgetSightings(now: number): void {
    for (const [id, { sighting, came, verdict }] of this.#sightings) {
      const expired = came + this.limits.sightingAge < now;
      if (!expired && this.#sightings.size <= this.limits.sightings) {
        break;
      }
      this.edges.sightingsPushedOut += expired ? 0 : 1;
      this.#sightings.delete(id);
      this.#follow(id, verdict.under, null);
      this.#followers.delete(id);
      this.#forget(sighting);
    }
  }

  #forget(sighting: Sighting): void {
    keysOf(sighting).forEach((key) => this.#keys.remove(key, sighting));
    this.#signals.remove(sighting);
    const { trace_id: traceId } = sighting.event;
    const trace = traceId === null ? undefined : this.#traces.get(traceId);
    const at = trace?.sightings.indexOf(sighting) ?? -1;
    if (at >= 0) {
      trace?.sightings.splice(at, 1);
    }
  }
}

const MAX_FORGOTTEN = 10_000;

const emptyRemember = (): Remember => ({ links: [], sightings: [], verdicts: new Map(), counters: new Map() });
