/** Told of every whole message of a reply, in order. */
export interface ReplyVisitor {
  /** @returns whether the message is meant for the client */
  visit(type: number, message: Uint8Array): boolean;
}

/**
 * Cuts the engine's output, which arrives in pieces of any size, into whole messages and keeps those meant for the
 * client. Rows that follow each other stay one piece of memory.
 */
export class ReplyScanner {
  private tail: Uint8Array | null = null;
  private kept: Uint8Array[] = [];
  private keptLength = 0;

  constructor(private readonly visitor: ReplyVisitor) {}

  /** Bytes kept for the client and not taken yet. */
  get size(): number {
    return this.keptLength;
  }

  push(piece: Uint8Array): void {
    const bytes = this.tail ? Buffer.concat([this.tail, piece]) : piece;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let position = 0;
    let keptFrom = 0;
    while (position + 5 <= bytes.length) {
      const end = position + 1 + view.getInt32(position + 1);
      if (end > bytes.length) {
        break;
      }
      const visible = this.visitor.visit(bytes[position] ?? 0, bytes.subarray(position, end));
      if (!visible) {
        this.keep(bytes.subarray(keptFrom, position));
        keptFrom = end;
      }
      position = end;
    }
    this.keep(bytes.subarray(keptFrom, position));
    this.tail = position < bytes.length ? bytes.subarray(position) : null;
  }

  /** Everything kept so far, as memory of its own that can be transferred. */
  take(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.keptLength);
    let offset = 0;
    for (const piece of this.kept) {
      all.set(piece, offset);
      offset += piece.length;
    }
    this.kept = [];
    this.keptLength = 0;
    return all;
  }

  private keep(piece: Uint8Array): void {
    if (piece.length) {
      this.kept.push(piece);
      this.keptLength += piece.length;
    }
  }
}
