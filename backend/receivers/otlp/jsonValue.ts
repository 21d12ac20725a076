import { Attributes, type AttributeValue } from './attributes';
import { MAX_DEPTH } from './anyValue';
import { FormatError } from './formatError';
import { notice, type Unread } from './unreadable';

/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Parses a request's text into an object.
 * @throws FormatError
 */
export function parseObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${what}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) {
    throw new FormatError(`${what}: a JSON object is expected`);
  }
  return value;
}

/** A list of objects; absent or null is an empty one. */
export function objects(parent: JsonObject, key: string, where: string): JsonObject[] {
  const value = parent[key];
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new FormatError(`${where}.${key}: a list is expected`);
  }
  return value.map((item: unknown, index) => {
    if (!isObject(item)) {
      throw new FormatError(`${where}.${key}[${index}]: an object is expected`);
    }
    return item;
  });
}

/**
 * Reads each object of a list by itself: what is wrong with one goes to `unread`, the others are kept.
 * @param size how many records an item holds that can't be read
 * @throws FormatError when the list is none, and for a wrong item where nobody takes it
 */
export function readEach<Item>(
  parent: JsonObject,
  key: string,
  where: string,
  unread: Unread,
  read: (item: JsonObject, where: string) => Item,
  size: (item: unknown) => number = () => 1
): Item[] {
  const value = parent[key] ?? [];
  if (!Array.isArray(value)) {
    throw new FormatError(`${where}.${key}: a list is expected`);
  }
  const items: Item[] = [];
  value.forEach((item: unknown, index) => {
    const place = where === 'request' ? `${key}[${index}]` : `${where}.${key}[${index}]`;
    try {
      if (!isObject(item)) {
        throw new FormatError(`${where}.${key}[${index}]: an object is expected`);
      }
      items.push(read(item, place));
    } catch (error) {
      notice(unread, place, error, size(item));
    }
  });
  return items;
}

/** A nested object; absent or null is an empty one. */
export function object(parent: JsonObject, key: string, where: string): JsonObject {
  const value = parent[key] ?? {};
  if (!isObject(value)) {
    throw new FormatError(`${where}.${key}: an object is expected`);
  }
  return value;
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const integer = (value: unknown): number => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : 0;
};

/** Doubles may be the strings "NaN", "Infinity" and "-Infinity" in protobuf's JSON mapping. */
export const double = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : 0;

const HEX = /^[0-9a-f]*$/i;

/**
 * An id: hex as OTLP/JSON wants it, or base64 as protobuf's generic JSON mapping (and some senders) gives it: told
 * apart by length. '' when it is neither.
 */
export function id(value: unknown, bytes: 8 | 16): string {
  if (typeof value !== 'string' || value === '') {
    return '';
  }
  if (value.length === bytes * 2 && HEX.test(value)) {
    return value.toLowerCase();
  }
  const decoded = Buffer.from(value, 'base64');
  return decoded.length === bytes && value.length === Math.ceil(bytes / 3) * 4 ? decoded.toString('hex') : '';
}

/** Nanoseconds (a decimal string, or a number that lost its last digits) as whole µs, floor; 0 when it is neither. */
export function micros(value: unknown): number {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) {
    return value.length > 3 ? Number(value.slice(0, -3)) : 0;
  }
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? Math.floor(value / 1000) : 0;
}

const INTEGER = /^[+-]?\d+$/;

/** intValue is a decimal string by the spec, a number from JavaScript's exporter. Unsafe integers become bigint. */
function intValue(value: unknown, where: string): number | bigint {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value === 'string' && INTEGER.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : BigInt(value);
  }
  throw new FormatError(`${where}.intValue: a whole number is expected`);
}

/** An AnyValue object; what has no known key is null. */
export function anyValue(value: unknown, where: string, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) {
    throw new FormatError(`${where}: values are nested more than ${MAX_DEPTH} deep`);
  }
  if (value === undefined || value === null) {
    return null;
  }
  if (!isObject(value)) {
    throw new FormatError(`${where}: an AnyValue object such as {"stringValue": "…"} is expected`);
  }
  if (typeof value.stringValue === 'string') {
    return value.stringValue;
  }
  if (value.intValue !== undefined) {
    return intValue(value.intValue, where);
  }
  if (value.doubleValue !== undefined) {
    return double(value.doubleValue);
  }
  if (typeof value.boolValue === 'boolean') {
    return value.boolValue;
  }
  return compoundValue(value, where, depth);
}

function compoundValue(value: JsonObject, where: string, depth: number): AttributeValue {
  if (value.arrayValue !== undefined) {
    const list = object(value, 'arrayValue', where).values ?? [];
    if (!Array.isArray(list)) {
      throw new FormatError(`${where}.arrayValue.values: a list is expected`);
    }
    return list.map((item: unknown) => anyValue(item, where, depth + 1));
  }
  if (value.kvlistValue !== undefined) {
    const pairs = objects(object(value, 'kvlistValue', where), 'values', where);
    return new Map(pairs.map((pair) => [text(pair.key), anyValue(pair.value, where, depth + 1)]));
  }
  return typeof value.bytesValue === 'string' ? new Uint8Array(Buffer.from(value.bytesValue, 'base64')) : null;
}

/** `attributes: [{key, value}]` of a parent object. */
export function attributes(parent: JsonObject, where: string): Attributes {
  const list = new Attributes();
  for (const pair of objects(parent, 'attributes', where)) {
    const key = text(pair.key);
    list.add(key, anyValue(pair.value, `${where}.attributes["${key}"]`));
  }
  return list;
}
