import type { Attributes, AttributeValue } from '../receivers/otlp/attributes';

/** Longest text that a dimension keeps; longer ones are cut (an id or name of this length is a mistake anyway). */
export const MAX_TEXT = 512;

/** Problem with one item of a request: the item is refused, the others are kept. */
export class ItemError extends Error {
  override readonly name = 'ItemError';
}

/** Texts by which clients of several languages spell "nothing". */
const NOTHING = new Set(['', 'None', 'null', 'undefined', 'nil', 'NaN']);

/** A value as a dimension's text: trimmed, without NUL (PostgreSQL cannot store it), undefined when empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return clean(value);
  }
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  return undefined;
}

function clean(text: string): string | undefined {
  const whole = text.includes('\0') ? text.replaceAll('\0', '') : text;
  const trimmed = whole.trim();
  if (trimmed.length <= 9 && NOTHING.has(trimmed)) {
    return undefined;
  }
  return trimmed.length > MAX_TEXT ? trimmed.slice(0, MAX_TEXT) : trimmed;
}

/** The text of the first of several keys that has one. */
export function firstText(attributes: Attributes, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = textOf(attributes.get(key));
    if (text !== undefined) {
      return text;
    }
  }
  return undefined;
}

/**
 * A count of tokens or units: null when the source said nothing.
 * @throws ItemError for a negative, fractional or non-numeric count.
 */
export function countOf(value: unknown, name: string): number | null {
  if (value === undefined || value === null || (typeof value === 'string' && NOTHING.has(value.trim()))) {
    return null;
  }
  const number = typeof value === 'string' ? numberIn(value) : typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ItemError(`${name} must be a whole number ≥ 0, not ${shown(value)}`);
  }
  return number;
}

/** Whole numbers as texts: `1000`, `1000.0`. Of other spellings (`0x10`, `1e3`) nobody knows whether they are meant. */
const numberIn = (text: string): number => (/^\s*\d+(?:\.0+)?\s*$/.test(text) ? Number(text) : NaN);

/** A wrong count for an error message, short. */
const shown = (value: unknown): string => (textOf(value) ?? `a value of type ${typeof value}`).slice(0, 40);

/** The count under the first of several keys that is present. */
export function firstCount(attributes: Attributes, keys: readonly string[]): number | null {
  for (const key of keys) {
    const count = countOf(attributes.get(key), key);
    if (count !== null) {
      return count;
    }
  }
  return null;
}

/** A finite number, also from a numeric string. */
export function numberOf(value: AttributeValue | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The first item of a list of texts; also of one that a client wrote as JSON, or a text itself. */
export function firstOf(value: AttributeValue | undefined): string | undefined {
  if (Array.isArray(value)) {
    return textOf((value as readonly AttributeValue[])[0]);
  }
  if (typeof value === 'string' && value.startsWith('[')) {
    const list = parseJson(value);
    return Array.isArray(list) ? textOf(list[0]) : undefined;
  }
  return textOf(value);
}

/** A JSON object as it comes out of an attribute. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Texts beyond this are not parsed: they hold content, not usage. */
const MAX_JSON = 1 << 20;

/** The object that an attribute holds: as JSON text, or as a key-value list. */
export function jsonOf(value: AttributeValue | undefined): Json | undefined {
  if (value instanceof Map) {
    return Object.fromEntries(value) as Json;
  }
  if (typeof value !== 'string' || value.charCodeAt(0) !== BRACE || value.length > MAX_JSON) {
    return undefined;
  }
  const parsed = parseJson(value);
  return isJson(parsed) ? parsed : undefined;
}

const BRACE = '{'.charCodeAt(0);

/** A nested object of a JSON object, or an empty one. */
export const child = (object: Json | undefined, key: string): Json => {
  const value = object?.[key];
  return isJson(value) ? value : {};
};

/**
 * USD as a client reports it (a float, or a decimal text), in pico-USD; null for what is no amount ≥ 0.
 * The float is the client's; rounding it to 1e-12 USD is the last thing that happens to it.
 */
export function reportedPico(value: unknown): bigint | null {
  const usd = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof usd !== 'number' || !(usd >= 0 && usd < 9e6)) {
    return null;
  }
  return BigInt(usd.toFixed(12).replace('.', ''));
}
