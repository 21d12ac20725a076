import { IANAZone } from 'luxon';
import type { Microseconds } from './instant';

/** Offsets change on quarters of an hour at the finest in every zone since 1970. */
const SLOT_MS = 15 * 60_000;
const MAX_CACHED_SLOTS = 50_000;

/** A zone's wall clock, made for many times that lie close together: the offset is looked up once per quarter hour. */
export class WallClock {
  readonly #zone: IANAZone;
  readonly #isUtc: boolean;
  readonly #offsets = new Map<number, number>();

  /** @param zone an IANA name that is known to be valid */
  constructor(zone: string) {
    this.#zone = IANAZone.create(zone);
    this.#isUtc = ['UTC', 'ETC/UTC', 'ETC/GMT', 'GMT'].includes(zone.toUpperCase());
  }

  /** Minutes since the local midnight, 0 to 1439; DST included. */
  minuteOfDay(time: Microseconds): number {
    const milliseconds = Math.floor(time / 1000);
    const local = Math.floor(milliseconds / 60_000) + (this.#isUtc ? 0 : this.#offset(milliseconds));
    return ((local % 1440) + 1440) % 1440;
  }

  #offset(milliseconds: number): number {
    const slot = Math.floor(milliseconds / SLOT_MS);
    let offset = this.#offsets.get(slot);
    if (offset === undefined) {
      offset = this.#zone.offset(slot * SLOT_MS);
      if (this.#offsets.size >= MAX_CACHED_SLOTS) {
        this.#offsets.clear();
      }
      this.#offsets.set(slot, offset);
    }
    return offset;
  }
}
