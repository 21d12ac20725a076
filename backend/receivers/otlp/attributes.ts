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

  static of(entries: Record<string, AttributeValue>): Attributes {
    const attributes = new Attributes();
    for (const [key, value] of Object.entries(entries)) {
      attributes.add(key, value);
    }
    return attributes;
  }
}
