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
  type OpenOrder,
  type ToWorker,
  type WorkerOptions,
} from './runProtocol';

/** The worker's entry is TypeScript, which a worker can't start from: two lines of JavaScript load it. */
const BOOT = [require.resolve('tsx/cjs'), path.join(__dirname, 'worker.ts')]
  .map((file) => `require(${JSON.stringify(file)});`)
  .join('\n');

export interface WorkerEvents {
  /** What a run says. */
  received(event: FromWorker): void;
  /** It ended without being asked to. */
  lost(error: Error): void;
}

/** One thread with one engine: loaded at once, opened when asked. */
export class EngineWorker {
  private readonly counters = new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT));
  private readonly copyPort: MessagePort;
  private readonly worker: Worker;
  private events: WorkerEvents | null = null;
  private ended: Error | null = null;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.copyPort = port1;
    const workerData: WorkerOptions = { copyData: port2, counters: this.counters.buffer };
    this.worker = new Worker(BOOT, { eval: true, workerData, transferList: [port2] });
    this.worker.on('message', (event: FromWorker) => this.events?.received(event));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the engine ended')));
  }

  /** False when it ended before it was used. */
  get usable(): boolean {
    return this.ended === null;
  }

  /** @throws Error when the cluster can't be opened */
  open(order: Omit<OpenOrder, 'kind'>, events: WorkerEvents): Promise<EngineInfo> {
    return new Promise((resolve, reject) => {
      if (this.ended) {
        reject(this.ended);
        return;
      }
      this.events = {
        lost: reject,
        received: (event) => {
          if (event.kind === 'ready') {
            this.events = events;
            resolve(event.info);
          }
        },
      };
      this.post({ kind: 'open', ...order });
    });
  }

  post(order: ToWorker): void {
    this.worker.postMessage(order);
  }

  /** COPY data for a run that waits for it. */
  sendCopyData(data: CopyData): void {
    Atomics.add(this.counters, COUNTER_COPY_BACKLOG, data.bytes.length);
    this.copyPort.postMessage(data);
    Atomics.add(this.counters, COUNTER_COPY_MESSAGES, 1);
    Atomics.notify(this.counters, COUNTER_COPY_MESSAGES);
  }

  /** Bytes of COPY data that the engine has not read yet. */
  get copyBacklog(): number {
    return Atomics.load(this.counters, COUNTER_COPY_BACKLOG);
  }

  /** So many bytes of an answer have reached the client: the worker waits when too many have not. */
  consumed(bytes: number): void {
    Atomics.sub(this.counters, COUNTER_UNCONSUMED, bytes);
    Atomics.notify(this.counters, COUNTER_UNCONSUMED);
  }

  /** Writes a checkpoint and closes the cluster. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.events = { lost: () => resolve(), received: (event) => event.kind === 'closed' && resolve() };
      this.post({ kind: 'close' });
    });
    await this.terminate();
  }

  /** Ends the thread wherever it is. */
  async terminate(): Promise<void> {
    this.events = null;
    await this.worker.terminate();
  }

  private end(error: Error): void {
    this.ended ??= error;
    const { events } = this;
    this.events = null;
    events?.lost(error);
  }
}
