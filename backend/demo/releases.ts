import type { World } from './generator';
import { releasesBetween } from './incidents';
import { WORKLOADS } from './workloads';

/** A release as the demo posts it to `POST /v1/releases`. */
export interface WireRelease {
  readonly tenant: string;
  readonly service: string;
  readonly version: string;
  /** RFC 3339 */
  readonly time: string;
}

/** The releases of all services that came out in (from, to], ms since 1970. */
export const releasesOf = (world: World, from: number, to: number): WireRelease[] =>
  WORKLOADS.flatMap((workload) =>
    releasesBetween(workload, world.start, from, to).map(({ version, at }) => ({
      tenant: workload.tenant,
      service: workload.service,
      version,
      time: new Date(at).toISOString(),
    }))
  );
