import type { SpanLink } from '../../normalize/candidate';
import type { Sighting } from './sighting';

/** Up to this many spans of a trace are searched one by one: a Map would cost more than the spans themselves. */
const FEW = 8;

/** A trace that may still get spans. */
export class Trace {
  #links: readonly SpanLink[] = NO_LINKS;
  #sightings: readonly Sighting[] = NO_SIGHTINGS;
  #byId: Map<string, SpanLink> | null = null;

  /** The transaction that touched it last, see `OnceMemory`. */
  turn = 0;

  /** @param touched when its last span came, µs */
  constructor(
    readonly id: string,
    public touched: number
  ) {}

  get size(): number {
    return this.#links.length;
  }

  get links(): readonly SpanLink[] {
    return this.#links;
  }

  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  link(spanId: string): SpanLink | undefined {
    if (this.#byId) {
      return this.#byId.get(spanId);
    }
    for (const link of this.#links) {
      if (link.spanId === spanId) {
        return link;
      }
    }
    return undefined;
  }

  add(link: SpanLink): void {
    this.#links = appended(this.#links, link);
    if (this.#byId) {
      this.#byId.set(link.spanId, link);
    } else if (this.#links.length > FEW) {
      this.#byId = new Map(this.#links.map((known) => [known.spanId, known]));
    }
  }

  addSighting(sighting: Sighting): void {
    this.#sightings = appended(this.#sightings, sighting);
  }

  remove(link: SpanLink): void {
    this.#links = this.#links.filter((known) => known !== link);
    this.#byId?.delete(link.spanId);
  }

  removeSighting(sighting: Sighting): void {
    this.#sightings = this.#sightings.filter((known) => known !== sighting);
  }
}

const NO_LINKS: readonly SpanLink[] = [];
const NO_SIGHTINGS: readonly Sighting[] = [];

/** Most traces have one span: a list of one is made to measure, a growing one has room to spare. */
function appended<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) {
    return [item];
  }
  (list as T[]).push(item);
  return list;
}
