import type { Context, ContextDimension, SpanLink, SpanRole } from '../../../normalize/candidate';
import type { Trace } from '../traceIndex';
import type { PackReader, PackWriter } from './bytes';
import { HashIndex, hashOf } from './hashIndex';
import { Pile } from './pile';

const ROLES: readonly SpanRole[] = ['call', 'aggregate', 'tool', 'other'];

/** A trace as it was packed. */
export interface PackedTrace {
  readonly traceId: string;
  readonly links: readonly SpanLink[];
  /** Numbers of its calls among the packed ones, in their order. */
  readonly calls: readonly number[];
}

/** Spans of traces that nothing has touched since they were decided, as bytes. */
export class PackedTraces {
  readonly #pile = new Pile(() => null);
  readonly #ids = new HashIndex(this.#pile.isAlive);

  get size(): number {
    return this.#pile.size;
  }

  /** @param calls numbers of its packed calls */
  add(trace: Trace, calls: readonly number[]): void {
    const entry = this.#pile.add(trace.touched, (writer) => write(trace, calls, writer));
    this.#ids.add(hashOf(0, trace.id), entry);
  }

  byId(traceId: string): number | undefined {
    const isIt = (entry: number): boolean => readHead(this.#pile.read(entry).reader).traceId === traceId;
    return this.#ids.find(hashOf(0, traceId)).find(isIt);
  }

  read(entry: number): PackedTrace {
    return read(this.#pile.read(entry).reader);
  }

  /** How many spans it has, and its id where one of its calls is still remembered. */
  gone(
    entry: number,
    isAlive: (call: number) => boolean
  ): { readonly size: number; readonly withCalls: string | null } {
    const { calls, size, traceId } = readHead(this.#pile.read(entry).reader);
    return { size, withCalls: calls.some(isAlive) ? traceId : null };
  }

  /** When its last span came, µs. */
  touched(entry: number): number {
    return this.#pile.timeOf(entry);
  }

  remove(entry: number, taken = true): void {
    this.#pile.remove(entry, taken);
  }

  get oldest(): number | null {
    return this.#pile.oldest;
  }

  takeSparse(): number[] {
    return this.#pile.takeSparse();
  }

  isAlive(entry: number): boolean {
    return this.#pile.isAlive(entry);
  }
}

function write(trace: Trace, calls: readonly number[], writer: PackWriter): void {
  writer.varint(calls.length);
  for (const call of calls) {
    writer.varint(call);
  }
  writer.varint(trace.links.length);
  writer.text(trace.id);
  for (const link of trace.links) {
    writeLink(link, writer);
  }
}

function writeLink({ spanId, parentSpanId, role, context, boundTenant }: SpanLink, writer: PackWriter): void {
  writer.text(spanId);
  writer.text(parentSpanId === '' ? null : parentSpanId);
  writer.byte(ROLES.indexOf(role));
  writer.word(boundTenant);
  if (context === null) {
    writer.varint(0);
    return;
  }
  const dimensions = Object.keys(context) as ContextDimension[];
  writer.varint(dimensions.length + 1);
  for (const dimension of dimensions) {
    writer.word(dimension);
    writer.text(context[dimension] ?? null);
  }
}

/** What stands before a trace's spans. */
function readHead(reader: PackReader): { calls: number[]; size: number; traceId: string } {
  const calls: number[] = [];
  for (let left = reader.varint(); left > 0; left--) {
    calls.push(reader.varint());
  }
  return { calls, size: reader.varint(), traceId: reader.text() ?? '' };
}

function read(reader: PackReader): PackedTrace {
  const { calls, size, traceId } = readHead(reader);
  const links = Array.from({ length: size }, () => readLink(traceId, reader));
  return { traceId, links, calls };
}

function readLink(traceId: string, reader: PackReader): SpanLink {
  const spanId = reader.text() ?? '';
  const parentSpanId = reader.text() ?? '';
  const role = ROLES[reader.byte()] ?? 'other';
  const boundTenant = reader.word();
  const count = reader.varint();
  const link: SpanLink = { traceId, spanId, parentSpanId, role, context: count === 0 ? null : {} };
  for (let left = count - 1; left > 0; left--) {
    (link.context as Context)[reader.word() as ContextDimension] = reader.text() ?? '';
  }
  if (boundTenant !== null) {
    link.boundTenant = boundTenant;
  }
  return link;
}
