import type { Reader } from './reader';

const SLOTS = 4096;
const MAX_KEYS = 2048;
const MAX_KEY_BYTES = 128;
const PROBES = 8;

interface Entry {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Attribute keys interned by their bytes: for a key that was seen before no string is built, and all equal keys are
 * one string object. Bounded: once full, or for a long key, a fresh string is returned and nothing is kept.
 */
export class KeyTable {
  private readonly slots: Array<Entry | undefined> = new Array<Entry | undefined>(SLOTS);
  private size = 0;

  get(reader: Reader, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_KEY_BYTES) {
      return reader.slice(start, end);
    }
    let hash = length;
    for (let i = start; i < end; i++) {
      hash = (Math.imul(hash, 31) + (reader.byteAt(i) ?? 0)) | 0;
    }
    hash ^= hash >>> 13;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      const entry = this.slots[slot];
      if (entry === undefined) {
        return this.remember(slot, reader, start, end);
      }
      if (entry.bytes.length === length && sameBytes(entry.bytes, reader, start)) {
        return entry.text;
      }
    }
    return reader.slice(start, end);
  }

  private remember(slot: number, reader: Reader, start: number, end: number): string {
    const text = internalized(reader.slice(start, end));
    if (this.size < MAX_KEYS) {
      const bytes = new Uint8Array(end - start);
      for (let i = start; i < end; i++) {
        bytes[i - start] = reader.byteAt(i) ?? 0;
      }
      this.slots[slot] = { bytes, text };
      this.size++;
    }
    return text;
  }
}

function sameBytes(bytes: Uint8Array, reader: Reader, start: number): boolean {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== reader.byteAt(start + i)) {
      return false;
    }
  }
  return true;
}

/** A property name is internalized by the engine: comparing it with a literal is then a comparison of pointers. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}
