import fs from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandError } from '../api';

/** The bytes of a file, or of the standard input for `-`; gzip is taken off wherever it is found. */
export async function openInput(file: string, stdin: Readable = process.stdin): Promise<Peeked> {
  const raw = await peek(file === '-' ? stdin : fs.createReadStream(file), 2).catch((error: unknown) => {
    throw new CommandError(`can't read ${file}: ${(error as Error).message}`);
  });
  if (raw.head[0] !== 0x1f || raw.head[1] !== 0x8b) {
    return raw;
  }
  // The error of either side reaches whoever reads the result.
  return peek(
    pipeline(Readable.from(raw.rest), createGunzip(), () => undefined),
    1
  );
}

/** A stream whose beginning is known. */
export interface Peeked {
  readonly head: Buffer;
  /** All bytes, the head included. */
  readonly rest: AsyncIterable<Buffer>;
}

async function peek(stream: Readable, bytes: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const next = await iterator.next();
    if (next.done) {
      break;
    }
    head = Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield next.value;
    }
  }
  return { head, rest: rest() };
}

/** Longer ones are cut: the collector takes no such event, and they must not fill the memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Whether its end was left out. */
  readonly cut: boolean;
}

/** Lines that end in LF or CRLF; JSON may hold the other line separators of Unicode, which readline splits at. */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;
  const add = (part: Buffer) => {
    if (length < MAX_LINE_BYTES) {
      parts.push(part);
    }
    length += part.length;
  };
  const take = (): Line => {
    const text = Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    const line = { number: ++number, text, cut: length > MAX_LINE_BYTES };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) {
    yield take();
  }
}
