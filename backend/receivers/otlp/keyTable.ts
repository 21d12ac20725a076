import type { AttributeValue } from './attributes';
import { readAnyValue } from './anyValue';
import type { Reader } from './reader';

const SLOTS = 4096;
const MAX_KEYS = 2048;
const MAX_KEY_BYTES = 128;
const PROBES = 8;
/** Longer values are not kept. A length below 128 is one byte. */
const MAX_VALUE_BYTES = 64;
/** After so many values in a row that were new, no more are kept for a key: they are ids. */
const PATIENCE = 256;
/** AnyValue's field 1, a string. */
const STRING = 10;

interface Entry {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The key that came after this one last time: mostly it does so again. */
  next: Entry | null;
  /** The key's latest text, to be given out again while it doesn't change; a length of -1: there is none. */
  readonly value: Uint8Array;
  valueLength: number;
  valueText: string;
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

  /** The key in `[start, end)`; null when it is not kept. */
  find({ bytes }: Reader, start: number, end: number): Entry | null {
    const guess = this.last?.next;
    const entry = guess && sameBytes(guess.bytes, bytes, start, end) ? guess : this.lookUp(bytes, start, end);
    if (entry) {
      if (this.last) {
        this.last.next = entry;
      }
      this.last = entry;
    }
    return entry;
  }

  /** An AnyValue that ends at `end`, of a key that {@link find} has found. */
  readValue(entry: Entry, reader: Reader, end: number): AttributeValue {
    const { bytes, position } = reader;
    const start = position + 2;
    if (bytes[position] !== STRING || bytes[position + 1] !== end - start || end - start > MAX_VALUE_BYTES) {
      return readAnyValue(reader, end);
    }
    reader.position = end;
    if (entry.valueLength === end - start && sameStart(entry.value, bytes, start, end)) {
      entry.misses = 0;
      return entry.valueText;
    }
    const text = reader.slice(start, end);
    if (entry.misses < PATIENCE) {
      entry.misses++;
      for (let i = start; i < end; i++) {
        entry.value[i - start] = bytes[i]!;
      }
      entry.valueLength = end - start;
      entry.valueText = text;
    }
    return text;
  }

  private lookUp(bytes: Uint8Array, start: number, end: number): Entry | null {
    if (end - start > MAX_KEY_BYTES) {
      return null;
    }
    let hash = end - start;
    for (let i = start; i < end; i++) {
      hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    }
    hash ^= hash >>> 13;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      const entry = this.slots[slot];
      if (entry === undefined) {
        return this.remember(slot, bytes, start, end);
      }
      if (sameBytes(entry.bytes, bytes, start, end)) {
        return entry;
      }
    }
    return null;
  }

  private remember(slot: number, bytes: Uint8Array, start: number, end: number): Entry | null {
    if (this.size >= MAX_KEYS) {
      return null;
    }
    const copy = bytes.slice(start, end);
    const entry: Entry = {
      bytes: copy,
      text: internalized(Buffer.from(copy).toString()),
      next: null,
      value: new Uint8Array(MAX_VALUE_BYTES),
      valueLength: -1,
      valueText: '',
      misses: 0,
    };
    this.slots[slot] = entry;
    this.size++;
    return entry;
  }
}

const sameBytes = (known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean =>
  known.length === end - start && sameStart(known, bytes, start, end);

function sameStart(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (known[i - start] !== bytes[i]) {
      return false;
    }
  }
  return true;
}

/** A property name is internalized by the engine: comparing it with a literal is then a comparison of pointers. */
function internalized(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}
