import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

/**
 * A small process that outlives us for a moment: when our end of its pipe closes — a clean end, a crash, kill -9, a
 * closed terminal — it ends the children that are still there, the last started first (keeperProcess.cjs).
 */
export interface Keeper {
  watch(pid: number, graceMs: number): void;
  forget(pid: number): void;
  /** Nothing is left to be kept. */
  close(): void;
}

export function startKeeper(): Keeper {
  const child: ChildProcess = spawn(process.execPath, [path.join(__dirname, 'keeperProcess.cjs')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const pipe = child.stdin!;
  // Without its keeper `npm start` still works; only kill -9 of it would leave children behind.
  pipe.on('error', () => undefined);
  child.on('error', () => undefined);
  child.unref();
  return {
    watch: (pid, graceMs) => void pipe.write(`watch ${pid} ${graceMs}\n`),
    forget: (pid) => void pipe.write(`forget ${pid}\n`),
    close: () => void pipe.end(),
  };
}
