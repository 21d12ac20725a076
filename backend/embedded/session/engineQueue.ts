import { Notifications } from './notifications';
import { planOwnerUnit } from './ownerPlan';
import type { EngineState, Plan, Refusal } from './plan';
import { planReaderUnit } from './readOnlyGate';
import { queryText, type Session, type Unit } from './session';
import { AFTER_OPEN } from './settings';
import { EngineCrashed, EngineInterrupted, type Engine } from '../engine/engine';
import type { RunReply, RunRequest } from '../engine/runProtocol';
import { copyFail, errorResponse, query, readyForQuery, sync, type ServerError } from '../wire/messages';

export interface QueueOptions {
  /** Longest time that a reader's statement may run, in ms. */
  readonly readerTimeoutMs: number;
  /** Longest time that a transaction may wait for its client's next message, in ms: it keeps everybody waiting. */
  readonly idleTransactionMs: number;
  /** A cancelled statement may still end by itself within this time (ms); opening the engine anew takes as long. */
  readonly cancelGraceMs: number;
  log(level: 'info' | 'warn' | 'error', text: string): void;
  /** The engine can't be opened any more. */
  broken(error: Error): void;
}

interface Running {
  readonly unit: Unit;
  killed: ServerError | null;
  copying: boolean;
  timer: NodeJS.Timeout | null;
}

const UNKNOWN_OUTCOME =
  'The embedded engine was opened anew; whether the statement had already committed is not known.';

/**
 * Lets one unit at a time into the engine. A connection with an open transaction, or in the middle of a cycle, goes
 * first until it is done: everybody else waits.
 */
export class EngineQueue {
  private readonly waiting: Unit[] = [];
  private readonly notifications = new Notifications();
  private readonly state: EngineState = { resident: { epoch: 0, unnamed: null }, settings: AFTER_OPEN };
  private running: Running | null = null;
  private holder: Session | null = null;
  private idleTimer: NodeJS.Timeout | null = null;
  private restarting: Promise<void> | null = null;
  private pumping = false;
  private internal: Array<() => Promise<void>> = [];
  /** Memory of the engine at its last answer, in bytes. */
  memoryBytes = 0;

  constructor(
    private readonly engine: Engine,
    private readonly options: QueueOptions
  ) {}

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return !this.running && !this.holder && this.waiting.length === 0 && this.internal.length === 0;
  }

  submit(unit: Unit): void {
    this.waiting.push(unit);
    void this.pump();
  }

  /**
   * Runs a hidden request of the server itself when no client holds the engine.
   * @throws EngineCrashed
   */
  runInternal(request: RunRequest): Promise<RunReply> {
    return new Promise((resolve, reject) => {
      this.internal.push(async () => {
        try {
          resolve(await this.engine.run(request, { chunk: (_bytes, consumed) => consumed(), copyIn: () => undefined }));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          await this.reopen();
        }
      });
      void this.pump();
    });
  }

  /** COPY data from the client whose unit runs. */
  copyData(session: Session, bytes: Uint8Array): void {
    if (this.running?.unit.session === session && this.running.copying) {
      this.engine.sendCopyData(bytes);
      this.startIdleTimer(session);
    }
  }

  /** The client asks to stop what it runs or waits for. */
  cancel(session: Session): void {
    const error: ServerError = { code: '57014', message: 'canceling statement due to user request' };
    if (this.running?.unit.session === session) {
      this.killAfter(this.running, this.options.cancelGraceMs, error);
      return;
    }
    for (const unit of this.removeWaiting(session)) {
      this.answerError(unit, error);
    }
  }

  /** The client is gone: its transaction is rolled back, its statements and listeners are forgotten. */
  disconnect(session: Session): void {
    if (session.closed) {
      return;
    }
    session.closed = true;
    this.removeWaiting(session);
    this.notifications.forget(session);
    const running = this.running?.unit.session === session ? this.running : null;
    if (running?.copying) {
      this.engine.sendCopyData(copyFail('the client is gone'));
    } else if (running && session.access === 'reader') {
      this.killAfter(running, this.options.cancelGraceMs, { code: '57014', message: 'the client is gone' });
    }
    if (!running) {
      this.cleanUp(session);
    }
  }

  /** Opens the engine anew when nothing runs, to give its memory back. */
  async recycle(): Promise<void> {
    if (this.idle && !this.restarting) {
      await this.reopen();
    }
  }

  /** Waits for the running unit, at most `ms`, and lets nothing more in. */
  async drain(ms: number): Promise<void> {
    this.waiting.length = 0;
    const end = Date.now() + ms;
    while ((this.running || this.pumping) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (this.running) {
      this.kill(this.running, { code: '57P01', message: 'the database is shutting down', severity: 'FATAL' });
    }
    await this.restarting;
  }

  private removeWaiting(session: Session): Unit[] {
    const mine = this.waiting.filter((unit) => unit.session === session);
    const others = this.waiting.filter((unit) => unit.session !== session);
    this.waiting.splice(0, this.waiting.length, ...others);
    mine.forEach((unit) => unit.started());
    return mine;
  }

  private nextUnit(): Unit | null {
    const index = this.holder ? this.waiting.findIndex(({ session }) => session === this.holder) : 0;
    return index < 0 ? null : (this.waiting.splice(index, 1)[0] ?? null);
  }

  private async pump(): Promise<void> {
    if (this.pumping) {
      return;
    }
    this.pumping = true;
    try {
      for (;;) {
        const task = this.holder ? undefined : this.internal.shift();
        if (task) {
          await task();
          continue;
        }
        const unit = this.nextUnit();
        if (!unit) {
          return;
        }
        await this.execute(unit);
      }
    } finally {
      this.pumping = false;
    }
  }

  private async execute(unit: Unit): Promise<void> {
    const { session } = unit;
    unit.started();
    this.stopIdleTimer();
    if (session.closed) {
      return;
    }
    if (session.discarding) {
      if (unit.endsCycle) {
        session.discarding = false;
        session.sink.write(readyForQuery(session.status));
      }
      return;
    }
    const plan: Plan | Refusal =
      session.access === 'reader' ? planReaderUnit(unit, this.state) : planOwnerUnit(unit, this.state);
    if ('refusal' in plan) {
      await this.refuse(unit, plan.refusal);
    } else {
      await this.runPlan(unit, plan);
    }
    this.updateHolder(session);
    if (session.closed) {
      this.cleanUp(session);
    }
  }

  private async runPlan(unit: Unit, plan: Plan): Promise<void> {
    const { session } = unit;
    const running: Running = { unit, killed: null, copying: false, timer: null };
    this.running = running;
    this.startTimeout(running);
    try {
      const reply = await this.engine.run(plan.request, {
        chunk: (bytes, consumed) => session.sink.write(bytes, consumed),
        copyIn: () => this.beginCopy(running),
      });
      this.memoryBytes = reply.memoryBytes;
      this.endRunning(running);
      plan.settle(reply);
      await this.answer(unit, reply);
    } catch (error) {
      const killed = running.killed;
      this.endRunning(running);
      await this.interrupted(unit, killed, error);
    }
  }

  private beginCopy(running: Running): void {
    const { session } = running.unit;
    if (session.closed) {
      this.engine.sendCopyData(copyFail('the client is gone'));
    } else if (!running.copying) {
      running.copying = true;
      session.sink.copyIn();
      this.startIdleTimer(session);
    }
  }

  private endRunning(running: Running): void {
    if (running.timer) {
      clearTimeout(running.timer);
    }
    if (running.copying) {
      this.stopIdleTimer();
      running.unit.session.sink.copyEnded();
    }
    this.running = null;
  }

  private async answer(unit: Unit, reply: RunReply): Promise<void> {
    const { session } = unit;
    const reader = session.access === 'reader';
    if (reader && reply.endStatus !== 'I') {
      throw new EngineCrashed('a read-only transaction could not be rolled back');
    }
    session.status = reader ? 'I' : (reply.status ?? session.status);
    // An owner's cycle that ended by Flush, or whose Sync was swallowed by COPY, keeps its transaction.
    session.midCycle = !reader && reply.status === null;
    session.discarding = reply.failed && !unit.endsCycle;
    const ready = reader || reply.preludeFailed;
    const bytes = ready && unit.endsCycle ? Buffer.concat([reply.bytes, readyForQuery(session.status)]) : reply.bytes;
    if (bytes.length) {
      session.sink.write(bytes);
    }
    const listen = reply.tags.some((tag) => /^(UN)?LISTEN$/.test(tag))
      ? this.notifications.note(session, queryText(unit))
      : null;
    this.notifications.deliver(reply.notifications);
    if (listen) {
      await this.hidden(listen);
    }
  }

  /** Answers an error without running the unit; an open transaction fails with it, as it would in PostgreSQL. */
  private async refuse(unit: Unit, error: ServerError): Promise<void> {
    const { session } = unit;
    if (session.status === 'T') {
      await this.hidden(query('SELECT 1/0'));
      session.status = 'E';
    }
    session.discarding = !unit.endsCycle;
    this.answerError(unit, error);
  }

  private answerError(unit: Unit, error: ServerError): void {
    const ready = unit.endsCycle ? [readyForQuery(unit.session.status)] : [];
    unit.session.sink.write(Buffer.concat([errorResponse(error), ...ready]));
  }

  /** The unit was killed, or the engine broke down under it. */
  private async interrupted(unit: Unit, killed: ServerError | null, error: unknown): Promise<void> {
    const { session } = unit;
    const inTransaction = session.status !== 'I';
    if (error instanceof EngineInterrupted) {
      await this.restarting;
    } else {
      this.options.log('error', `the engine broke down and is opened anew: ${String(error)}`);
      await this.reopen();
    }
    session.midCycle = false;
    if (session.closed) {
      session.status = 'I';
      return;
    }
    if (!killed || killed.severity === 'FATAL') {
      session.status = 'I';
      const crash = {
        code: '58000',
        message: `the embedded engine failed: ${String(error)}`,
        severity: 'FATAL',
      } as const;
      session.sink.fatal(killed ?? { ...crash, detail: UNKNOWN_OUTCOME });
      return;
    }
    if (inTransaction) {
      // The transaction is gone; a failed one takes its place, so that the client's ROLLBACK finds what it expects.
      await this.hidden(query('BEGIN; SELECT 1/0'));
      session.status = 'E';
    }
    session.discarding = !unit.endsCycle;
    this.answerError(
      unit,
      session.access === 'owner' && !inTransaction ? { detail: UNKNOWN_OUTCOME, ...killed } : killed
    );
  }

  private startTimeout(running: Running): void {
    const { session } = running.unit;
    const own = Number(session.custom.get('statement_timeout') ?? session.startup.get('statement_timeout') ?? 0);
    const limit = session.access === 'reader' ? this.options.readerTimeoutMs : own;
    if (limit > 0) {
      running.timer = setTimeout(() => {
        this.kill(running, { code: '57014', message: 'canceling statement due to statement timeout' });
      }, limit);
    }
  }

  private killAfter(running: Running, ms: number, error: ServerError): void {
    setTimeout(() => this.kill(running, error), ms);
  }

  private kill(running: Running, error: ServerError): void {
    if (this.running !== running || running.killed) {
      return;
    }
    running.killed = error;
    this.options.log('warn', `the engine is opened anew: ${error.message}`);
    void this.reopen();
  }

  private reopen(): Promise<void> {
    this.restarting ??= this.restart().finally(() => (this.restarting = null));
    return this.restarting;
  }

  private async restart(): Promise<void> {
    this.state.settings = AFTER_OPEN;
    this.state.resident.epoch++;
    this.state.resident.unnamed = null;
    try {
      await this.engine.restart();
      const listen = this.notifications.listenAll();
      if (listen) {
        await this.hidden(listen);
      }
    } catch (error) {
      this.options.broken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Runs messages whose answers nobody sees. Only while no unit runs. */
  private async hidden(body: Uint8Array): Promise<void> {
    this.state.resident.unnamed = null;
    await this.engine.run(
      { body, hidden: '', copyIn: false, capture: 'never' },
      { chunk: (_bytes, consumed) => consumed(), copyIn: () => undefined }
    );
  }

  private updateHolder(session: Session): void {
    this.holder = session.holdsEngine ? session : null;
    if (this.holder && !session.closed) {
      this.startIdleTimer(session);
    }
  }

  /** What a connection that is gone leaves behind. */
  private cleanUp(session: Session): void {
    const close = session.statements.closeAll(this.state.resident);
    const rollback = session.holdsEngine ? query('ROLLBACK') : null;
    const discard = session.madeTemporary ? query('DISCARD TEMP') : null;
    const leftovers = [rollback, close, discard].filter((bytes) => bytes !== null);
    session.status = 'I';
    session.midCycle = false;
    if (leftovers.length) {
      // The Sync ends a cycle that the client left half sent.
      const body = Buffer.concat(rollback ? [sync(), ...leftovers] : leftovers);
      this.internal.unshift(async () => {
        await this.hidden(body).catch(() => this.reopen());
      });
    }
    if (this.holder === session) {
      this.holder = null;
    }
    void this.pump();
  }

  private startIdleTimer(session: Session): void {
    this.stopIdleTimer();
    this.idleTimer = setTimeout(() => {
      session.sink.fatal({
        code: '25P03',
        message: 'terminating connection due to idle-in-transaction timeout',
        hint: 'The embedded database has one session: an open transaction keeps everybody waiting.',
        severity: 'FATAL',
      });
      this.disconnect(session);
    }, this.options.idleTransactionMs);
  }

  private stopIdleTimer(): void {
    if (this.idleTimer) {
      clearTimeout(this.idleTimer);
      this.idleTimer = null;
    }
  }
}
