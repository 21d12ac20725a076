import { FormatError } from './formatError';
import { hex16, hex8 } from './hexId';

/** Node's own fast slices; `@types/node` leaves them out, `Buffer.toString` is ~40 ns slower per short string. */
interface FastBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
}

const TWO_32 = 4294967296;

/**
 * Cursor over protobuf wire bytes. Every read is bounds-checked against the buffer; every message reader bounds its
 * fields by the end that {@link length} returned. Errors are {@link FormatError}s that name the message being read
 * (`where`) and the byte.
 */
export class Reader {
  position = 0;
  /** What is being read, for error messages, e.g. `Span`. */
  where = 'message';
  readonly bytes: FastBuffer;
  /** The same bytes: numbers of several bytes are read through it in one step. */
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = buffer as FastBuffer;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }

  fail(problem: string): never {
    throw new FormatError(`${this.where}: ${problem} at byte ${this.position} of ${this.bytes.length}`);
  }

  /** Unsigned varint, its low 32 bits (tags, lengths, enums). */
  uint32(): number {
    const byte = this.bytes[this.position];
    if (byte !== undefined && byte < 0x80) {
      this.position++;
      return byte;
    }
    return this.longUint32();
  }

  private longUint32(): number {
    const { bytes } = this;
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.position];
      if (byte === undefined) {
        this.fail('the number is cut off');
      }
      this.position++;
      if (shift < 32) {
        result |= (byte & 0x7f) << shift;
      }
      if (byte < 0x80) {
        return result >>> 0;
      }
    }
    return this.fail('a number is longer than 10 bytes');
  }

  /** Signed 64-bit varint: a number when it is exact, else a bigint. */
  int64(): number | bigint {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.position];
      if (byte === undefined) {
        this.fail('the number is cut off');
      }
      this.position++;
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 67) {
        high |= bits << (shift - 32);
      }
      if (byte < 0x80) {
        return fromHalves(high | 0, low >>> 0);
      }
    }
    return this.fail('a number is longer than 10 bytes');
  }

  /** A field's tag: `field << 3 | wire type`. */
  tag(): number {
    const tag = this.uint32();
    if (tag < 8) {
      this.fail('field number 0 is not allowed');
    }
    return tag;
  }

  /** Length prefix of a string, bytes or message field: the position where it ends. `limit` is the enclosing end. */
  end(limit: number): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > limit) {
      this.fail(`a field of ${length} bytes runs past the end of its message`);
    }
    return end;
  }

  /** After a message was read: its last field must end exactly where the message does. */
  close(end: number): void {
    if (this.position !== end) {
      this.fail(`the last field runs past the end of its message (byte ${end})`);
    }
  }

  private fixed(size: number): number {
    const start = this.position;
    if (start + size > this.bytes.length) {
      this.fail(`a ${size}-byte value is cut off`);
    }
    this.position = start + size;
    return start;
  }

  double(): number {
    return this.view.getFloat64(this.fixed(8), true);
  }

  /** Signed 64-bit, fixed width. */
  sfixed64(): number | bigint {
    const start = this.fixed(8);
    return fromHalves(this.view.getInt32(start + 4, true), this.view.getUint32(start, true));
  }

  fixed32(): number {
    return this.view.getUint32(this.fixed(4), true);
  }

  /** Unsigned 64-bit fixed width as a number; above 2^53 the nearest double (counts of histograms). */
  fixed64(): number {
    const start = this.fixed(8);
    return this.view.getUint32(start + 4, true) * TWO_32 + this.view.getUint32(start, true);
  }

  /** `fixed64` nanoseconds as whole microseconds (floor), exact: 2^64 ns / 1000 needs 55 bits only above the year 2255. */
  nanosAsMicros(): number {
    const start = this.fixed(8);
    const high = this.view.getUint32(start + 4, true);
    const low = this.view.getUint32(start, true);
    const rest = high % 1000;
    return ((high - rest) / 1000) * TWO_32 + Math.floor((rest * TWO_32 + low) / 1000);
  }

  text(limit: number): string {
    const end = this.end(limit);
    const value = this.bytes.utf8Slice(this.position, end);
    this.position = end;
    return value;
  }

  /** Bytes as lower-case hex: the ids, of 16 and 8 bytes. */
  hex(limit: number): string {
    const end = this.end(limit);
    const start = this.position;
    this.position = end;
    switch (end - start) {
      case 8:
        return hex8(this.bytes, start);
      case 16:
        return hex16(this.bytes, start);
      default:
        return this.bytes.hexSlice(start, end);
    }
  }

  /** A copy, so that the request's buffer can be freed. */
  blob(limit: number): Uint8Array {
    const end = this.end(limit);
    const value = new Uint8Array(this.bytes.subarray(this.position, end));
    this.position = end;
    return value;
  }

  slice(start: number, end: number): string {
    return this.bytes.utf8Slice(start, end);
  }

  /** Steps over a field that nobody asked for. */
  skip(tag: number, limit: number): void {
    switch (tag & 7) {
      case 0:
        this.int64();
        break;
      case 1:
        this.fixed(8);
        break;
      case 2:
        this.position = this.end(limit);
        break;
      case 5:
        this.fixed(4);
        break;
      default:
        this.fail(`field ${tag >>> 3} has wire type ${tag & 7}, which OTLP does not use`);
    }
    if (this.position > limit) {
      this.fail(`field ${tag >>> 3} runs past the end of its message`);
    }
  }
}

function fromHalves(high: number, low: number): number | bigint {
  const value = high * TWO_32 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}
