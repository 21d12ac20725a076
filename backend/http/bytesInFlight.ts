/** Bounds what requests hold in memory together, however they came in. */
export class BytesInFlight {
  private held = 0;

  /** @param most bytes */
  constructor(private readonly most: number) {}

  /** @returns what gives the room back, once; null where there is none left. */
  take(bytes: number): (() => void) | null {
    if (this.held + bytes > this.most) {
      return null;
    }
    this.held += bytes;
    let open = true;
    return () => {
      this.held -= open ? bytes : 0;
      open = false;
    };
  }
}

/** Of all bodies and messages of this collector, decompressed. */
export const BODIES = new BytesInFlight(256 * 1024 * 1024);
