import type { Socket } from 'node:net';

interface Piece {
  readonly bytes: Uint8Array;
  readonly consumed: (() => void) | undefined;
}

/** Small answers go out together; a long one in parts, so that it can be seen whether the client takes them. */
const TOGETHER_BYTES = 256 * 1024;

/**
 * What is on its way to a client. A socket that is given everything at once reports nothing until all of it is gone;
 * here each part is reported.
 */
export class Outgoing {
  private pieces: Piece[] = [];
  private writing = false;
  private ending = false;

  constructor(private readonly socket: Socket) {}

  /** @param consumed called when the client has the bytes, or will never have them */
  write(bytes: Uint8Array, consumed?: () => void): void {
    if (this.ending || this.socket.destroyed) {
      consumed?.();
      return;
    }
    this.pieces.push({ bytes, consumed });
    this.pump();
  }

  /** Sends the last message and closes. */
  end(bytes?: Uint8Array): void {
    if (bytes) {
      this.write(bytes);
    }
    this.ending = true;
    this.pump();
  }

  /** The connection is gone. */
  drop(): void {
    this.ending = true;
    this.pieces.splice(0).forEach(({ consumed }) => consumed?.());
  }

  private pump(): void {
    if (this.writing) {
      return;
    }
    const together = this.takeTogether();
    const last = together.pop();
    if (!last) {
      if (this.ending) {
        this.socket.end();
      }
      return;
    }
    this.writing = true;
    this.socket.cork();
    together.forEach(({ bytes }) => this.socket.write(bytes));
    this.socket.write(last.bytes, () => {
      this.writing = false;
      [...together, last].forEach(({ consumed }) => consumed?.());
      this.pump();
    });
    this.socket.uncork();
  }

  private takeTogether(): Piece[] {
    let size = 0;
    const end = this.pieces.findIndex(({ bytes }, index) => {
      size += bytes.length;
      return index > 0 && size > TOGETHER_BYTES;
    });
    return this.pieces.splice(0, end < 0 ? this.pieces.length : end);
  }
}
