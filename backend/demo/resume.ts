import type { CollectorClient } from './collectorClient';
import type { World } from './generator';
import { TENANTS, WORKLOADS } from './workloads';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How far back an earlier demo is looked for. */
const LOOK_BACK_DAYS = 400;

/** Where the load begins: a new world, or the place where an earlier demo ended. */
export interface Beginning {
  readonly world: World;
  /** First instant to be sent, ms since 1970. */
  readonly from: number;
  readonly first: boolean;
}

/**
 * Asks the collector what an earlier demo left. Its first hour tells when the world began, its last hour where to go on;
 * that hour is sent again, which adds nothing because the ids are the same. After a long pause only the last `days`
 * are filled.
 */
export async function findBeginning(
  collector: CollectorClient,
  seed: string,
  days: number,
  now: number
): Promise<Beginning> {
  const hours = await hoursWithDemo(collector, now);
  const first = hours[0];
  const last = hours.at(-1);
  if (first === undefined || last === undefined) {
    const start = floorHour(now - days * DAY_MS);
    return { world: { seed, start }, from: start, first: true };
  }
  return { world: { seed, start: first }, from: Math.max(last, floorHour(now - days * DAY_MS)), first: false };
}

async function hoursWithDemo(collector: CollectorClient, now: number): Promise<number[]> {
  const { columns, rows } = await collector.query({
    from: new Date(floorHour(now) - LOOK_BACK_DAYS * DAY_MS).toISOString(),
    to: new Date(floorHour(now) + HOUR_MS).toISOString(),
    metrics: ['calls'],
    group_by: [],
    filters: [
      { dimension: 'tenant', operator: '=', values: Object.keys(TENANTS) },
      { dimension: 'service', operator: '=', values: WORKLOADS.map(({ service }) => service) },
    ],
    interval: '1h',
    time_zone: 'UTC',
    order_by: 'time',
    direction: 'asc',
  });
  const [time, calls] = ['time', 'calls'].map((name) => columns.findIndex((column) => column.name === name));
  return rows.filter((row) => Number(row[calls!]) > 0).map((row) => Date.parse(String(row[time!])));
}

const floorHour = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;
