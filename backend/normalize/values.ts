import type { Attributes, AttributeValue } from '../receivers/otlp/attributes';

/** Longest text that a dimension keeps; longer ones are cut (an id or name of this length is a mistake anyway). */
export const MAX_TEXT = 512;

/** Problem with one item of a request: the item is refused, the others are kept. */
export class ItemError extends Error {
  override readonly name = 'ItemError';
}

/** A value as a dimension's text: trimmed, without NUL (PostgreSQL cannot store it), undefined when empty. */
export function textOf(value: AttributeValue | undefined): string | undefined {
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
  if (trimmed === '' || trimmed === 'None' || trimmed === 'null' || trimmed === 'undefined') {
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
  if (value === undefined || value === null || value === '') {
    return null;
  }
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ItemError(`${name} must be a whole number ≥ 0, not ${String(value).slice(0, 40)}`);
  }
  return number;
}

/** The count under the first of several keys that is present. */
export function firstCount(attributes: Attributes, keys: readonly string[]): number | null {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== null && value !== '') {
      return countOf(value, key);
    }
  }
  return null;
}

/** The first item of a list of texts, or a text itself. */
export function firstOf(value: AttributeValue | undefined): string | undefined {
  return Array.isArray(value) ? textOf((value as readonly AttributeValue[])[0]) : textOf(value);
}
