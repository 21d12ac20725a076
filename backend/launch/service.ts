import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Keeper } from './keeper';
import { LaunchError } from './launchError';
import { LogFile } from './logFile';

export interface ServiceSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logPath: string;
  /** How long it may take to end after SIGTERM, ms. */
  readonly graceMs: number;
}

/** How a child ended, for people: "ended with code 1" or "was ended by SIGKILL". */
export type Exit = string;

/**
 * A child process of `npm start`. It has a process group of its own, so that the terminal's Ctrl-C reaches it through us
 * and in our order; the keeper ends it when we are gone without having done so.
 */
export class Service {
  readonly exited: Promise<Exit>;
  private readonly listeners = new Set<(line: string) => void>();
  private readonly log: LogFile;
  private readonly child: ChildProcess;
  private ended: Exit | null = null;

  constructor(
    private readonly spec: ServiceSpec,
    keeper: Keeper
  ) {
    this.log = new LogFile(spec.logPath);
    this.child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = this.child;
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.heard(line));
    }
    this.exited = new Promise((resolve) => {
      const settle = (exit: Exit) => {
        this.ended ??= exit;
        resolve(this.ended);
      };
      this.child.once('error', (error) => settle(`could not be started (${error.message})`));
      // 'close' and not 'exit': then its last words have been read.
      this.child.once('close', (code, signal) =>
        settle(code === null ? `was ended by ${signal}` : `ended with code ${code}`)
      );
    });
    if (pid !== undefined) {
      keeper.watch(pid, spec.graceMs);
      void this.exited.then(() => keeper.forget(pid));
    }
  }

  get name(): string {
    return this.spec.name;
  }

  onLine(listener: (line: string) => void): void {
    this.listeners.add(listener);
  }

  /**
   * What `recognise` makes of the first line that it knows.
   *
   * @throws LaunchError when the child ends or `timeoutMs` passes before.
   */
  async waitForLine<T>(recognise: (line: string) => T | undefined, timeoutMs: number): Promise<T> {
    let listener: ((line: string) => void) | undefined;
    const found = new Promise<T>((resolve) => {
      listener = (line) => {
        const known = recognise(line);
        if (known !== undefined) {
          resolve(known);
        }
      };
      this.listeners.add(listener);
    });
    try {
      return await this.orFailure(found, timeoutMs);
    } finally {
      this.listeners.delete(listener!);
    }
  }

  /** Polls until `probe` is true. @throws LaunchError when the child ends or `timeoutMs` passes before. */
  async waitUntil(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const stop = new AbortController();
    const answered = (async () => {
      while (!stop.signal.aborted && !(await probe())) {
        await sleep(250);
      }
    })();
    try {
      await this.orFailure(answered, timeoutMs);
    } finally {
      stop.abort();
    }
  }

  /** The error that tells why this child isn't there any more. */
  failure(exit: Exit): LaunchError {
    const lines = this.log.lastLines().map((line) => `    ${line}`);
    const said = lines.length ? `Its last lines:\n${lines.join('\n')}` : 'It said nothing.';
    return new LaunchError(`${this.name} ${exit}. ${said}\n  The whole log: ${this.log.path}`);
  }

  /** Asks it to end, and ends it after its grace. `hurry` skips the grace. */
  async stop(hurry?: AbortSignal): Promise<void> {
    if (this.ended !== null || this.child.pid === undefined) {
      return;
    }
    this.child.kill('SIGTERM');
    const patience = new AbortController();
    const signal = hurry ? AbortSignal.any([patience.signal, hurry]) : patience.signal;
    const out = sleep(this.spec.graceMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([this.exited, out]);
    patience.abort();
    if (this.ended === null) {
      killGroup(this.child.pid);
      await this.exited;
    }
  }

  private async orFailure<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
    const patience = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: patience.signal }).then(
      () => Promise.reject(this.failure(`was not ready within ${Math.round(timeoutMs / 1000)} s`)),
      () => new Promise<never>(() => undefined)
    );
    const gone = this.exited.then((exit) => Promise.reject(this.failure(exit)));
    try {
      return await Promise.race([promise, late, gone]);
    } finally {
      patience.abort();
    }
  }

  private heard(line: string): void {
    this.log.line(line);
    for (const listener of this.listeners) {
      listener(line);
    }
  }
}

/** Ends the child and whatever it has started. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
