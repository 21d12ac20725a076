/**
 * The engine in a thread of its own, because it answers synchronously: a slow query would otherwise stop the wire
 * server. While it runs, COPY data reaches it through a port that it reads by itself.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openCluster } from './cluster';
import { EngineDriver, type PostgresModule } from './driver';
import {
  COUNTER_COPY_BACKLOG,
  COUNTER_COPY_MESSAGES,
  COUNTER_UNCONSUMED,
  type CopyData,
  type FromWorker,
  type OpenOrder,
  type ToWorker,
  type WorkerOptions,
} from './runProtocol';
import { UnitRunner } from './unitRunner';
import { copyFail, message } from '../wire/messages';

const options = workerData as WorkerOptions;
const counters = new Int32Array(options.counters);
/** So much of an answer may wait for a slow client before the engine waits too. */
const UNCONSUMED_LIMIT = 16 * 1024 * 1024;
/** A thread in Atomics.wait can't be ended everywhere; it looks around this often. */
const WAIT_MS = 500;

let currentRun = 0;

function post(event: FromWorker, transfer: Array<Uint8Array<ArrayBuffer>> = []): void {
  parentPort?.postMessage(
    event,
    transfer.map((bytes) => bytes.buffer)
  );
}

function chunk(bytes: Uint8Array<ArrayBuffer>): void {
  Atomics.add(counters, COUNTER_UNCONSUMED, bytes.length);
  post({ kind: 'chunk', run: currentRun, bytes }, [bytes]);
  for (;;) {
    const unconsumed = Atomics.load(counters, COUNTER_UNCONSUMED);
    if (unconsumed <= UNCONSUMED_LIMIT) {
      return;
    }
    Atomics.wait(counters, COUNTER_UNCONSUMED, unconsumed, WAIT_MS);
  }
}

function copyData(answer: Uint8Array): Uint8Array {
  post({ kind: 'copyIn', run: currentRun, bytes: answer });
  for (;;) {
    const seen = Atomics.load(counters, COUNTER_COPY_MESSAGES);
    const data = receiveMessageOnPort(options.copyData)?.message as CopyData | undefined;
    if (!data) {
      Atomics.wait(counters, COUNTER_COPY_MESSAGES, seen, WAIT_MS);
      continue;
    }
    Atomics.sub(counters, COUNTER_COPY_BACKLOG, data.bytes.length);
    if (data.run === currentRun) {
      return data.bytes;
    }
  }
}

/** The engine may leave by an exit instead of returning. */
function close(driver: EngineDriver): void {
  try {
    driver.run(message('X'));
    driver.shutdown();
  } catch (error) {
    if ((error as { name?: string }).name !== 'ExitStatus') {
      throw error;
    }
  }
  post({ kind: 'closed' });
}

async function open({ clusterDir, wasm, syncedAt }: OpenOrder): Promise<void> {
  const { db, info } = await openCluster(clusterDir, wasm, syncedAt);
  const runner = new UnitRunner({
    chunk,
    copyData,
    copyRefused: copyFail('COPY from the client is not possible here'),
  });
  const driver = new EngineDriver(db.Module as unknown as PostgresModule, {
    output: (piece) => runner.output(piece),
    moreInput: () => runner.moreInput(),
  });
  runner.attach(driver);
  parentPort?.on('message', (received: ToWorker) => {
    if (received.kind === 'close') {
      close(driver);
    } else if (received.kind === 'run') {
      run(runner, received);
    }
  });
  post({ kind: 'ready', info });
}

function run(runner: UnitRunner, order: Extract<ToWorker, { kind: 'run' }>): void {
  currentRun = order.run;
  try {
    post({ kind: 'reply', run: currentRun, reply: runner.run(order.request) });
  } catch (error) {
    post({ kind: 'crashed', run: currentRun, message: String(error) });
  }
}

// An error of opening ends the thread, which its owner is told.
parentPort?.once('message', (order: ToWorker) => void (order.kind === 'open' && open(order)));
