import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DirectoryInUse, DirectoryLock } from './directoryLock';

const WAITS = { aliveMs: 0, closingMs: 400 };
let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-test-'));
  file = path.join(dir, 'embedded.lock');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const startTime = (pid: number): string | null => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
};
const holder = (change: object): void =>
  fs.writeFileSync(
    file,
    JSON.stringify({
      pid: process.ppid,
      started: startTime(process.ppid),
      parent: 1,
      parentStarted: startTime(1),
      host: os.hostname(),
      id: 'other',
      closing: false,
      ...change,
    })
  );
const acquired = async (): Promise<void> => (await DirectoryLock.acquire(dir, WAITS)).release();
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

test('is made and removed, with nothing left behind', async () => {
  const lock = await DirectoryLock.acquire(path.join(dir, 'new', 'folder'), WAITS);
  expect(fs.readdirSync(path.join(dir, 'new', 'folder'))).toEqual(['embedded.lock']);
  lock.release();
  expect(fs.readdirSync(path.join(dir, 'new', 'folder'))).toEqual([]);
});

test('a live process keeps it; the error names both', async () => {
  holder({});
  await expect(acquired()).rejects.toThrow(
    new DirectoryInUse(
      `the data directory ${dir} is in use by process ${process.ppid}: end that process, or set another directory`
    )
  );
  expect(fs.readdirSync(dir)).toEqual(['embedded.lock']);
});

test.each([
  ['its process is dead', () => ({ pid: deadPid() })],
  ['its pid belongs to another process now', () => ({ started: '1' })],
  ['it is this process’s own pid, from before a restart of the container', () => ({ pid: process.pid, started: '1' })],
])('is taken over when %s', async (_why, change) => {
  holder(change());
  await acquired();
  expect(fs.readdirSync(dir)).toEqual([]);
});

test('half a file is taken over', async () => {
  fs.writeFileSync(file, '{"pid":');
  await acquired();
});

test('on another host only the heartbeat counts', async () => {
  holder({ host: 'elsewhere', pid: deadPid() });
  await expect(acquired()).rejects.toThrow(/ on elsewhere: /);
  const old = Date.now() / 1000 - 60;
  fs.utimesSync(file, old, old);
  await acquired();
});

test.each([
  ['says that it is closing', () => ({ closing: true })],
  ['has lost its parent', () => ({ parent: deadPid() })],
])('a holder that %s is waited for', async (_why, change) => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const pid = child.pid ?? 0;
  holder({ pid, started: startTime(pid), ...change() });
  const waiting = DirectoryLock.acquire(dir, { aliveMs: 0, closingMs: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGKILL');
  (await waiting).release();
});

test('of many that find a stale lock one gets it', async () => {
  holder({ pid: deadPid() });
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => DirectoryLock.acquire(dir, WAITS)));
  const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(won.length).toBe(1);
  won[0]?.release();
  expect(fs.readdirSync(dir)).toEqual([]);
});
