import { responseKey } from '../../normalize/candidate';
import { KeyIndex } from './keyIndex';
import { likenessKeys, meetingPlaces } from './keys';
import { hashOf } from './packed/hashIndex';
import type { Sighting } from './sighting';

interface Service {
  /** The first source that reported, while it is the only one. */
  readonly source: string;
  count: number;
  /** Some other source reported too: likeness can matter, and is indexed. */
  mixed: boolean;
}

/** Sightings that the index has not before it. */
export interface Elsewhere {
  /** Brings those back, by {@link TwinIndex.show}, that may be under a key. */
  recall(key: number): void;
  /** A second source reports in a place: from now on those that meet there have keys of likeness. */
  mixed(place: string): void;
}

/**
 * Finds sightings that may tell of one call: by their ids always, by likeness only within a service that more than one
 * source reports. Most services have one instrumentation, and then likeness costs nothing.
 *
 * It knows of all sightings how many are in a service, and has before it those that were shown and not hidden again.
 */
export class TwinIndex {
  readonly #responses = new KeyIndex();
  readonly #callIds = new KeyIndex();
  readonly #likeness = new KeyIndex();
  readonly #services = new Map<string, Service>();

  constructor(private readonly elsewhere: Elsewhere) {}

  add(sighting: Sighting): void {
    for (const name of meetingPlaces(sighting)) {
      this.#count(name, sighting);
    }
    this.show(sighting);
  }

  remove(sighting: Sighting): void {
    this.hide(sighting);
    this.forget(meetingPlaces(sighting));
  }

  /** One sighting less in those places, of one that is hidden. */
  forget(places: readonly string[]): void {
    for (const name of places) {
      const service = this.#services.get(name);
      if (service && --service.count === 0) {
        this.#services.delete(name);
      }
    }
  }

  /** Has a sighting before it that was added. */
  show(sighting: Sighting): void {
    const { event, callIds } = sighting;
    if (event.response_id !== null) {
      this.#responses.add(event.response_id, sighting);
    }
    for (const id of callIds) {
      this.#indexOf(id).add(keyOf(id), sighting);
    }
    for (const name of this.#mixedPlaces(sighting)) {
      this.#addLikeness(name, sighting);
    }
  }

  /** Doesn't look at a sighting until it is shown again. */
  hide(sighting: Sighting): void {
    const { event, callIds } = sighting;
    if (event.response_id !== null) {
      this.#responses.remove(event.response_id, sighting);
    }
    for (const id of callIds) {
      this.#indexOf(id).remove(keyOf(id), sighting);
    }
    for (const name of this.#mixedPlaces(sighting)) {
      likenessKeys(sighting, name).forEach((key) => this.#likeness.remove(key, sighting));
    }
  }

  /** Hashes of the keys under which a sighting is found, for those that are hidden. */
  keys(sighting: Sighting): number[] {
    const { event, callIds } = sighting;
    const keys = event.response_id === null ? [] : [hashOf(OF_RESPONSE, event.response_id)];
    for (const id of callIds) {
      keys.push(hashOfId(id));
    }
    for (const name of this.#mixedPlaces(sighting)) {
      keys.push(...likenessHashes(sighting, name));
    }
    return keys;
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
    let found = NONE;
    if (event.response_id !== null) {
      this.elsewhere.recall(hashOf(OF_RESPONSE, event.response_id));
      found = this.#responses.mixed(event.response_id);
    }
    for (const id of callIds) {
      this.elsewhere.recall(hashOfId(id));
      const under = this.#indexOf(id).mixed(keyOf(id));
      found = found.length === 0 ? under : [...found, ...under];
    }
    return found;
  }

  /** Keys of likeness that are worth following: none where a service has one source. */
  likeness(sighting: Sighting): ReadonlyArray<readonly [key: string, sightings: readonly Sighting[]]> {
    return this.#mixedPlaces(sighting).flatMap((name) =>
      likenessKeys(sighting, name).map((key) => {
        this.elsewhere.recall(hashOf(OF_LIKENESS, key));
        return [key, this.#likeness.mixed(key)] as const;
      })
    );
  }

  /** @param shown those that this index has before it */
  #count(name: string, sighting: Sighting): void {
    const service = this.#services.get(name);
    if (!service) {
      this.#services.set(name, { source: sighting.source, count: 1, mixed: false });
      return;
    }
    service.count++;
    if (!service.mixed && service.source !== sighting.source) {
      this.elsewhere.mixed(name);
      service.mixed = true;
    }
  }

  /** Gives a sighting that was shown before its place was mixed the keys that it has there. */
  addLikeness(name: string, sighting: Sighting): void {
    if (meetingPlaces(sighting).includes(name)) {
      this.#addLikeness(name, sighting);
    }
  }

  #indexOf(id: string): KeyIndex {
    return id.startsWith(RESPONSE) ? this.#responses : this.#callIds;
  }

  #mixedPlaces(sighting: Sighting): readonly string[] {
    const places = meetingPlaces(sighting);
    // Mostly one that is not mixed: no list is made then.
    return places.some((name) => this.#isMixed(name)) ? places.filter((name) => this.#isMixed(name)) : NOWHERE;
  }

  #isMixed(name: string): boolean {
    return this.#services.get(name)?.mixed ?? false;
  }

  #addLikeness(name: string, sighting: Sighting): void {
    likenessKeys(sighting, name).forEach((key) => this.#likeness.add(key, sighting));
  }
}

const NONE: readonly Sighting[] = [];
const NOWHERE: readonly string[] = [];

/** Response ids, nearly all of the ids, are kept as they are: the keys of some clients' call ids are such ids too. */
const RESPONSE = responseKey('');

const keyOf = (id: string): string => (id.startsWith(RESPONSE) ? id.slice(RESPONSE.length) : id);

const OF_RESPONSE = 2;
const OF_CALL = 3;
const OF_LIKENESS = 4;

const hashOfId = (id: string): number => hashOf(id.startsWith(RESPONSE) ? OF_RESPONSE : OF_CALL, keyOf(id));

/** Hashes of a sighting's keys of likeness in a place. */
export const likenessHashes = (sighting: Sighting, place: string): number[] =>
  likenessKeys(sighting, place).map((key) => hashOf(OF_LIKENESS, key));
