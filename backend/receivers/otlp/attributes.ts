/** A decoded AnyValue. int64 beyond 2^53 is a bigint; a key-value list is a Map. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | ReadonlyMap<string, AttributeValue>;

/** A value as one text that is the same for equal values, e.g. to tell time series apart. */
export function canonicalText(value: AttributeValue): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  return value instanceof Map
    ? `{${[...(value as ReadonlyMap<string, AttributeValue>)]
        .map(([key, item]) => `${key}=${canonicalText(item)}`)
        .sort()
        .join()}}`
    : `[${(value as readonly AttributeValue[]).map(canonicalText).join()}]`;
}

/**
 * Attributes of a span, log record, data point or resource, in the order they were sent. Two parallel arrays and a
 * linear scan: a span has some 15 attributes, keys are interned, so `get` compares pointers; a Map per span would
 * cost more to fill than all look-ups together.
 */
export class Attributes {
  readonly keys: string[] = [];
  readonly values: AttributeValue[] = [];

  get size(): number {
    return this.keys.length;
  }

  add(key: string, value: AttributeValue): void {
    this.keys.push(key);
    this.values.push(value);
  }

  /** The first value of a key, or undefined. */
  get(key: string): AttributeValue | undefined {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) {
        return this.values[i];
      }
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.keys.includes(key);
  }

  /** All of them as one text, whatever their order. */
  get canonical(): string {
    return this.keys
      .map((key, i) => `${key}=${canonicalText(this.values[i] ?? null)}`)
      .sort()
      .join('\u0001');
  }

  static of(entries: Record<string, AttributeValue>): Attributes {
    const attributes = new Attributes();
    for (const [key, value] of Object.entries(entries)) {
      attributes.add(key, value);
    }
    return attributes;
  }
}
