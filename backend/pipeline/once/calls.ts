import { isModelKey } from './keys';
import { bond, isApproximate, overlap, type Bond } from './likeness';
import type { OnceMemory } from './onceMemory';
import { byPrecedence, distance } from './precedence';
import { hasTokens, isCopy, lostInput, SEVERAL, type Sighting } from './sighting';

/** More than this connected by likeness is a load of equal calls, not twins: the rest is looked at by itself. */
const MAX_CONNECTED = 256;

/** One model call: everything that reports it, the believed report first. */
export interface Call {
  readonly members: readonly Sighting[];
  /** How the members beyond the first one's own trace were recognised. */
  readonly bonds: ReadonlyMap<string, Bond>;
}

/** A sighting that speaks for itself, with those that stand under it: the unit that is matched across traces. */
interface Group {
  readonly leader: Sighting;
  readonly members: readonly Sighting[];
  readonly sources: ReadonlySet<string>;
}

interface Slot {
  readonly members: Sighting[];
  readonly sources: Set<string>;
  readonly bonds: Map<string, Bond>;
}

/**
 * The calls that some sightings are part of, and all calls that could be confused with them: everything that is
 * connected by an id or by likeness is matched anew, so that the result depends on what is known and not on its order.
 */
export function callsAround(seeds: Iterable<string>, memory: OnceMemory): Call[] {
  const calls: Call[] = [];
  const seen = new Set<string>();
  for (const seed of seeds) {
    const leader = leaderOf(seed, memory);
    if (leader && !seen.has(leader.id)) {
      const groups = connected(leader, memory, seen);
      calls.push(...(groups.length === 1 ? groups.map(alone) : match(groups)));
    }
  }
  return calls;
}

/** The sighting that a sighting stands under, or itself; undefined for sums of several calls. */
export function leaderOf(id: string, memory: OnceMemory): Sighting | undefined {
  const { under } = memory.verdict(id);
  return under === SEVERAL ? undefined : memory.sighting(under ?? id);
}

function groupOf(leader: Sighting, memory: OnceMemory): Group {
  const followers = memory.followers(leader.id);
  const members = followers.length === 0 ? [leader] : [leader, ...followers];
  return { leader, members, sources: new Set(members.map(({ source }) => source)) };
}

function connected(first: Sighting, memory: OnceMemory, seen: Set<string>): Group[] {
  const groups: Group[] = [];
  const queue = [first];
  seen.add(first.id);
  for (let leader = queue.shift(); leader; leader = queue.shift()) {
    const group = groupOf(leader, memory);
    groups.push(group);
    for (const twin of group.members.flatMap((member) => twinsOf(member, memory))) {
      const other = leaderOf(twin.id, memory);
      if (other && !seen.has(other.id) && seen.size < MAX_CONNECTED) {
        seen.add(other.id);
        queue.push(other);
      }
    }
  }
  return groups;
}

function twinsOf(sighting: Sighting, memory: OnceMemory): Sighting[] {
  const found = memory.twins.byId(sighting).filter((other) => bond(sighting, other) !== null);
  for (const [key, others] of memory.twins.likeness(sighting)) {
    for (const other of others) {
      const worth = !isModelKey(key) || isPartial(sighting) || isPartial(other);
      if (worth && bond(sighting, other) !== null) {
        found.push(other);
      }
    }
  }
  return found;
}

/** Its tokens are no key under which its twins would be found. */
const isPartial = (sighting: Sighting): boolean => !hasTokens(sighting) || lostInput(sighting);

const NO_BONDS: ReadonlyMap<string, Bond> = new Map();

const alone = ({ members }: Group): Call => ({
  members: members.length === 1 ? members : members.toSorted(byPrecedence),
  bonds: NO_BONDS,
});

/**
 * One slot per call. Groups come in a fixed order, source by source, those without tokens last (they fit many calls and
 * must not take the place of a report that fits one); each takes the slot that fits it best among those
 * that its sources are not in yet, or a new one. Equal calls side by side thus pair up in the order of their starts,
 * and their number is that of the source that saw most of them.
 */
function match(groups: readonly Group[]): Call[] {
  const ordered = groups.toSorted(
    ({ leader: a }, { leader: b }) =>
      Number(hasTokens(b)) - Number(hasTokens(a)) ||
      distance(a) - distance(b) ||
      compare(a.source, b.source) ||
      a.start - b.start ||
      compare(a.id, b.id)
  );
  const slots: Slot[] = [];
  for (const group of ordered) {
    const best = bestSlot(group, slots);
    if (best) {
      group.members.forEach((member) => best.slot.bonds.set(member.id, best.bond));
      best.slot.members.push(...group.members);
      group.sources.forEach((source) => best.slot.sources.add(source));
    } else {
      slots.push({ members: [...group.members], sources: new Set(group.sources), bonds: new Map() });
    }
  }
  return slots.map(({ members, bonds }) => ({ members: members.toSorted(byPrecedence), bonds }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Fit {
  readonly slot: Slot;
  readonly bond: Bond;
  /** Their outputs are a token apart. */
  readonly approximate: boolean;
  /** They are of one trace. */
  readonly together: boolean;
  readonly overlap: number;
  readonly distance: number;
}

function bestSlot(group: Group, slots: readonly Slot[]): Fit | undefined {
  let best: Fit | undefined;
  for (const slot of slots) {
    const fit = isTaken(slot, group) ? undefined : fitOf(group, slot);
    if (fit && (!best || better(fit, best))) {
      best = fit;
    }
  }
  return best;
}

/** One of the group's sources has told the slot's call already, and not the very same thing. */
const isTaken = (slot: Slot, { sources, members }: Group): boolean =>
  [...sources].some((source) => slot.sources.has(source)) &&
  !slot.members.some((told) => members.some((member) => isCopy(told, member)));

function fitOf(group: Group, slot: Slot): Fit | undefined {
  let best: Fit | undefined;
  for (const member of group.members) {
    for (const other of slot.members) {
      const found = bond(member, other);
      const fit = {
        slot,
        bond: found,
        approximate: isApproximate(member, other),
        together: member.event.trace_id !== null && member.event.trace_id === other.event.trace_id,
        overlap: overlap(member, other),
        distance: Math.abs(member.start - other.start),
      };
      if (found !== null && (!best || better(fit, best))) {
        best = fit;
      }
    }
  }
  return best;
}

/** An id before likeness, then equal outputs, then one trace, then the longer common time, then the nearer start. */
function better(a: Fit, b: Fit): boolean {
  if (a.bond !== b.bond) {
    return a.bond === 'same_call_id';
  }
  if (a.approximate !== b.approximate) {
    return b.approximate;
  }
  if (a.together !== b.together) {
    return a.together;
  }
  return a.overlap !== b.overlap ? a.overlap > b.overlap : a.distance < b.distance;
}
