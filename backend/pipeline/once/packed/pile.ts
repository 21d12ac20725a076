import { PackReader, PackWriter } from './bytes';

/** Records in one block. */
const SIZE = 2048;
/** In place of a removed record's offset. */
const GONE = 0xffffffff;
/** A block of which so much was taken out again is worth less than its room. */
const MOSTLY = 0.75;

class Block<Shared> {
  /** Until the block is full. */
  writer: PackWriter | null = new PackWriter();
  bytes: Buffer = Buffer.alloc(0);
  words: readonly string[] = this.writer!.words;
  readonly offsets = new Uint32Array(SIZE).fill(GONE);
  readonly times = new Float64Array(SIZE);
  count = 0;
  live = 0;
  taken = 0;

  constructor(readonly shared: Shared) {}

  close(): void {
    if (this.writer) {
      this.bytes = this.writer.take();
      this.writer = null;
    }
  }
}

/**
 * Records as bytes, in blocks, in the order in which they came; each has a number that only grows. A block goes when its
 * last record has gone: what is remembered of a hundred thousand calls is a few dozen objects.
 */
export class Pile<Shared> {
  /** By their numbers from {@link first} on. */
  #blocks: Array<Block<Shared> | null> = [];
  /** The number of the first block. */
  #firstBlock = 0;
  #next = 0;
  #oldest = 0;
  readonly #sparse = new Set<Block<Shared>>();
  #size = 0;

  /** @param makeShared what the records of one block have in common */
  constructor(private readonly makeShared: () => Shared) {}

  /** Records. */
  get size(): number {
    return this.#size;
  }

  /** @param time µs since 1970, see {@link timeOf} */
  add(time: number, write: (writer: PackWriter, shared: Shared) => void): number {
    const entry = this.#next;
    const at = entry % SIZE;
    const block = at === 0 ? this.#newBlock() : this.#blocks.at(-1)!;
    const { writer } = block;
    block.offsets[at] = writer!.position;
    block.times[at] = time;
    write(writer!, block.shared);
    block.count++;
    block.live++;
    this.#next++;
    this.#size++;
    return entry;
  }

  isAlive = (entry: number): boolean => {
    const block = this.#blockOf(entry);
    return block !== null && block.offsets[entry % SIZE] !== GONE;
  };

  /** The time that a record was given. */
  timeOf(entry: number): number {
    return this.#blockOf(entry)!.times[entry % SIZE]!;
  }

  /** A reader at the beginning of a record that is alive. */
  read(entry: number): { readonly reader: PackReader; readonly shared: Shared } {
    const { writer, bytes, words, offsets, shared } = this.#blockOf(entry)!;
    return { reader: new PackReader(writer?.bytes ?? bytes, words, offsets[entry % SIZE]!), shared };
  }

  /** @param taken it was not the oldest, but is needed otherwise */
  remove(entry: number, taken = true): void {
    const block = this.#blockOf(entry);
    if (!block || block.offsets[entry % SIZE] === GONE) {
      return;
    }
    block.offsets[entry % SIZE] = GONE;
    block.live--;
    this.#size--;
    block.taken += taken ? 1 : 0;
    if (block.count < SIZE) {
      return;
    }
    if (block.live === 0) {
      this.#blocks[Math.floor(entry / SIZE) - this.#firstBlock] = null;
      this.#dropEmpty();
    } else if (taken && block.taken >= SIZE * MOSTLY) {
      this.#sparse.add(block);
    }
  }

  /** The number of the oldest record; null when there is none. */
  get oldest(): number | null {
    if (this.#size === 0) {
      return null;
    }
    this.#oldest = Math.max(this.#oldest, this.#firstBlock * SIZE);
    while (!this.isAlive(this.#oldest)) {
      const skipped = this.#blockOf(this.#oldest) === null ? SIZE - (this.#oldest % SIZE) : 1;
      this.#oldest += skipped;
    }
    return this.#oldest;
  }

  /** Records of blocks that were mostly taken out again, each of these blocks once: the rest wants a new place. */
  takeSparse(): number[] {
    if (this.#sparse.size === 0) {
      return [];
    }
    const found = this.#blocks.flatMap((block, index) => this.#alive(block, index, this.#sparse));
    this.#sparse.clear();
    return found;
  }

  /** All records, the oldest first. */
  *all(): Iterable<number> {
    for (let entry = this.#firstBlock * SIZE; entry < this.#next; entry++) {
      if (this.isAlive(entry)) {
        yield entry;
      }
    }
  }

  #alive(block: Block<Shared> | null, index: number, among: ReadonlySet<Block<Shared>>): number[] {
    if (!block || !among.has(block)) {
      return [];
    }
    const first = (this.#firstBlock + index) * SIZE;
    return Array.from({ length: SIZE }, (_, i) => first + i).filter(this.isAlive);
  }

  #blockOf(entry: number): Block<Shared> | null {
    return this.#blocks[Math.floor(entry / SIZE) - this.#firstBlock] ?? null;
  }

  #newBlock(): Block<Shared> {
    this.#blocks.at(-1)?.close();
    this.#dropEmpty();
    const block = new Block(this.makeShared());
    this.#blocks.push(block);
    return block;
  }

  #dropEmpty(): void {
    while (this.#blocks.length > 0 && this.#isOver(this.#blocks[0]!)) {
      this.#blocks.shift();
      this.#firstBlock++;
    }
  }

  #isOver(block: Block<Shared> | null): boolean {
    return block === null || (block.live === 0 && block.count === SIZE);
  }
}
