import { setTimeout as sleep } from 'node:timers/promises';
import type { CollectorClient } from './collectorClient';
import { feedbackOn } from './feedback';
import { SLOT_MS, slotCalls, slotOf, type World } from './generator';
import { releasesOf } from './releases';
import type { WireEvent } from './wireEvent';

const BATCH = 2_000;
const MAX_IN_FLIGHT = 2;
const TICK_MS = 500;
/** Right after the start somebody is watching: then there is as much traffic as this many such companies make. */
const LIVELY_COPIES = 20;
const LIVELY_MS = 10 * 60_000;

export interface Progress {
  /** Events sent so far. */
  readonly sent: number;
  readonly accepted: number;
  /** Share of the time span that is done, 0 to 1. */
  readonly share: number;
}

const endOf = (event: WireEvent): number => Date.parse(event.time);

/** Sends everything that happened from `from` to `to` (ms since 1970), oldest first. */
export async function loadHistory(
  collector: CollectorClient,
  world: World,
  from: number,
  to: number,
  report: (progress: Progress) => void
): Promise<Progress> {
  let progress: Progress = { sent: 0, accepted: 0, share: 0 };
  let batch: WireEvent[] = [];
  const inFlight: Array<Promise<void>> = [];
  const flush = async (share: number) => {
    const events = batch;
    batch = [];
    // While one request is stored, the next is read and another is made.
    if (inFlight.length >= MAX_IN_FLIGHT) {
      await inFlight.shift();
    }
    const posted = collector.postEvents(events).then(({ accepted }) => {
      progress = { sent: progress.sent + events.length, accepted: progress.accepted + accepted, share };
      report(progress);
    });
    const told = posted.then(() => collector.postFeedback(feedbackOn(events)));
    // Awaited later; until then its failure is not an unhandled one.
    told.catch(() => undefined);
    inFlight.push(told);
  };
  // Runs that began in the slot before may end in this one.
  const [first, last] = [slotOf(from) - 1, slotOf(to)];
  for (let slot = first; slot <= last; slot++) {
    batch.push(...slotCalls(world, slot).filter((event) => within(event, from, to)));
    if (batch.length >= BATCH) {
      await flush((slot - first) / (last - first + 1));
    }
  }
  if (batch.length) {
    await flush(1);
  }
  await Promise.all(inFlight);
  await collector.postReleases(releasesOf(world, from, to));
  return { ...progress, share: 1 };
}

const within = (event: WireEvent, from: number, to: number): boolean => endOf(event) >= from && endOf(event) <= to;

export interface Live {
  /** The history ended here, ms since 1970. */
  readonly from: number;
  /** So many copies of the usual traffic, all the time; without it a lively beginning, then the usual traffic. */
  readonly pace?: number | undefined;
  /** Clock and step of the loop, for tests. */
  readonly now?: () => number;
  readonly tickMs?: number;
}

/** Sends every call when it has happened, until the signal says stop. Catches up after a pause of the machine. */
export async function trickle(
  collector: CollectorClient,
  world: World,
  live: Live,
  signal: AbortSignal,
  report: (sent: number) => void
): Promise<void> {
  const now = live.now ?? Date.now;
  let nextSlot = slotOf(live.from) - 1;
  let waiting: WireEvent[] = [];
  let released = live.from;
  while (!signal.aborted) {
    const at = now();
    while (nextSlot <= slotOf(at)) {
      waiting.push(...liveSlot(world, nextSlot, live).filter((event) => endOf(event) > live.from));
      nextSlot++;
    }
    const due = waiting.filter((event) => endOf(event) <= at);
    if (due.length) {
      waiting = waiting.filter((event) => endOf(event) > at);
      for (let i = 0; i < due.length; i += BATCH) {
        await collector.postEvents(due.slice(i, i + BATCH));
      }
      await collector.postFeedback(feedbackOn(due));
      await collector.postReleases(releasesOf(world, released, at));
      released = at;
      report(due.length);
    }
    await sleep(live.tickMs ?? TICK_MS);
  }
}

function liveSlot(world: World, slot: number, { from, pace }: Live): WireEvent[] {
  const until = pace === undefined ? from + LIVELY_MS : Infinity;
  const usual = slotCalls(world, slot);
  if (slot * SLOT_MS > until) {
    return usual;
  }
  const more = Array.from({ length: (pace ?? LIVELY_COPIES) - 1 }, (_, copy) => slotCalls(world, slot, copy + 1));
  return [...usual, ...more.flat().filter((event) => endOf(event) <= until)];
}
