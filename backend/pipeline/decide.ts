import { copiedEvent, type UsageEvent } from '../events/usageEvent';
import type { Candidate, SpanLink } from '../normalize/candidate';
import type { CounterReading } from '../normalize/metrics';
import { noDuplicates, type Decision, type DuplicateReason } from './decision';
import { areSiblings } from './once/attempts';
import { callsAround, type Call } from './once/calls';
import { patchOf } from './once/compose';
import { callsOfCounters } from './once/counters';
import type { OnceMemory } from './once/onceMemory';
import {
  COUNTED,
  isFailed,
  NEW,
  NO_PATCH,
  serviceOf,
  sightingOf,
  type Patch,
  type Sighting,
  type Verdict,
} from './once/sighting';
import { ancestors, standings } from './once/tree';

/** What arrived together. */
export interface Batch {
  readonly candidates: readonly Candidate[];
  readonly links: readonly SpanLink[];
  readonly readings?: readonly CounterReading[];
}

/**
 * Counts every call once (`Counted once` in the domain's contract) and lets it inherit context. The result depends on
 * what is known by now, not on the order in which it came: everything that a new report or span touches is decided
 * anew and compared with what was decided before.
 *
 * `memory` is changed; `memory.changes` says how. Call its `commit` once the rows and the changes are durable, or its
 * `rollback`.
 *
 * @param now µs since 1970, the time of arrival
 */
export function decide(batch: Batch, memory: OnceMemory, now: number = Date.now() * 1000): Decision {
  return new Decider(memory, now).decide(batch);
}

class Decider {
  readonly #decision: Decision = { insert: [], void: [], update: [], duplicates: noDuplicates(), counted: [] };
  /** Sightings whose call has to be decided. */
  readonly #seeds = new Set<string>();

  constructor(
    private readonly memory: OnceMemory,
    private readonly now: number
  ) {}

  decide({ candidates, links, readings = [] }: Batch): Decision {
    const all = readings.length === 0 ? candidates : [...candidates, ...callsOfCounters(readings, this.memory)];
    this.#takeIn(all, links);
    const connected: string[] = [];
    for (const id of this.#seeds) {
      const sighting = this.memory.sighting(id);
      if (sighting && !isWeak(sighting) && this.memory.isAlone(sighting)) {
        this.#count(sighting, NO_PATCH);
      } else {
        connected.push(id);
      }
    }
    for (const call of callsAround(connected, this.memory)) {
      this.#settle(call);
    }
    this.#dropSums();
    this.#decision.counted = candidates.map(({ event }) => this.memory.verdict(event.event_id).counted);
    return this.#decision;
  }

  #takeIn(candidates: readonly Candidate[], links: readonly SpanLink[]): void {
    const newLinks = new Set<SpanLink>();
    const traces = new Set<string>();
    for (const link of links) {
      if (this.memory.addLink(link, this.now)) {
        newLinks.add(link);
        traces.add(link.traceId);
      }
    }
    for (const candidate of candidates) {
      const sighting = sightingOf(candidate);
      if (!this.memory.addSighting(sighting, this.now)) {
        this.#decision.duplicates.redelivered++;
        continue;
      }
      this.#seeds.add(sighting.id);
      if (sighting.event.trace_id !== null) {
        traces.add(sighting.event.trace_id);
      }
      this.#displace(sighting);
    }
    for (const traceId of traces) {
      this.#reviseTrace(traceId, newLinks);
    }
  }

  /** A service's first span displaces its log events and metrics of that hour, its first log event its metrics. */
  #displace(sighting: Sighting): void {
    const service = serviceOf(sighting);
    if (service !== null && (sighting.signal === 'span' || sighting.signal === 'log')) {
      this.memory.signals.displaceable(service, sighting.end).forEach((id) => this.#seeds.add(id));
    }
  }

  #reviseTrace(traceId: string, newLinks: ReadonlySet<SpanLink>): void {
    const sightings = this.memory.inTrace(traceId);
    const [first] = sightings;
    if (!first || (sightings.length === 1 && this.#seeds.has(first.id))) {
      return;
    }
    for (const [id, under] of standings(traceId, this.memory)) {
      const verdict = this.memory.verdict(id);
      if (verdict.under !== under) {
        this.#reseed(id);
        this.memory.setVerdict(id, { ...verdict, under });
        this.#reseed(id);
      }
    }
    for (const sighting of sightings) {
      if (ancestors(sighting, this.memory).some(({ link }) => newLinks.has(link))) {
        this.#reseed(sighting.id);
      }
    }
    this.#reviseAttempts(sightings);
  }

  /** A new attempt, or one that turns out to come between, changes the count of those after it. */
  #reviseAttempts(sightings: readonly Sighting[]): void {
    for (const failed of sightings.filter(isFailed)) {
      for (const sibling of sightings) {
        if (areSiblings(failed, sibling)) {
          this.#seeds.add(sibling.id);
        }
      }
    }
  }

  /** The sighting, and the one that it stands under now. */
  #reseed(id: string): void {
    this.#seeds.add(id);
    const { under } = this.memory.verdict(id);
    if (under !== null) {
      this.#seeds.add(under);
    }
  }

  #settle({ members, bonds }: Call): void {
    const [believed, ...others] = members;
    if (!believed) {
      return;
    }
    const displaced = this.#isDisplaced(members);
    for (const member of others) {
      this.#drop(member, this.#reason(member, believed, bonds));
    }
    if (displaced) {
      this.#drop(believed, 'other_signal');
    } else {
      this.#count(believed, patchOf(members, this.memory));
    }
  }

  #reason(member: Sighting, believed: Sighting, bonds: Call['bonds']): DuplicateReason {
    const leader = ({ id }: Sighting) => this.memory.verdict(id).under ?? id;
    if (leader(member) === leader(believed)) {
      return member.signal === 'log' ? 'other_signal' : 'repeated_in_trace';
    }
    // Of two groups that were matched, the later one in the order of matching has the bond.
    return bonds.get(member.id) ?? bonds.get(believed.id) ?? 'same_call_id';
  }

  /** Rule 4: a service's calls are counted by one signal. A log of a trace that was not sampled has no span. */
  #isDisplaced(members: readonly Sighting[]): boolean {
    return members.every((member) => {
      const service = serviceOf(member);
      if (service === null || member.unsampled || !isWeak(member)) {
        return false;
      }
      const { signals } = this.memory;
      return (
        signals.reports(service, 'span', member.end) ||
        (member.signal === 'metric' && signals.reports(service, 'log', member.end))
      );
    });
  }

  /** Sums of several calls belong to no call. */
  #dropSums(): void {
    for (const id of this.#seeds) {
      const sighting = this.memory.verdict(id).under === '*' ? this.memory.sighting(id) : undefined;
      if (sighting) {
        this.#drop(sighting, 'repeated_in_trace');
      }
    }
  }

  #drop(sighting: Sighting, reason: DuplicateReason): void {
    const verdict = this.memory.verdict(sighting.id);
    if (verdict.counted) {
      this.#decision.void.push({ event_id: sighting.id, time: sighting.end });
    }
    if (verdict.dropped === null) {
      this.#decision.duplicates[reason]++;
    }
    if (verdict.counted || verdict.dropped === null) {
      this.memory.setVerdict(sighting.id, { ...verdict, counted: false, dropped: reason });
    }
  }

  /**
   * The patch of a row that had one before: what is known now, and while the call's trace is open nothing else. Of a
   * trace that was forgotten, what it told stays.
   */
  #grown(sighting: Sighting, before: Patch, patch: Patch): Patch {
    const undone = this.memory.isCutOff(sighting) ? [] : Object.keys(before).filter((field) => !(field in patch));
    const own = Object.fromEntries(undone.map((field) => [field, sighting.event[field as keyof UsageEvent]]));
    return { ...before, ...own, ...patch };
  }

  #count(sighting: Sighting, patch: Patch): void {
    const verdict = this.memory.verdict(sighting.id);
    if (patch === NO_PATCH && verdict === NEW) {
      this.#decision.insert.push(sighting.event);
      this.memory.setVerdict(sighting.id, COUNTED);
      return;
    }
    const grown = this.#grown(sighting, verdict.patch, patch);
    const next: Verdict = { ...verdict, counted: true, dropped: null, patch: grown };
    if (!verdict.counted) {
      this.#decision.insert.push(withPatch(sighting.event, grown));
      this.memory.setVerdict(sighting.id, next);
      return;
    }
    const set = difference(verdict.patch, grown);
    if (set) {
      this.#decision.update.push({
        event_id: sighting.id,
        time: sighting.end,
        set,
        event: withPatch(sighting.event, grown),
      });
      this.memory.setVerdict(sighting.id, next);
    }
  }
}

/** Of a signal that another one of the service displaces. */
const isWeak = ({ signal }: Sighting): boolean => signal === 'log' || signal === 'metric';

const withPatch = (event: UsageEvent, patch: Patch): UsageEvent =>
  Object.keys(patch).length === 0 ? event : Object.assign(copiedEvent(event), patch);

/** The fields of a patch that are new or other than before; null when there are none. */
function difference(before: Patch, after: Patch): Patch | null {
  const fields = Object.keys(after) as Array<keyof UsageEvent>;
  const changed = fields.filter((field) => !isSame(before[field], after[field]));
  return changed.length ? Object.fromEntries(changed.map((field) => [field, after[field]])) : null;
}

/** Values are plain, but for tags. */
const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
