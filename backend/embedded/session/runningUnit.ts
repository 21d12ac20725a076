import type { Unit } from './session';
import { StallWatch } from './stallWatch';
import type { ServerError } from '../wire/messages';

export interface RunningEvents {
  /** The unit has to be ended: by opening the engine anew. */
  kill(error: ServerError): void;
  /** The client takes nothing of its answer. */
  stalled(): void;
}

/** The unit that is in the engine, with its clocks. */
export class RunningUnit {
  private readonly stall: StallWatch;
  private readonly timers: NodeJS.Timeout[] = [];
  private ended = false;
  /** Why it is being ended; null as long as it isn't. */
  killed: ServerError | null = null;
  /** The engine waits for the client's COPY data. */
  copying = false;

  constructor(
    readonly unit: Unit,
    stallMs: number,
    private readonly events: RunningEvents
  ) {
    this.stall = new StallWatch(stallMs, () => events.stalled());
  }

  /** Ends it after so many ms, if it is still there. */
  killAfter(ms: number, error: ServerError): void {
    this.timers.push(setTimeout(() => this.kill(error), ms));
  }

  kill(error: ServerError): void {
    if (!this.ended && !this.killed) {
      this.killed = error;
      this.events.kill(error);
    }
  }

  /** Hands a part of the answer to the client. */
  write(bytes: Uint8Array, consumed: () => void): void {
    this.stall.sent();
    this.unit.session.sink.write(bytes, () => {
      this.stall.taken();
      consumed();
    });
  }

  end(): void {
    this.ended = true;
    this.stall.end();
    this.timers.forEach((timer) => clearTimeout(timer));
    if (this.copying) {
      this.unit.session.sink.copyEnded();
    }
  }
}
