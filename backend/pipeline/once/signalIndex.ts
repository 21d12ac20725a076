import { SIGNALS, type Signal } from '../../normalize/candidate';
import { hourOf } from './keys';
import { serviceOf, type Sighting } from './sighting';

/** What one service reported. */
interface Service {
  /** Sightings per hour and signal, see {@link slot}. */
  readonly counts: Map<number, number>;
  /** Log events and metrics per hour: a better signal displaces them. */
  readonly displaceable: Map<number, Set<string>>;
}

const slot = (hour: number, signal: Signal): number => hour * SIGNALS.length + SIGNALS.indexOf(signal);

/** A better signal of its service displaces it. */
export const isDisplaceable = ({ signal }: Pick<Sighting, 'signal'>): boolean =>
  signal === 'log' || signal === 'metric';

/**
 * Which services reported calls by which signal, by the hour; and which of their sightings a better signal displaces.
 */
export class SignalIndex {
  readonly #services = new Map<string, Service>();

  add(sighting: Sighting): void {
    const name = serviceOf(sighting);
    if (name === null) {
      return;
    }
    let service = this.#services.get(name);
    if (!service) {
      service = { counts: new Map(), displaceable: new Map() };
      this.#services.set(name, service);
    }
    const hour = hourOf(sighting.end);
    const at = slot(hour, sighting.signal);
    service.counts.set(at, (service.counts.get(at) ?? 0) + 1);
    if (isDisplaceable(sighting)) {
      service.displaceable.set(hour, (service.displaceable.get(hour) ?? new Set<string>()).add(sighting.id));
    }
  }

  remove(sighting: Sighting): void {
    const name = serviceOf(sighting);
    this.forget(name, sighting.signal, sighting.end);
    const hour = hourOf(sighting.end);
    const displaceable = name === null ? undefined : this.#services.get(name)?.displaceable;
    const ids = displaceable?.get(hour);
    ids?.delete(sighting.id);
    if (ids?.size === 0) {
      displaceable?.delete(hour);
    }
  }

  /** One report less that no other signal can displace. @param end µs since 1970 */
  forget(name: string | null, signal: Signal, end: number): void {
    const service = name === null ? undefined : this.#services.get(name);
    if (name === null || !service) {
      return;
    }
    decrement(service.counts, slot(hourOf(end), signal));
    if (service.counts.size === 0) {
      this.#services.delete(name);
    }
  }

  /** True when the service reported calls by this signal within an hour of a time (µs). */
  reports(service: string, signal: Signal, time: number): boolean {
    const counts = this.#services.get(service)?.counts;
    const hour = hourOf(time);
    return AROUND.some((d) => counts?.has(slot(hour + d, signal)) ?? false);
  }

  /** Ids of log events and metrics of a service within an hour of a time (µs). */
  displaceable(service: string, time: number): readonly string[] {
    const found = this.#services.get(service)?.displaceable;
    if (!found || found.size === 0) {
      return NONE;
    }
    const hour = hourOf(time);
    return AROUND.flatMap((d) => [...(found.get(hour + d) ?? NONE)]);
  }
}

const AROUND = [-1, 0, 1];
const NONE: readonly string[] = [];

function decrement(counts: Map<number, number>, at: number): void {
  const left = (counts.get(at) ?? 1) - 1;
  if (left > 0) {
    counts.set(at, left);
  } else {
    counts.delete(at);
  }
}
