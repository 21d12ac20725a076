import type { Attributes, AttributeValue } from './attributes';
import type { KeyTable } from './keyTable';
import type { Reader } from './reader';

/** Deeper nesting than any client sends; a request that exceeds it is refused. */
export const MAX_DEPTH = 32;

/** AnyValue: 1 string, 2 bool, 3 int64, 4 double, 5 array, 6 key-value list, 7 bytes. Unknown fields are skipped. */
export function readAnyValue(reader: Reader, end: number, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) {
    reader.fail(`values are nested more than ${MAX_DEPTH} deep`);
  }
  let value: AttributeValue = null;
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 10:
        value = reader.text(end);
        break;
      case 16:
        value = reader.uint32() !== 0;
        break;
      case 24:
        value = reader.int64();
        break;
      case 33:
        value = reader.double();
        break;
      case 42:
        value = readArray(reader, reader.end(end), depth + 1);
        break;
      case 50:
        value = readMap(reader, reader.end(end), depth + 1);
        break;
      case 58:
        value = reader.blob(end);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return value;
}

function readArray(reader: Reader, end: number, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      values.push(readAnyValue(reader, reader.end(end), depth));
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
  return values;
}

function readMap(reader: Reader, end: number, depth: number): Map<string, AttributeValue> {
  const map = new Map<string, AttributeValue>();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      readPair(reader, reader.end(end), depth, map);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
  return map;
}

function readPair(reader: Reader, end: number, depth: number, into: Map<string, AttributeValue>): void {
  let key = '';
  let value: AttributeValue = null;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      key = reader.text(end);
    } else if (tag === 18) {
      value = readAnyValue(reader, reader.end(end), depth);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
  into.set(key, value);
}

/** One KeyValue (1 key, 2 value) of an attribute list. */
export function readAttribute(reader: Reader, limit: number, keys: KeyTable, into: Attributes): void {
  const end = reader.end(limit);
  const expected = keys.expected(reader, end);
  if (expected) {
    into.add(expected.text, keys.readValue(expected, reader, end));
    return;
  }
  let key = '';
  let value: AttributeValue = null;
  let known: ReturnType<KeyTable['find']> = null;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      const keyEnd = reader.end(end);
      known = keys.find(reader, reader.position, keyEnd);
      key = known ? known.text : reader.slice(reader.position, keyEnd);
      reader.position = keyEnd;
    } else if (tag === 18) {
      const valueEnd = reader.end(end);
      value = known ? keys.readValue(known, reader, valueEnd) : readAnyValue(reader, valueEnd);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
  into.add(key, value);
}
