import { responseKey } from '../../normalize/candidate';
import { KeyIndex } from './keyIndex';
import { likenessKeys, meetingPlaces } from './keys';
import type { Sighting } from './sighting';

interface Service {
  /** The first source that reported, while it is the only one. */
  readonly source: string;
  count: number;
  /** Some other source reported too: likeness can matter, and is indexed. */
  mixed: boolean;
}

/**
 * Finds sightings that may tell of one call: by their ids always, by likeness only within a service that more than one
 * source reports. Most services have one instrumentation, and then likeness costs nothing.
 */
export class TwinIndex {
  readonly #responses = new KeyIndex();
  readonly #callIds = new KeyIndex();
  readonly #likeness = new KeyIndex();
  readonly #services = new Map<string, Service>();

  /** @param all every sighting in the memory, for a service's first time with a second source */
  add(sighting: Sighting, all: () => Iterable<Sighting>): void {
    const { event, callIds } = sighting;
    if (event.response_id !== null) {
      this.#responses.add(event.response_id, sighting);
    }
    for (const id of callIds) {
      this.#indexOf(id).add(keyOf(id), sighting);
    }
    for (const name of meetingPlaces(sighting)) {
      this.#addTo(name, sighting, all);
    }
  }

  #addTo(name: string, sighting: Sighting, all: () => Iterable<Sighting>): void {
    const service = this.#services.get(name);
    if (!service) {
      this.#services.set(name, { source: sighting.source, count: 1, mixed: false });
      return;
    }
    service.count++;
    if (service.mixed) {
      this.#addLikeness(name, sighting);
    } else if (service.source !== sighting.source) {
      service.mixed = true;
      for (const other of all()) {
        if (meetingPlaces(other).includes(name)) {
          this.#addLikeness(name, other);
        }
      }
    }
  }

  remove(sighting: Sighting): void {
    const { event, callIds } = sighting;
    if (event.response_id !== null) {
      this.#responses.remove(event.response_id, sighting);
    }
    for (const id of callIds) {
      this.#indexOf(id).remove(keyOf(id), sighting);
    }
    for (const name of meetingPlaces(sighting)) {
      const service = this.#services.get(name);
      if (service?.mixed) {
        likenessKeys(sighting, name).forEach((key) => this.#likeness.remove(key, sighting));
      }
      if (service && --service.count === 0) {
        this.#services.delete(name);
      }
    }
  }

  /** True when no other source reported under any of its ids, and its service has one source. */
  isAlone(sighting: Sighting): boolean {
    if (this.#mixedPlaces(sighting).length > 0) {
      return false;
    }
    return this.byId(sighting).length === 0;
  }

  /** Sightings of other sources under an id of this one. */
  byId({ event, callIds }: Sighting): readonly Sighting[] {
    let found = event.response_id === null ? NONE : this.#responses.mixed(event.response_id);
    for (const id of callIds) {
      const under = this.#indexOf(id).mixed(keyOf(id));
      found = found.length === 0 ? under : [...found, ...under];
    }
    return found;
  }

  #indexOf(id: string): KeyIndex {
    return id.startsWith(RESPONSE) ? this.#responses : this.#callIds;
  }

  /** Keys of likeness that are worth following: none where a service has one source. */
  likeness(sighting: Sighting): ReadonlyArray<readonly [key: string, sightings: readonly Sighting[]]> {
    return this.#mixedPlaces(sighting).flatMap((name) =>
      likenessKeys(sighting, name).map((key) => [key, this.#likeness.mixed(key)] as const)
    );
  }

  #mixedPlaces(sighting: Sighting): readonly string[] {
    return meetingPlaces(sighting).filter((name) => this.#services.get(name)?.mixed);
  }

  #addLikeness(name: string, sighting: Sighting): void {
    likenessKeys(sighting, name).forEach((key) => this.#likeness.add(key, sighting));
  }
}

const NONE: readonly Sighting[] = [];

/** Response ids, nearly all of the ids, are kept as they are: the keys of some clients' call ids are such ids too. */
const RESPONSE = responseKey('');

const keyOf = (id: string): string => (id.startsWith(RESPONSE) ? id.slice(RESPONSE.length) : id);
