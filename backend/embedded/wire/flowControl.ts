import type { Socket } from 'node:net';

/** Beyond so many bytes that wait for the engine, a client's socket isn't read. */
const WAITING_LIMIT = 64 * 1024 * 1024;
const POLL_MS = 5;

/** Slows a client down while what it has sent can't be used yet, so that memory stays bounded. */
export class FlowControl {
  private waitingBytes = 0;
  private held = false;
  private blocked: (() => boolean) | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly socket: Socket) {}

  /** @param bytes that have joined (or, negative, have left) the queue */
  add(bytes: number): void {
    this.waitingBytes += bytes;
    this.update();
  }

  /** Nothing more can be understood before what is held has been. */
  hold(held: boolean): void {
    this.held = held;
    this.update();
  }

  /** The condition is looked at again and again until it no longer holds. */
  waitWhile(blocked: () => boolean): void {
    this.blocked = blocked;
    this.update();
  }

  end(): void {
    this.blocked = null;
    if (this.timer) {
      clearTimeout(this.timer);
    }
  }

  private update(): void {
    const blocked = this.blocked?.() ?? false;
    this.blocked = blocked ? this.blocked : null;
    if (blocked && !this.timer) {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.update();
      }, POLL_MS);
    }
    const stop = blocked || this.held || this.waitingBytes > WAITING_LIMIT;
    if (stop && !this.socket.isPaused()) {
      this.socket.pause();
    } else if (!stop && this.socket.isPaused()) {
      this.socket.resume();
    }
  }
}
