import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Who holds a directory. */
interface Holder {
  readonly pid: number;
  /** When the process was started, as the system counts it: a pid is used again. Null where it can't be told. */
  readonly started: string | null;
  readonly parent: number;
  readonly parentStarted: string | null;
  /** Another host (or container) has pids of its own, so only the heartbeat says whether it lives. */
  readonly host: string;
  readonly id: string;
  closing: boolean;
}

export interface LockWaits {
  /** Wait for a holder that is alive and seems well, in ms. */
  readonly aliveMs: number;
  /** Wait for a holder that is about to end, in ms. */
  readonly closingMs: number;
}

const WAITS: LockWaits = { aliveMs: 2000, closingMs: 15_000 };
const POLL_MS = 100;
const HEARTBEAT_MS = 5000;
const DEAD_AFTER_MS = 20_000;

/** The directory is in use by a process that lives. */
export class DirectoryInUse extends Error {}

/** Start time of a process (Linux: field 22 of /proc/PID/stat, in clock ticks since boot). */
function startTime(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function lives(pid: number, started: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return false;
    }
  }
  return started === null || startTime(pid) === started;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isDead(holder: Holder, file: string): boolean {
  if (holder.host !== os.hostname()) {
    const beat = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - beat > DEAD_AFTER_MS;
  }
  return !lives(holder.pid, holder.started);
}

const isClosing = (holder: Holder): boolean => holder.closing || !lives(holder.parent, holder.parentStarted);

/** Removes a dead holder's file. A guard file keeps two processes from removing each other's new lock. */
function removeStale(file: string): void {
  const guard = `${file}.takeover`;
  try {
    fs.writeFileSync(guard, String(process.pid), { flag: 'wx' });
  } catch {
    const age = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > HEARTBEAT_MS) {
      fs.rmSync(guard, { force: true });
    }
    return;
  }
  try {
    const holder = readHolder(file);
    if (!holder || isDead(holder, file)) {
      fs.rmSync(file, { force: true });
    }
  } finally {
    fs.rmSync(guard, { force: true });
  }
}

/** Keeps a directory for one process: two of them on one cluster destroy it. */
export class DirectoryLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly file: string,
    private readonly holder: Holder
  ) {
    this.heartbeat = setInterval(() => {
      const now = new Date();
      fs.utimes(file, now, now, () => undefined);
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /**
   * Takes over the lock of a process that is dead; waits for one that is ending.
   * @throws DirectoryInUse naming the process and the directory
   */
  static async acquire(dir: string, waits: LockWaits = WAITS): Promise<DirectoryLock> {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file = path.join(dir, 'embedded.lock');
    const mine: Holder = {
      pid: process.pid,
      started: startTime(process.pid),
      parent: process.ppid,
      parentStarted: startTime(process.ppid),
      host: os.hostname(),
      id: randomUUID(),
      closing: false,
    };
    const begun = Date.now();
    for (;;) {
      if (tryLock(file, mine)) {
        return new DirectoryLock(file, mine);
      }
      const holder = readHolder(file);
      if (!holder || isDead(holder, file)) {
        removeStale(file);
      } else if (Date.now() - begun > (isClosing(holder) ? waits.closingMs : waits.aliveMs)) {
        const where = holder.host === os.hostname() ? '' : ` on ${holder.host}`;
        throw new DirectoryInUse(
          `the data directory ${dir} is in use by process ${holder.pid}${where}: end that process, or set another directory`
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Says that the holder is about to end, so that a successor waits for it. */
  markClosing(): void {
    this.holder.closing = true;
    const draft = `${this.file}.${this.holder.id}`;
    fs.writeFileSync(draft, JSON.stringify(this.holder));
    fs.renameSync(draft, this.file);
  }

  release(): void {
    clearInterval(this.heartbeat);
    if (readHolder(this.file)?.id === this.holder.id) {
      fs.rmSync(this.file, { force: true });
    }
  }
}

/** Creates the file with its content in one step, so that nobody reads half of it. */
function tryLock(file: string, holder: Holder): boolean {
  const draft = `${file}.${holder.id}`;
  fs.writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    return false;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}
