import fs from 'node:fs/promises';
import path from 'node:path';
import { decodeRecord, encodeRecord } from './record';

export interface SpoolOptions {
  readonly dir: string;
  /** Most bytes on disk; beyond it `append` refuses. */
  readonly maxBytes: number;
  /** A file is closed at about this size, and removed once all of it is drained. */
  readonly fileBytes?: number;
}

/** The spool has no room; nothing was taken. */
export class SpoolFull extends Error {
  override name = 'SpoolFull';

  constructor(readonly maxBytes: number) {
    super(`the local spool holds its limit of ${maxBytes} bytes`);
  }
}

interface SpoolFile {
  readonly number: number;
  bytes: number;
}

const NAME = /^(\d{12})\.spool$/;
const POSITION = 'position.json';

/**
 * A queue on disk for what the database can't take now: bounded, in order, and safe against `kill -9` and power loss.
 * `append` resolves after the bytes are synced to the disk. A record that was cut off by a crash was never acknowledged
 * and is dropped at the next start. What was drained is forgotten only after its consumer said so, so that a crash in
 * between delivers a record twice, never not at all: consumers must be idempotent.
 */
export class Spool<Value> {
  private handle: fs.FileHandle | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: Required<SpoolOptions>,
    private readonly files: SpoolFile[],
    private position: { file: number; offset: number }
  ) {}

  /** Opens the folder, made if it is missing, and finds again what was not drained. */
  static async open<Value>(options: SpoolOptions): Promise<Spool<Value>> {
    const { dir } = options;
    await fs.mkdir(dir, { recursive: true, mode: 0o700 });
    const numbers = (await fs.readdir(dir)).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    const position = await readPosition(dir);
    const files: SpoolFile[] = [];
    for (const number of numbers.sort((a, b) => a - b)) {
      const file = path.join(dir, fileName(number));
      if (number < position.file) {
        await fs.rm(file);
      } else {
        files.push({ number, bytes: await cutTornTail(file) });
      }
    }
    return new Spool({ fileBytes: 16 * 1024 * 1024, ...options }, files, position);
  }

  /** Bytes on disk that are not drained. */
  get bytes(): number {
    return this.files.reduce((sum, { bytes }) => sum + bytes, 0) - (this.files[0] ? this.drainedOf(this.files[0]) : 0);
  }

  get empty(): boolean {
    return this.bytes === 0;
  }

  /**
   * Adds a value at the end; durable once it resolves.
   *
   * @throws SpoolFull when there is no room, the file system's errors otherwise; the value was not taken then.
   */
  append(value: Value): Promise<void> {
    return this.exclusive(async () => {
      const record = encodeRecord(value);
      if (this.bytes + record.length > this.options.maxBytes) {
        throw new SpoolFull(this.options.maxBytes);
      }
      const file = await this.writable();
      try {
        await this.handle!.write(record, 0, record.length, file.bytes);
        await this.handle!.datasync();
      } catch (error) {
        // What was written in part must not be in the way of the next record.
        await this.handle!.truncate(file.bytes).catch(() => undefined);
        throw error;
      }
      file.bytes += record.length;
    });
  }

  /**
   * Hands the values that wait to `consume`, the oldest first, until none is left or `consume` throws; a value stays
   * until `consume` has resolved for it.
   *
   * @returns how many values were consumed.
   */
  async drain(consume: (value: Value) => Promise<void>): Promise<number> {
    let count = 0;
    for (let file = this.files[0]; file; file = this.files[0]) {
      const content = await fs.readFile(path.join(this.options.dir, fileName(file.number)));
      const before = this.drainedOf(file);
      let offset = before;
      for (let record = decodeRecord(content, offset); record; record = decodeRecord(content, offset)) {
        await consume(record.value as Value);
        offset = record.next;
        count++;
        await this.remember({ file: file.number, offset });
      }
      // When more was added since the file was read, the next turn takes it.
      if (!(await this.dropIfDone(file, offset)) && offset === before) {
        throw new Error(`${fileName(file.number)} in the spool is damaged at byte ${offset}`);
      }
    }
    return count;
  }

  async close(): Promise<void> {
    await this.exclusive(async () => {
      await this.handle?.close();
      this.handle = null;
    });
  }

  private drainedOf({ number }: SpoolFile): number {
    return number === this.position.file ? this.position.offset : 0;
  }

  /** One at a time: appends and removals must not meet in one file. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work, work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async writable(): Promise<SpoolFile> {
    const last = this.files.at(-1);
    if (this.handle && last && last.bytes < this.options.fileBytes) {
      return last;
    }
    await this.handle?.close();
    const number = Math.max(last?.number ?? 0, this.position.file) + 1;
    this.handle = await fs.open(path.join(this.options.dir, fileName(number)), 'wx', 0o600);
    await syncFolder(this.options.dir);
    const file = { number, bytes: 0 };
    this.files.push(file);
    return file;
  }

  private async remember(position: { file: number; offset: number }): Promise<void> {
    const file = path.join(this.options.dir, POSITION);
    // Not synced: an older position only delivers again what the consumer takes once.
    await fs.writeFile(`${file}.new`, JSON.stringify(position), { mode: 0o600 });
    await fs.rename(`${file}.new`, file);
    this.position = position;
  }

  private dropIfDone(file: SpoolFile, offset: number): Promise<boolean> {
    return this.exclusive(async () => {
      if (offset < file.bytes) {
        return false;
      }
      if (this.files.at(-1) === file) {
        await this.handle?.close();
        this.handle = null;
      }
      this.files.shift();
      await this.remember({ file: file.number + 1, offset: 0 });
      await fs.rm(path.join(this.options.dir, fileName(file.number)));
      return true;
    });
  }
}

const fileName = (number: number): string => `${String(number).padStart(12, '0')}.spool`;

async function readPosition(dir: string): Promise<{ file: number; offset: number }> {
  try {
    const { file, offset } = JSON.parse(await fs.readFile(path.join(dir, POSITION), 'utf8')) as Record<string, number>;
    return { file: file ?? 0, offset: offset ?? 0 };
  } catch {
    // Missing or torn: begin at the oldest file; its consumer takes again what it has.
    return { file: 0, offset: 0 };
  }
}

/** Removes the bytes after the last whole record; the size that is left. */
async function cutTornTail(file: string): Promise<number> {
  const content = await fs.readFile(file);
  let offset = 0;
  for (let record = decodeRecord(content, 0); record; record = decodeRecord(content, offset)) {
    offset = record.next;
  }
  if (offset < content.length) {
    await fs.truncate(file, offset);
  }
  return offset;
}

/** A new file's name is durable only after its folder is synced. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await fs.open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
