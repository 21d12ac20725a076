import { day, demandFactor } from './incidents';
import { interactionCalls } from './interaction';
import { randomFor } from './random';
import { shareOfDayPerHour } from './rhythm';
import type { WireEvent } from './wireEvent';
import { TENANTS, WORKLOADS, type Workload } from './workloads';

/** Everything that happens in a slot depends on the seed, the world's start and the slot alone. */
export const SLOT_MS = 10 * 60_000;
const SLOTS_PER_HOUR = 3_600_000 / SLOT_MS;
const GROWTH_PER_DAY = 0.007;
const MOST_GROWTH = 1.6;

export interface World {
  readonly seed: string;
  /** First instant of the world, a whole hour, ms since 1970. */
  readonly start: number;
}

/**
 * The calls of the interactions that begin in this slot, by time. A run may end in the next one.
 *
 * @param copy further copies of the same traffic, for a denser load; the history is copy 0
 */
export function slotCalls(world: World, slot: number, copy = 0): WireEvent[] {
  return WORKLOADS.flatMap((workload, i) => workloadCalls(world, workload, slot, copy, i === 0)).sort(byTime);
}

export const slotOf = (at: number): number => Math.floor(at / SLOT_MS);

const byTime = (a: WireEvent, b: WireEvent): number => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0);

function workloadCalls(world: World, workload: Workload, slot: number, copy: number, first: boolean): WireEvent[] {
  const begin = slot * SLOT_MS;
  const random = randomFor(world.seed, world.start, workload.name, slot, copy);
  // A second start finds the world's beginning by its first call (see resume.ts).
  const least = first && begin === world.start ? 1 : 0;
  const count = Math.max(least, random.poisson(expected(world, workload, begin)));
  const calls: WireEvent[] = [];
  for (let i = 0; i < count; i++) {
    const id = ['demo', world.seed, workload.name, slot.toString(36), ...(copy ? [`c${copy}`] : []), i].join('-');
    const at = Math.floor(begin + random.next() * SLOT_MS);
    calls.push(...interactionCalls({ workload, at, worldStart: world.start, id }, random));
  }
  return calls;
}

/** Interactions that the slot is expected to bring. */
function expected(world: World, workload: Workload, begin: number): number {
  const today = day(world.start, begin);
  const growth = Math.min(MOST_GROWTH, 1 + GROWTH_PER_DAY * today);
  const mood = randomFor(world.seed, 'mood', workload.name, Math.floor(today)).logNormal(1, 0.09);
  const share = shareOfDayPerHour(workload.rhythm, TENANTS[workload.tenant].zone, begin) / SLOTS_PER_HOUR;
  return workload.perDay * share * growth * mood * demandFactor(workload, today);
}
