import { answer, answerError, leftovers } from './answer';
import {
  CANCELLED,
  engineFailed,
  IDLE_IN_TRANSACTION,
  notUnderstood,
  SHUTTING_DOWN,
  STALLED,
  TIMED_OUT,
  UNKNOWN_OUTCOME,
} from './clientErrors';
import { planOwnerUnit } from './ownerPlan';
import { sqlOf, type Plan, type Refusal } from './plan';
import { planReaderUnit } from './readOnlyGate';
import { RunningUnit } from './runningUnit';
import type { Session, Unit } from './session';
import type { SharedEngine } from './sharedEngine';
import { EngineInterrupted } from '../engine/engine';
import type { RunReply } from '../engine/runProtocol';
import { copyFail, query, type ServerError } from '../wire/messages';

export interface QueueOptions {
  /** Longest time that a reader's statement may run, in ms. */
  readonly readerTimeoutMs: number;
  /** Longest time that the engine waits for a client that holds it, in ms: everybody else waits too. */
  readonly clientPatienceMs: number;
  /** A cancelled statement may still end by itself within this time (ms); opening the engine anew takes as long. */
  readonly cancelGraceMs: number;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

/**
 * Lets one unit at a time into the engine. A connection with an open transaction, or in the middle of a cycle, goes
 * first until it is done: everybody else waits.
 */
export class EngineQueue {
  private readonly waiting: Unit[] = [];
  private readonly internal: Array<() => Promise<void>> = [];
  private running: RunningUnit | null = null;
  private holder: Session | null = null;
  private idleTimer: NodeJS.Timeout | null = null;
  private pumping = false;
  /** Units of clients that have run so far. */
  unitsRun = 0;

  constructor(
    private readonly shared: SharedEngine,
    private readonly options: QueueOptions
  ) {}

  /** No client runs, waits, or is in a transaction. */
  get idle(): boolean {
    return !this.running && !this.holder && this.waiting.length === 0;
  }

  get memoryBytes(): number {
    return this.shared.memoryBytes;
  }

  submit(unit: Unit): void {
    this.waiting.push(unit);
    void this.pump();
  }

  /**
   * Runs SQL of the server itself, with all rights, as soon as no client holds the engine.
   * @returns the rows of all statements, as text
   * @throws Error with the server's message
   */
  runInternal(sql: string): Promise<string[][]> {
    return this.takeTurn(() => this.shared.internal(sql));
  }

  /** Opens the engine anew as soon as no client holds it, to give its memory back. */
  recycle(): Promise<void> {
    return this.takeTurn(() => this.shared.reopen());
  }

  /** COPY data from the client whose unit runs. */
  copyData(session: Session, bytes: Uint8Array): void {
    if (this.running?.unit.session === session && this.running.copying) {
      this.shared.sendCopyData(bytes);
      this.startIdleTimer(session);
    }
  }

  /** Bytes of COPY data that the engine has not read yet: the client should be slowed down. */
  get copyBacklog(): number {
    return this.shared.copyBacklog;
  }

  /** The client asks to stop what it runs or waits for. */
  cancel(session: Session): void {
    if (this.running?.unit.session === session) {
      this.running.killAfter(this.options.cancelGraceMs, CANCELLED);
      return;
    }
    for (const unit of this.removeWaiting(session)) {
      answerError(unit, CANCELLED);
    }
  }

  /** The client is gone: its transaction is rolled back, its statements and listeners are forgotten. */
  disconnect(session: Session): void {
    if (session.closed) {
      return;
    }
    session.closed = true;
    this.removeWaiting(session);
    this.shared.notifications.forget(session);
    const running = this.running?.unit.session === session ? this.running : null;
    if (running?.copying) {
      this.shared.sendCopyData(copyFail('the client is gone'));
    } else if (running && session.access === 'reader') {
      running.killAfter(this.options.cancelGraceMs, CANCELLED);
    }
    if (!running) {
      this.cleanUp(session);
    }
  }

  /** Waits for the running unit, at most `ms`, and lets nothing more in. */
  async drain(ms: number): Promise<void> {
    const end = Date.now() + ms;
    do {
      this.waiting.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    } while (this.pumping && Date.now() < end);
    this.running?.kill(SHUTTING_DOWN);
    await this.shared.whenOpen();
  }

  private takeTurn<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.internal.push(() => task().then(resolve, reject));
      void this.pump();
    });
  }

  private removeWaiting(session: Session): Unit[] {
    const mine = this.waiting.filter((unit) => unit.session === session);
    const others = this.waiting.filter((unit) => unit.session !== session);
    this.waiting.splice(0, this.waiting.length, ...others);
    mine.forEach((unit) => unit.finished());
    return mine;
  }

  private nextTurn(): (() => Promise<void>) | null {
    const task = this.holder ? undefined : this.internal.shift();
    if (task) {
      return task;
    }
    const index = this.holder ? this.waiting.findIndex(({ session }) => session === this.holder) : 0;
    const unit = index < 0 ? undefined : this.waiting.splice(index, 1)[0];
    return unit ? () => this.execute(unit).finally(() => unit.finished()) : null;
  }

  private async pump(): Promise<void> {
    if (this.pumping) {
      return;
    }
    this.pumping = true;
    for (let turn = this.nextTurn(); turn; turn = this.nextTurn()) {
      await turn();
    }
    this.pumping = false;
  }

  private async execute(received: Unit): Promise<void> {
    const { session } = received;
    if (session.closed || (session.discarding && !received.endsCycle)) {
      return;
    }
    this.stopIdleTimer();
    // After an error only the Sync of the cycle counts; the engine waits for it too.
    const unit = session.discarding ? { ...received, frames: received.frames.slice(-1) } : received;
    session.discarding = false;
    const plan = this.plan(unit);
    if ('refusal' in plan) {
      await this.refuse(unit, plan.refusal);
    } else {
      await this.run(unit, plan);
    }
    this.holder = session.holdsEngine ? session : null;
    if (session.closed) {
      this.cleanUp(session);
    } else if (this.holder) {
      this.startIdleTimer(session);
    }
  }

  private plan(unit: Unit): Plan | Refusal {
    const { state } = this.shared;
    try {
      return unit.session.access === 'reader' ? planReaderUnit(unit, state) : planOwnerUnit(unit, state);
    } catch (error) {
      return { refusal: notUnderstood(error) };
    }
  }

  private async run(unit: Unit, plan: Plan): Promise<void> {
    const running = this.startRunning(unit);
    try {
      const reply = await this.shared.run(plan.request, {
        chunk: (bytes, consumed) => running.write(bytes, consumed),
        copyIn: (answer) => this.beginCopy(running, answer),
      });
      this.unitsRun++;
      this.endRunning(running);
      plan.settle(reply);
      answer(unit, reply);
      await this.deliverNotifications(unit, reply);
    } catch (error) {
      this.endRunning(running);
      await this.interrupted(unit, running.killed, error);
    }
  }

  private startRunning(unit: Unit): RunningUnit {
    const { session } = unit;
    const running = new RunningUnit(unit, this.options.clientPatienceMs, {
      stalled: () => this.expel(session, STALLED),
      kill: (error) => {
        this.options.log('warn', `the engine is opened anew: ${error.message}`);
        void this.shared.reopen();
      },
    });
    const limit = session.access === 'reader' ? this.options.readerTimeoutMs : session.statementTimeoutMs;
    if (limit > 0) {
      running.killAfter(limit, TIMED_OUT);
    }
    this.running = running;
    return running;
  }

  private beginCopy(running: RunningUnit, answer: Uint8Array): void {
    const { session } = running.unit;
    if (session.closed) {
      this.shared.sendCopyData(copyFail('the client is gone'));
      return;
    }
    if (!running.copying) {
      running.copying = true;
      session.sink.copyIn();
      this.startIdleTimer(session);
    }
    if (answer.length) {
      session.sink.write(answer);
    }
  }

  private endRunning(running: RunningUnit): void {
    running.end();
    if (running.copying) {
      this.stopIdleTimer();
    }
    this.running = null;
  }

  private async deliverNotifications(unit: Unit, reply: RunReply): Promise<void> {
    const { notifications } = this.shared;
    const changed = reply.tags.some((tag) => tag === 'LISTEN' || tag === 'UNLISTEN');
    const listen = changed ? notifications.note(unit.session, sqlOf(unit)) : null;
    notifications.deliver(reply.notifications);
    if (listen) {
      await this.shared.hidden(listen);
    }
  }

  /** Answers an error without running the unit; an open transaction fails with it, as it would in PostgreSQL. */
  private async refuse(unit: Unit, error: ServerError): Promise<void> {
    const { session } = unit;
    if (session.status === 'T') {
      await this.shared.hidden(query('SELECT 1/0'));
      session.status = 'E';
    }
    answerError(unit, error);
  }

  /** The unit was killed, or the engine broke down under it. */
  private async interrupted(unit: Unit, killed: ServerError | null, problem: unknown): Promise<void> {
    const { session } = unit;
    const inTransaction = session.status !== 'I';
    if (problem instanceof EngineInterrupted) {
      await this.shared.whenOpen();
    } else {
      this.options.log('error', `the engine broke down and is opened anew: ${String(problem)}`);
      await this.shared.reopen();
    }
    session.midCycle = false;
    session.status = 'I';
    if (session.closed) {
      return;
    }
    if (!killed || killed.severity === 'FATAL') {
      session.sink.fatal(killed ?? engineFailed(problem));
      return;
    }
    if (inTransaction) {
      // The transaction is gone; a failed one takes its place, so that the client's ROLLBACK finds what it expects.
      await this.shared.hidden(query('BEGIN; SELECT 1/0'));
      session.status = 'E';
    }
    const uncertain = session.access === 'owner' && !inTransaction;
    answerError(unit, uncertain ? { detail: UNKNOWN_OUTCOME, ...killed } : killed);
  }

  /** What a connection that is gone leaves behind. */
  private cleanUp(session: Session): void {
    const bytes = leftovers(session, this.shared.state.resident);
    session.status = 'I';
    session.midCycle = false;
    if (this.holder === session) {
      this.stopIdleTimer();
      this.holder = null;
    }
    if (bytes) {
      this.internal.unshift(() => this.shared.hidden(bytes).catch(() => this.shared.reopen()));
    }
    void this.pump();
  }

  private startIdleTimer(session: Session): void {
    this.stopIdleTimer();
    this.idleTimer = setTimeout(() => this.expel(session, IDLE_IN_TRANSACTION), this.options.clientPatienceMs);
  }

  private expel(session: Session, error: ServerError): void {
    session.sink.fatal(error);
    this.disconnect(session);
  }

  private stopIdleTimer(): void {
    if (this.idleTimer) {
      clearTimeout(this.idleTimer);
      this.idleTimer = null;
    }
  }
}
