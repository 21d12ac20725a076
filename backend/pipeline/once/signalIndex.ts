import type { Signal } from '../../normalize/candidate';
import { hourOf } from './keys';
import type { Sighting } from './sighting';

const HOURS_AROUND = [-1, 0, 1];

/**
 * Which services reported calls by which signal, by the hour; and which of their sightings a better signal displaces.
 */
export class SignalIndex {
  readonly #counts = new Map<string, number>();
  readonly #displaceable = new Map<string, Set<string>>();

  add(sighting: Sighting): void {
    const key = signalKey(sighting);
    if (key === null) {
      return;
    }
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (isDisplaceable(sighting)) {
      const place = placeKey(sighting.event.service, hourOf(sighting.end));
      this.#displaceable.set(place, (this.#displaceable.get(place) ?? new Set<string>()).add(sighting.id));
    }
  }

  remove(sighting: Sighting): void {
    const key = signalKey(sighting);
    if (key === null) {
      return;
    }
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#counts.set(key, left);
    } else {
      this.#counts.delete(key);
    }
    const place = placeKey(sighting.event.service, hourOf(sighting.end));
    const ids = this.#displaceable.get(place);
    ids?.delete(sighting.id);
    if (ids?.size === 0) {
      this.#displaceable.delete(place);
    }
  }

  /** True when the service reported calls by this signal within an hour of a time (µs). */
  reports(service: string, signal: Signal, time: number): boolean {
    const hour = hourOf(time);
    return HOURS_AROUND.some((d) => this.#counts.has(`${service}\n${signal}\n${hour + d}`));
  }

  /** Ids of log events and metrics of a service within an hour of a time (µs). */
  displaceable(service: string, time: number): string[] {
    const hour = hourOf(time);
    return HOURS_AROUND.flatMap((d) => [...(this.#displaceable.get(placeKey(service, hour + d)) ?? [])]);
  }
}

const isDisplaceable = ({ signal }: Sighting): boolean => signal === 'log' || signal === 'metric';

const placeKey = (service: string | null, hour: number): string => `${service ?? ''}\n${hour}`;

const signalKey = ({ event, signal, end }: Sighting): string | null =>
  event.service === null ? null : `${event.service}\n${signal}\n${hourOf(end)}`;
