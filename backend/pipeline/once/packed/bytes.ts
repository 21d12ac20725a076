import { Words } from '../journalWords';

const FIRST_SIZE = 64 * 1024;
/** What a number takes at most. */
const MAX_NUMBER = 9;
/** Whole numbers below are written in pieces of seven bits, others as doubles. */
const MAX_VARINT = 2 ** 50;
const NULL = 0;
const DOUBLE = 1;
/** Shorter texts are not worth being looked at for hex digits. */
const MIN_HEX = 16;
/** Up to this length a loop is faster than the engine's own function. */
const SHORT = 64;

/** Writes values as few bytes, one after the other, and repeated texts once beside them. */
export class PackWriter {
  readonly #words = new Words();
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  position = 0;

  get words(): readonly string[] {
    return this.#words.list;
  }

  /** Reads what was written so far. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** What was written, in a buffer of its size. */
  take(): Buffer {
    const exact = Buffer.allocUnsafeSlow(this.position);
    this.#bytes.copy(exact, 0, 0, this.position);
    return exact;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.position++] = value;
  }

  /** A whole number from 0. */
  varint(value: number): void {
    this.#reserve(MAX_NUMBER);
    const bytes = this.#bytes;
    if (value < 0x80) {
      bytes[this.position++] = value;
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      const high = Math.floor(rest / 0x80);
      bytes[this.position++] = (rest - high * 0x80) | 0x80;
      rest = high;
    }
    bytes[this.position++] = rest;
  }

  double(value: number): void {
    this.#reserve(MAX_NUMBER);
    this.position = this.#bytes.writeDoubleLE(value, this.position);
  }

  number(value: number | null): void {
    if (value === null) {
      this.varint(NULL);
    } else if (Number.isInteger(value) && value >= 0 && value < MAX_VARINT && !Object.is(value, -0)) {
      this.varint(value + 2);
    } else {
      this.varint(DOUBLE);
      this.double(value);
    }
  }

  /** A text that will come again. */
  word(text: string | null | undefined): void {
    this.varint(this.#words.number(text));
  }

  /** A text that hardly another value has; hex digits take half a byte. */
  text(value: string | null): void {
    if (value === null) {
      this.varint(NULL);
      return;
    }
    const { length } = value;
    this.#reserve(3 * length + MAX_NUMBER);
    if (length >= MIN_HEX && (length & 1) === 0 && this.#hex(value)) {
      return;
    }
    if (length > SHORT || !this.#ascii(value)) {
      this.varint(2 * Buffer.byteLength(value) + 1);
      this.position += this.#bytes.write(value, this.position, 'utf8');
    }
  }

  /** @returns false, with nothing written, for a text that is not of ASCII alone. */
  #ascii(value: string): boolean {
    const { length } = value;
    const start = this.position;
    this.varint(2 * length + 1);
    const bytes = this.#bytes;
    const at = this.position;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.position = start;
        return false;
      }
      bytes[at + i] = code;
    }
    this.position = at + length;
    return true;
  }

  /** @returns false, with nothing written, for a text that is not of lower case hex digits alone. */
  #hex(value: string): boolean {
    const { length } = value;
    const start = this.position;
    this.varint(length + 2);
    const bytes = this.#bytes;
    let at = this.position;
    for (let i = 0; i < length; i += 2) {
      const high = DIGITS[value.charCodeAt(i) & 0xff]!;
      const low = DIGITS[value.charCodeAt(i + 1) & 0xff]!;
      if (((high | low) & NO_DIGIT) !== 0 || value.charCodeAt(i) > 0x7f || value.charCodeAt(i + 1) > 0x7f) {
        this.position = start;
        return false;
      }
      bytes[at++] = (high << 4) | low;
    }
    this.position = at;
    return true;
  }

  #reserve(size: number): void {
    if (this.position + size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.position + size));
      this.#bytes.copy(larger, 0, 0, this.position);
      this.#bytes = larger;
    }
  }
}

const NO_DIGIT = 0x80;
/** Values of lower case hex digits by their codes. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
[...'0123456789abcdef'].forEach((digit, value) => (DIGITS[digit.charCodeAt(0)] = value));

/** Reads what a {@link PackWriter} wrote, in the same order. */
export class PackReader {
  constructor(
    private readonly bytes: Buffer,
    private readonly words: readonly string[],
    private position: number
  ) {}

  byte(): number {
    return this.bytes[this.position++]!;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
  }

  double(): number {
    const value = this.bytes.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  number(): number | null {
    const value = this.varint();
    return value === NULL ? null : value === DOUBLE ? this.double() : value - 2;
  }

  word(): string | null {
    return this.words[this.varint() - 1] ?? null;
  }

  text(): string | null {
    const head = this.varint();
    if (head === NULL) {
      return null;
    }
    const start = this.position;
    if ((head & 1) === 0) {
      this.position += (head - 2) / 2;
      return this.bytes.toString('hex', start, this.position);
    }
    this.position += (head - 1) / 2;
    return this.bytes.toString('utf8', start, this.position);
  }
}
