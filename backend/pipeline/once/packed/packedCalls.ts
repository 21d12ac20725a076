import type { UsageEvent } from '../../../events/usageEvent';
import { SIGNALS, type ContextDimension, type Signal } from '../../../normalize/candidate';
import { isSpanEventId } from '../../../normalize/eventId';
import { FIELDS } from '../eventValues';
import { COUNTED, gatewayPool, makeSighting, serviceOf, type Sighting, type Verdict } from '../sighting';
import type { PackReader, PackWriter } from './bytes';
import { HashIndex, hashOf } from './hashIndex';
import { readEvent, readField, Templates, writeEvent, writeField } from './packedEvent';
import { Pile } from './pile';

/** A call's report with what was decided about it. */
export interface PackedCall {
  readonly sighting: Sighting;
  readonly verdict: Verdict;
  /** It was among its trace's when it was packed. */
  readonly inTrace: boolean;
}

/** What has to be known of a report to forget it. */
export interface Gone {
  readonly signal: Signal;
  /** See `serviceOf`. */
  readonly service: string | null;
  /** It meets LiteLLM's other reports too. */
  readonly pooled: boolean;
  /** µs since 1970. */
  readonly end: number;
}

const TIED = 1;
const IN_TRACE = 2;
const POOLED = 4;
const PLAIN_VERDICT = 8;
const EXPLICIT = 16;
const UNSAMPLED = 32;
const SPAN_ID = 64;

const ID = 1;

const PLACE: ReadonlyMap<keyof UsageEvent, number> = new Map(FIELDS.map((field, at) => [field, at]));

/**
 * Reports of calls that nothing has touched since they were decided, as bytes: a tenth of what they take as objects, and
 * nothing for collections of garbage to look at. They become objects again when something concerns them.
 */
export class PackedCalls {
  readonly #pile = new Pile(() => new Templates());
  readonly #ids = new HashIndex(this.#pile.isAlive);
  readonly #keys = new HashIndex(this.#pile.isAlive);

  get size(): number {
    return this.#pile.size;
  }

  /**
   * @param came when it came, µs
   * @param keys hashes of the keys under which others find it
   * @param tied forgetting it concerns other reports
   */
  add({ sighting, verdict, inTrace }: PackedCall, came: number, keys: readonly number[], tied: boolean): number {
    const flags =
      (tied ? TIED : 0) |
      (inTrace ? IN_TRACE : 0) |
      (gatewayPool(sighting) === null ? 0 : POOLED) |
      (isPlain(verdict) ? PLAIN_VERDICT : 0) |
      (sighting.explicit ? EXPLICIT : 0) |
      (sighting.unsampled ? UNSAMPLED : 0) |
      (isOfSpan(sighting) ? SPAN_ID : 0);
    const entry = this.#pile.add(came, (writer, templates) => write(sighting, verdict, flags, templates, writer));
    this.#ids.add(hashOf(ID, sighting.id), entry);
    for (const key of keys) {
      this.#keys.add(key, entry);
    }
    return entry;
  }

  /** Lets a report be found under one more key. */
  addKey(key: number, entry: number): void {
    this.#keys.add(key, entry);
  }

  /** The newest reports under a key, and, seldom, some that have another one. */
  byKey(key: number): readonly number[] {
    return this.#keys.find(key);
  }

  /** The number of the report with an id. */
  byId(id: string): number | undefined {
    return this.#ids.find(hashOf(ID, id)).find((entry) => this.read(entry).sighting.id === id);
  }

  isAlive(entry: number): boolean {
    return this.#pile.isAlive(entry);
  }

  /** When it came, µs. */
  came(entry: number): number {
    return this.#pile.timeOf(entry);
  }

  read(entry: number): PackedCall {
    const { reader, shared } = this.#pile.read(entry);
    return read(shared, reader);
  }

  /** Its way back to objects, or to be forgotten when it is the oldest. */
  remove(entry: number, taken = true): void {
    this.#pile.remove(entry, taken);
  }

  get oldest(): number | null {
    return this.#pile.oldest;
  }

  /** What forgetting it needs; null when it is tied to others and has to be looked at whole. */
  gone(entry: number): Gone | null {
    const { reader } = this.#pile.read(entry);
    const flags = reader.byte();
    return (flags & TIED) !== 0 ? null : readHead(flags, reader);
  }

  takeSparse(): number[] {
    return this.#pile.takeSparse();
  }

  all(): Iterable<number> {
    return this.#pile.all();
  }
}

const isPlain = (verdict: Verdict): boolean => verdict === COUNTED;

const isOfSpan = ({ id, event }: Sighting): boolean =>
  event.trace_id !== null && event.span_id !== null && isSpanEventId(id, event.trace_id, event.span_id);

function write(sighting: Sighting, verdict: Verdict, flags: number, templates: Templates, writer: PackWriter): void {
  writer.byte(flags);
  writer.byte(SIGNALS.indexOf(sighting.signal));
  writer.word(serviceOf(sighting));
  writer.double(sighting.end);
  writer.word(sighting.instrumentation);
  writer.number(sighting.end - sighting.start);
  writer.text(sighting.parentSpanId === '' ? null : sighting.parentSpanId);
  writer.word(sighting.weak.length === 0 ? null : sighting.weak.join());
  writer.word(sighting.bound);
  writer.varint(sighting.callIds.length);
  for (const id of sighting.callIds) {
    writer.text(id);
  }
  writeEvent(sighting.event, (flags & SPAN_ID) !== 0, templates, writer);
  if ((flags & PLAIN_VERDICT) === 0) {
    writeVerdict(verdict, writer);
  }
}

function readHead(flags: number, reader: PackReader): Gone {
  return {
    signal: SIGNALS[reader.byte()] ?? 'span',
    service: reader.word(),
    pooled: (flags & POOLED) !== 0,
    end: reader.double(),
  };
}

function read(templates: Templates, reader: PackReader): PackedCall {
  const flags = reader.byte();
  const { signal, end } = readHead(flags, reader);
  const instrumentation = reader.word() ?? '';
  const start = end - reader.number()!;
  const parentSpanId = reader.text() ?? '';
  const weak = reader.word();
  const bound = reader.word();
  const callIds = Array.from({ length: reader.varint() }, () => reader.text() ?? '');
  const event = readEvent(end, templates, reader);
  const sighting = makeSighting({
    event,
    signal,
    instrumentation,
    start,
    parentSpanId,
    explicit: (flags & EXPLICIT) !== 0,
    unsampled: (flags & UNSAMPLED) !== 0,
    weak: weak === null ? NO_DIMENSIONS : (weak.split(',') as ContextDimension[]),
    bound,
    callIds,
  });
  const verdict = (flags & PLAIN_VERDICT) === 0 ? readVerdict(reader) : COUNTED;
  return { sighting, verdict, inTrace: (flags & IN_TRACE) !== 0 };
}

const NO_DIMENSIONS: readonly ContextDimension[] = [];

function writeVerdict({ under, counted, dropped, patch }: Verdict, writer: PackWriter): void {
  writer.text(under);
  writer.byte(counted ? 1 : 0);
  writer.word(dropped);
  const fields = Object.keys(patch) as Array<keyof UsageEvent>;
  writer.varint(fields.length);
  for (const field of fields) {
    const at = PLACE.get(field)!;
    writer.byte(at);
    writeField(at, patch[field] ?? null, writer);
  }
}

function readVerdict(reader: PackReader): Verdict {
  const under = reader.text();
  const counted = reader.byte() === 1;
  const dropped = reader.word() as Verdict['dropped'];
  const patch: Record<string, unknown> = {};
  for (let left = reader.varint(); left > 0; left--) {
    const at = reader.byte();
    patch[FIELDS[at]!] = readField(at, reader);
  }
  return { under, counted, dropped, patch };
}
