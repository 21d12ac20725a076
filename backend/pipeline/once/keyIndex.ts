import type { Sighting } from './sighting';

/**
 * More sightings than this under one key are no twins of one call but a key that says little (a client that gives every
 * answer the same id): only the newest are looked at.
 */
const MAX_PER_KEY = 64;

interface Entry {
  readonly list: Sighting[];
  /** The source of the first one. */
  readonly source: string;
  /** Some other source is or was among them. */
  mixed: boolean;
}

/** Sightings by key. With one instrumentation per service, which is the rule, no key is ever mixed. */
export class KeyIndex {
  readonly #entries = new Map<string, Entry>();

  add(key: string, sighting: Sighting): void {
    const entry = this.#entries.get(key);
    if (!entry) {
      this.#entries.set(key, { list: [sighting], source: sighting.source, mixed: false });
      return;
    }
    entry.list.push(sighting);
    entry.mixed ||= entry.source !== sighting.source;
    if (entry.list.length > MAX_PER_KEY) {
      entry.list.shift();
    }
  }

  remove(key: string, sighting: Sighting): void {
    const list = this.#entries.get(key)?.list;
    const at = list?.indexOf(sighting) ?? -1;
    if (list && at >= 0) {
      list.splice(at, 1);
    }
    if (list?.length === 0) {
      this.#entries.delete(key);
    }
  }

  mixed(key: string): readonly Sighting[] {
    const entry = this.#entries.get(key);
    return entry?.mixed ? entry.list : [];
  }
}
