import path from 'node:path';
import { bootstrap } from './bootstrap';
import { DirectoryLock } from './directoryLock';
import { Engine } from './engine/engine';
import { MAINTENANCE, Scheduler } from './maintenance/scheduler';
import { OWNER, READER, type EmbeddedLogLine, type StartOrder } from './options';
import { EngineQueue } from './session/engineQueue';
import { SharedEngine } from './session/sharedEngine';
import type { User } from './wire/connection';
import { scramSecret } from './wire/scram';
import { WireServer } from './wire/server';

export interface ServerEvents {
  log(level: EmbeddedLogLine['level'], msg: string): void;
  /** The engine can't be opened any more: the process must end. */
  broken(error: Error): void;
}

const STATEMENT_TIMEOUT_MS = 15_000;
const CLIENT_PATIENCE_MS = 30_000;
const CANCEL_GRACE_MS = 300;
const CLOSE_WAIT_MS = 5000;

/** Lock, engine, queue and listener of one data directory. */
export class EmbeddedServer {
  private constructor(
    private readonly lock: DirectoryLock,
    private readonly engine: Engine,
    private readonly queue: EngineQueue,
    private readonly wire: WireServer,
    private readonly scheduler: Scheduler
  ) {}

  /** @throws DirectoryInUse, or the error of opening or listening */
  static async start(options: StartOrder['options'], events: ServerEvents): Promise<EmbeddedServer> {
    const engine = new Engine(path.join(options.dataDir, 'pgdata'));
    let lock: DirectoryLock | null = null;
    try {
      lock = await DirectoryLock.acquire(options.dataDir);
      await engine.open();
      const queue = new EngineQueue(new SharedEngine(engine, events.broken), {
        readerTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
        clientPatienceMs: options.clientPatienceMs ?? CLIENT_PATIENCE_MS,
        cancelGraceMs: CANCEL_GRACE_MS,
        log: events.log,
      });
      await bootstrap(queue);
      const users = new Map<string, User>([
        [OWNER, { access: 'owner', secret: scramSecret(options.ownerPassword) }],
        [READER, { access: 'reader', secret: scramSecret(options.readerPassword) }],
      ]);
      const { serverVersion, timescaleVersion } = engine.info;
      const wire = await WireServer.listen({ ...options, users, queue, serverVersion });
      events.log('info', `PostgreSQL ${serverVersion} with TimescaleDB ${timescaleVersion} in ${options.dataDir}`);
      const scheduler = new Scheduler(queue, { ...MAINTENANCE, ...options.maintenance }, events.log);
      scheduler.start();
      return new EmbeddedServer(lock, engine, queue, wire, scheduler);
    } catch (error) {
      await engine.close();
      lock?.release();
      throw error;
    }
  }

  get port(): number {
    return this.wire.port;
  }

  /** Ends clients (after `graceMs` at most, when they have not ended by themselves), writes a checkpoint, unlocks. */
  async close(graceMs: number): Promise<void> {
    this.lock.markClosing();
    this.wire.stopListening();
    const patience = Date.now() + graceMs;
    while (this.wire.clients > 0 && Date.now() < patience) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.scheduler.stop();
    await this.queue.drain(CLOSE_WAIT_MS);
    this.wire.endClients();
    await this.engine.close();
    this.lock.release();
  }
}
