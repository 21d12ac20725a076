import type { AttributeValue } from './attributes';
import { readAnyValue } from './anyValue';
import { KnownBytes } from './knownBytes';
import type { Reader } from './reader';

const SLOTS = 4096;
const MAX_KEYS = 2048;
const MAX_KEY_BYTES = 127;
const PROBES = 8;
/** Longer values are not kept. */
const MAX_VALUE_BYTES = 64;
/** After so many values in a row that were new, no more are kept for a key: they are ids. */
const PATIENCE = 256;
/** KeyValue's fields: 1 key, 2 value. */
const KEY = 10;
const VALUE = 18;
/** AnyValue's fields that are kept, 1 string and 5 array: the others are as quick to read as to compare. */
const STRING = 10;
const ARRAY = 42;

/** A key that comes again and again, and what came with it last. */
export interface Entry {
  readonly bytes: KnownBytes;
  readonly text: string;
  /** The key that came after this one last time: mostly it does so again. */
  next: Entry | null;
  /** The bytes of the key's latest value, which is given out again while they don't change. */
  readonly value: KnownBytes;
  latest: AttributeValue;
  misses: number;
}

/**
 * Attribute keys interned by their bytes: for a key that was seen before no string is built, and all equal keys are
 * one string object; so are values that repeat. Bounded: once full, or for a long key, a fresh string is returned and
 * nothing is kept.
 */
export class KeyTable {
  private readonly slots: Array<Entry | undefined> = new Array<Entry | undefined>(SLOTS);
  private size = 0;
  private last: Entry | null = null;

  /**
   * The key of the KeyValue between the reader's position and `end`, if it is the one that came after the last key
   * before, and nothing but its value follows: then the reader is at that value. Else null, and the reader where it was.
   */
  expected(reader: Reader, end: number): Entry | null {
    const guess = this.last?.next;
    if (!guess) {
      return null;
    }
    const { bytes, position } = reader;
    const keyEnd = position + 2 + guess.bytes.length;
    const valueLength = end - keyEnd - 2;
    if (
      valueLength < 0 ||
      valueLength > 127 ||
      bytes[position] !== KEY ||
      bytes[position + 1] !== guess.bytes.length ||
      bytes[keyEnd] !== VALUE ||
      bytes[keyEnd + 1] !== valueLength ||
      !guess.bytes.same(reader, position + 2, keyEnd)
    ) {
      return null;
    }
    reader.position = keyEnd + 2;
    this.last = guess;
    return guess;
  }

  /** The key in `[start, end)`; null when it is not kept. */
  find(reader: Reader, start: number, end: number): Entry | null {
    const guess = this.last?.next;
    const entry = guess?.bytes.same(reader, start, end) ? guess : this.lookUp(reader, start, end);
    if (entry) {
      if (this.last) {
        this.last.next = entry;
      }
      this.last = entry;
    }
    return entry;
  }

  /** An AnyValue that ends at `end`, of a key that was found here. */
  readValue(entry: Entry, reader: Reader, end: number): AttributeValue {
    const start = reader.position;
    const tag = reader.bytes[start];
    if (end - start > MAX_VALUE_BYTES || (tag !== STRING && tag !== ARRAY)) {
      return readAnyValue(reader, end);
    }
    if (entry.value.same(reader, start, end)) {
      entry.misses = 0;
      reader.position = end;
      return entry.latest;
    }
    const value = readAnyValue(reader, end);
    if (entry.misses < PATIENCE) {
      entry.misses++;
      entry.value.keep(reader, start, end);
      entry.latest = value;
    }
    return value;
  }

  private lookUp(reader: Reader, start: number, end: number): Entry | null {
    if (end - start > MAX_KEY_BYTES) {
      return null;
    }
    const { bytes } = reader;
    let hash = end - start;
    for (let i = start; i < end; i++) {
      hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    }
    hash ^= hash >>> 13;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      const entry = this.slots[slot];
      if (entry === undefined) {
        return this.remember(slot, reader, start, end);
      }
      if (entry.bytes.same(reader, start, end)) {
        return entry;
      }
    }
    return null;
  }

  private remember(slot: number, reader: Reader, start: number, end: number): Entry | null {
    if (this.size >= MAX_KEYS) {
      return null;
    }
    const bytes = new KnownBytes(end - start);
    bytes.keep(reader, start, end);
    const entry: Entry = {
      bytes,
      text: internalized(reader.slice(start, end)),
      next: null,
      value: new KnownBytes(MAX_VALUE_BYTES),
      latest: null,
      misses: 0,
    };
    this.slots[slot] = entry;
    this.size++;
    return entry;
  }
}

/** A property name is internalized by the engine: comparing it with a literal is then a comparison of pointers. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}
