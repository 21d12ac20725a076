import { Attributes } from './attributes';
import { readAttribute } from './anyValue';
import type { Origin } from './decoded';
import { KeyTable } from './keyTable';
import { Reader } from './reader';
import { notice, type Unread } from './unreadable';

/** Shared by all requests: keys repeat for as long as a client lives. Bounded, see {@link KeyTable}. */
const keys = new KeyTable();

/** What a signal adds to the envelope that all three share: the name for errors, and how one record is read. */
export interface Signal<Record> {
  readonly request: string;
  readonly record: string;
  read(reader: Reader, end: number, keys: KeyTable): Record;
}

/**
 * Export*ServiceRequest { 1 resource_* { 1 resource { 1 attributes }, 2 scope_* { 1 scope { 1 name, 2 version,
 * 3 attributes }, 2 records } } }: the same shape for traces, logs and metrics.
 * @param unread takes records that can't be read; null: one refuses the request
 * @throws FormatError
 */
export function readEnvelope<Record>(
  bytes: Uint8Array,
  signal: Signal<Record>,
  unread: Unread = null
): Array<{ origin: Origin; records: Record[] }> {
  const reader = new Reader(bytes);
  const end = reader.size;
  const out: Array<{ origin: Origin; records: Record[] }> = [];
  reader.where = signal.request;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      readResource(reader, reader.end(end), signal, unread, out);
      reader.where = signal.request;
    } else {
      reader.skip(tag, end);
    }
  }
  return out;
}

function readResource<Record>(
  reader: Reader,
  end: number,
  signal: Signal<Record>,
  unread: Unread,
  out: Array<{ origin: Origin; records: Record[] }>
): void {
  const resource = new Attributes();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      reader.where = 'Resource';
      readAttributeList(reader, reader.end(end), resource);
    } else if (tag === 18) {
      out.push(readScope(reader, reader.end(end), signal, unread, resource));
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}

/** A message whose field 1 is a list of attributes (Resource). */
function readAttributeList(reader: Reader, end: number, into: Attributes): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      readAttribute(reader, end, keys, into);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}

function readScope<Record>(
  reader: Reader,
  end: number,
  signal: Signal<Record>,
  unread: Unread,
  resource: Attributes
): { origin: Origin; records: Record[] } {
  const origin = { resource, scopeName: '', scopeVersion: '', scopeAttributes: new Attributes() };
  const scope = { origin, records: [], recordEnd: 0 };
  while (reader.position < end) {
    try {
      readFields(reader, end, signal, scope);
    } catch (error) {
      // A record is as long as its length says, whatever is in it: what is behind it can be found.
      if (scope.recordEnd === 0) {
        throw error;
      }
      notice(unread, `${signal.record} before byte ${scope.recordEnd}`, error);
      reader.position = scope.recordEnd;
    }
  }
  reader.close(end);
  return scope;
}

interface ScopeRecords<Record> {
  readonly origin: Origin & { scopeName: string; scopeVersion: string };
  readonly records: Record[];
  /** Where the record ends that is being read; 0 between records. */
  recordEnd: number;
}

function readFields<Record>(reader: Reader, end: number, signal: Signal<Record>, scope: ScopeRecords<Record>): void {
  const { origin, records } = scope;
  while (reader.position < end) {
    scope.recordEnd = 0;
    const tag = reader.tag();
    if (tag === 10) {
      reader.where = 'InstrumentationScope';
      readScopeHead(reader, reader.end(end), origin);
    } else if (tag === 18) {
      reader.where = signal.record;
      scope.recordEnd = reader.end(end);
      records.push(signal.read(reader, scope.recordEnd, keys));
    } else {
      reader.skip(tag, end);
    }
  }
}

function readScopeHead(
  reader: Reader,
  end: number,
  origin: { scopeName: string; scopeVersion: string; scopeAttributes: Attributes }
): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      origin.scopeName = reader.text(end);
    } else if (tag === 18) {
      origin.scopeVersion = reader.text(end);
    } else if (tag === 26) {
      readAttribute(reader, end, keys, origin.scopeAttributes);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}
