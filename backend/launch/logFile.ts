import fs from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 10 * 1024 * 1024;
const TAIL = 12;

/** A child's output: kept in a file that never grows beyond twice the bound, with the last lines at hand. */
export class LogFile {
  private readonly tail: string[] = [];
  private size = 0;
  private file: number;

  /** Begins a new file; the previous one is kept as `NAME.log.1`. */
  constructor(readonly path: string) {
    fs.mkdirSync(dirname(path), { recursive: true });
    this.file = this.begin();
  }

  line(text: string): void {
    this.tail.push(text);
    if (this.tail.length > TAIL) {
      this.tail.shift();
    }
    this.size += Buffer.byteLength(text) + 1;
    if (this.size > MAX_BYTES) {
      fs.closeSync(this.file);
      this.file = this.begin();
    }
    fs.writeSync(this.file, `${text}\n`);
  }

  lastLines(): readonly string[] {
    return this.tail;
  }

  private begin(): number {
    if (fs.existsSync(this.path)) {
      fs.renameSync(this.path, `${this.path}.1`);
    }
    this.size = 0;
    // Logs may name users and addresses: nobody else's business.
    return fs.openSync(this.path, 'w', 0o600);
  }
}
