import type { Workload } from './workloads';

/**
 * What happened in the demo's month and can be found in its data. Times are days since the world began, so that all of
 * it lies within the first history of 30 days.
 */
const DAY_MS = 86_400_000;
const DAYS_BETWEEN_RELEASES = 4;
/** Release #402 of Acme's support bot put whole order histories into the answerer's prompt. */
const STEP = { workload: 'support', agent: 'answerer', release: 402, inputFactor: 1.19 };
/** Anthropic rate-limited for three hours of an afternoon. */
const OUTAGE = { provider: 'anthropic', from: 20.55, to: 20.675 };
/** An agent of Northwind ran in a loop for two hours. */
const LOOP = { workload: 'sales', from: 16.83, to: 16.92, factor: 14 };

export const day = (worldStart: number, at: number): number => (at - worldStart) / DAY_MS;

/** Number of the release that is in service on this day. */
export const releaseCount = (workload: Workload, day: number): number =>
  workload.release.first + Math.max(0, Math.floor(day / DAYS_BETWEEN_RELEASES));

/** The releases that came out in (from, to], ms since 1970. */
export function releasesBetween(
  workload: Workload,
  worldStart: number,
  from: number,
  to: number
): Array<{ readonly version: string; readonly at: number }> {
  const step = DAYS_BETWEEN_RELEASES * DAY_MS;
  const [before, last] = [from, to].map((at) => Math.floor((at - worldStart) / step));
  return Array.from({ length: Math.max(0, last! - Math.max(0, before!)) }, (_, i) => {
    const count = Math.max(0, before!) + 1 + i;
    return { version: workload.release.name(workload.release.first + count), at: worldStart + count * step };
  });
}

/** Factor on a call's input that a release brought. */
export const promptFactor = (workload: Workload, agent: string | undefined, day: number): number =>
  workload.name === STEP.workload && agent === STEP.agent && releaseCount(workload, day) >= STEP.release
    ? STEP.inputFactor
    : 1;

/** Probability that the provider refuses a call for its rate. */
export const rateLimitProbability = (provider: string, day: number): number =>
  provider === OUTAGE.provider && day >= OUTAGE.from && day < OUTAGE.to ? 0.35 : 0.012;

/** Factor on the number of interactions. */
export const demandFactor = (workload: Workload, day: number): number =>
  workload.name === LOOP.workload && day >= LOOP.from && day < LOOP.to ? LOOP.factor : 1;
