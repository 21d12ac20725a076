/** Arguments that callers make up can't grow the table beyond this. */
const MAX = 4096;

/**
 * A function that gives the same object for the same argument again: for values that repeat in nearly every call, so that
 * what is remembered of calls shares them.
 */
export function remembering<Key extends string | number, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (known.size < MAX) {
        known.set(key, value);
      }
    }
    return value;
  };
}
