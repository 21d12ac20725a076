import { createHash } from 'node:crypto';

const SHARDS = 64;

/**
 * Gives rows without an id one that follows from their content, so that importing a file again changes nothing. Rows
 * that say the same are told apart by their number among their equals: a file that was only added to keeps its ids, as
 * does one whose rows were put in another order.
 */
export class RowIds {
  /** How often a content was seen, by 48 bits of its hash; in parts, because one Map holds 16.7 million entries. */
  private readonly seen = Array.from({ length: SHARDS }, () => new Map<number, number>());

  /** The event itself when it has an id or is a CloudEvent, which must have one. */
  identified(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if ('specversion' in event || (event.id !== undefined && event.id !== null && event.id !== '')) {
      return event;
    }
    const { id: _, ...content } = event;
    const hash = createHash('sha256').update(canonical(content)).digest();
    const number = this.count(hash);
    return { ...content, id: `import:${hash.toString('hex', 0, 16)}:${number}` };
  }

  private count(hash: Buffer): number {
    const shard = this.seen[hash[31]! % SHARDS]!;
    const key = hash.readUIntBE(0, 6);
    const number = (shard.get(key) ?? 0) + 1;
    shard.set(key, number);
    return number;
  }
}

/** JSON with sorted keys. */
const canonical = (event: object): string =>
  JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  );
