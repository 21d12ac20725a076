/** One message of the client: its type letter and all its bytes, header included. */
export interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A client sent what is not the protocol; the connection can't be understood any further. */
export class ProtocolViolation extends Error {}

const TYPED_HEADER = 5;
const UNTYPED_HEADER = 4;

/**
 * Cuts a byte stream into messages. Until `startup()` has returned the real start packet the messages have no type
 * letter.
 */
export class FrameReader {
  private chunks: Buffer[] = [];
  private length = 0;

  /** @param limit the longest message accepted, in bytes */
  constructor(private limit: number) {}

  setLimit(limit: number): void {
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The next message without a type letter (start, TLS, cancel), header included. */
  nextUntyped(): Buffer | null {
    return this.take(UNTYPED_HEADER, (head) => head.readInt32BE(0));
  }

  next(): Frame | null {
    const bytes = this.take(TYPED_HEADER, (head) => 1 + head.readInt32BE(1));
    return bytes && { type: String.fromCharCode(bytes[0] ?? 0), bytes };
  }

  private take(header: number, total: (head: Buffer) => number): Buffer | null {
    if (this.length < header) {
      return null;
    }
    const wanted = total(this.first(header));
    if (wanted < header || wanted > this.limit) {
      throw new ProtocolViolation(`a message of ${wanted} bytes is not between ${header} and ${this.limit}`);
    }
    if (this.length < wanted) {
      return null;
    }
    const all = this.first(wanted);
    const rest = all.subarray(wanted);
    this.chunks[0] = rest;
    if (!rest.length) {
      this.chunks.shift();
    }
    this.length -= wanted;
    return all.subarray(0, wanted);
  }

  /** The first chunk, made at least `size` long; chunks are joined once, when their message is complete. */
  private first(size: number): Buffer {
    const head = this.chunks[0];
    if (head && head.length >= size) {
      return head;
    }
    const joined: Buffer[] = [];
    let have = 0;
    while (have < size) {
      const chunk = this.chunks.shift();
      if (!chunk) {
        break;
      }
      joined.push(chunk);
      have += chunk.length;
    }
    const all = Buffer.concat(joined);
    this.chunks.unshift(all);
    return all;
  }
}
