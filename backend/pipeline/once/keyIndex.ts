import { isCopy, type Sighting } from './sighting';

/**
 * More sightings than this under one key are no twins of one call but a key that says little (a client that gives every
 * answer the same id): only the newest are looked at.
 */
const MAX_PER_KEY = 64;

/** Several sightings under one key. */
interface Shared {
  readonly list: Sighting[];
  /** Some of them are or were of different sources, or copies. */
  mixed: boolean;
}

/** Sightings by key. Nearly every key has one sighting: then it is kept without a list. */
export class KeyIndex {
  readonly #entries = new Map<string, Sighting | Shared>();

  add(key: string, sighting: Sighting): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, sighting);
    } else if ('list' in entry) {
      entry.mixed ||= entry.list.some((other) => canBeTwins(other, sighting));
      entry.list.push(sighting);
      if (entry.list.length > MAX_PER_KEY) {
        entry.list.shift();
      }
    } else {
      this.#entries.set(key, { list: [entry, sighting], mixed: canBeTwins(entry, sighting) });
    }
  }

  remove(key: string, sighting: Sighting): void {
    const entry = this.#entries.get(key);
    if (entry === sighting) {
      this.#entries.delete(key);
    } else if (entry !== undefined && 'list' in entry) {
      const at = entry.list.indexOf(sighting);
      if (at >= 0) {
        entry.list.splice(at, 1);
      }
      if (entry.list.length === 0) {
        this.#entries.delete(key);
      }
    }
  }

  /** Sightings under a key, when they are of more than one source: otherwise there is no twin among them. */
  mixed(key: string): readonly Sighting[] {
    const entry = this.#entries.get(key);
    return entry !== undefined && 'list' in entry && entry.mixed ? entry.list : NONE;
  }
}

const canBeTwins = (a: Sighting, b: Sighting): boolean => a.source !== b.source || isCopy(a, b);

const NONE: readonly Sighting[] = [];
