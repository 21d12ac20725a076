import type { Reader } from './reader';

/** Some bytes that were read before, to be recognized where they come again: four at a time, the rest one by one. */
export class KnownBytes {
  /** -1: none yet. */
  length = -1;
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;

  /** @param most the longest piece that will be kept, in bytes. */
  constructor(most: number) {
    this.words = new Int32Array(most >>> 2);
    this.bytes = new Uint8Array(most);
  }

  keep({ bytes, view }: Reader, start: number, end: number): void {
    this.length = end - start;
    for (let i = start; i < end; i++) {
      this.bytes[i - start] = bytes[i]!;
    }
    for (let word = 0; word < this.length >>> 2; word++) {
      this.words[word] = view.getInt32(start + 4 * word, true);
    }
  }

  /** Whether `[start, end)`, which must lie within the request, are these bytes. */
  same({ bytes, view }: Reader, start: number, end: number): boolean {
    const { length } = this;
    if (end - start !== length) {
      return false;
    }
    const whole = length >>> 2;
    for (let word = 0; word < whole; word++) {
      if (this.words[word] !== view.getInt32(start + 4 * word, true)) {
        return false;
      }
    }
    for (let i = 4 * whole; i < length; i++) {
      if (this.bytes[i] !== bytes[start + i]) {
        return false;
      }
    }
    return true;
  }
}
