const FIRST_SIZE = 4096;
/** Room that is made, in parts of what is needed. */
const SPARE = 1.6;
/** More than this under one hash is a key that says little: only the newest are looked at. */
const MAX_FOUND = 64;
/** Of a chain so long that only a flood of one key can have made it, the rest is not looked at. */
const MAX_HOPS = 2048;

/**
 * Numbers of records by 32-bit hashes of their keys, newest first. Nothing is ever removed one by one: what is gone is
 * passed over, and left behind when room is needed. A few numbers per key in typed arrays, which no collection of garbage
 * looks at.
 */
export class HashIndex {
  #heads = new Int32Array(FIRST_SIZE);
  #hashes = new Uint32Array(FIRST_SIZE);
  #entries = new Float64Array(FIRST_SIZE);
  /** The node before with the same head. Nodes are numbered from 1; 0: there is none. */
  #before = new Int32Array(FIRST_SIZE);
  #last = 0;

  /** @param isAlive whether a record is still there */
  constructor(private readonly isAlive: (entry: number) => boolean) {}

  add(hash: number, entry: number): void {
    if (this.#last + 1 >= this.#hashes.length) {
      this.#makeRoom();
    }
    this.#put(++this.#last, hash, entry);
  }

  /** Records under a hash, the newest first, and mostly none: other keys may have the same one. */
  find(hash: number): readonly number[] {
    const wanted = hash >>> 0;
    let found: number[] | null = null;
    let node = this.#heads[wanted & (this.#heads.length - 1)]!;
    for (let hops = 0; node > 0 && hops < MAX_HOPS; hops++) {
      if (this.#hashes[node] === wanted && this.isAlive(this.#entries[node]!)) {
        found ??= [];
        found.push(this.#entries[node]!);
        if (found.length >= MAX_FOUND) {
          break;
        }
      }
      node = this.#before[node]!;
    }
    return found ?? NONE;
  }

  #put(node: number, hash: number, entry: number): void {
    const wanted = hash >>> 0;
    const head = wanted & (this.#heads.length - 1);
    this.#hashes[node] = wanted;
    this.#entries[node] = entry;
    this.#before[node] = this.#heads[head]!;
    this.#heads[head] = node;
  }

  /** Leaves out what is gone. */
  #makeRoom(): void {
    const alive: number[] = [];
    for (let node = 1; node <= this.#last; node++) {
      if (this.isAlive(this.#entries[node]!)) {
        alive.push(node);
      }
    }
    const [hashes, entries] = [this.#hashes, this.#entries];
    const size = Math.max(FIRST_SIZE, Math.ceil(alive.length * SPARE));
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(size)));
    this.#hashes = new Uint32Array(size);
    this.#entries = new Float64Array(size);
    this.#before = new Int32Array(size);
    this.#last = 0;
    for (const node of alive) {
      this.#put(++this.#last, hashes[node]!, entries[node]!);
    }
  }
}

const NONE: readonly number[] = [];

/** A text's 32-bit hash (FNV-1a). @param kind keeps keys of several kinds apart */
export function hashOf(kind: number, text: string): number {
  let hash = 0x811c9dc5 ^ kind;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
