import { checkpointIfDue } from './checkpoint';
import { dueJobs, runJob } from './jobs';
import { vacuumGrown } from './vacuum';
import type { EmbeddedLogLine } from '../options';
import type { EngineQueue } from '../session/engineQueue';

export interface MaintenanceIntervals {
  /** How often to look whether a checkpoint is due, in ms. */
  readonly checkpointMs: number;
  /** How often to look for due policies and grown tables, in ms. */
  readonly jobsMs: number;
}

export const MAINTENANCE: MaintenanceIntervals = { checkpointMs: 1000, jobsMs: 30_000 };

/** Memory of the engine grows with its largest query and never shrinks; beyond this it is opened anew when idle. */
const MEMORY_LIMIT_BYTES = 1.5 * 1024 ** 3;
/** While clients keep the engine busy, housekeeping waits; but not for ever. */
const PATIENCE_MS = 120_000;

/** What PostgreSQL does in background processes, which the engine doesn't have. */
export class Scheduler {
  private timers: NodeJS.Timeout[] = [];
  private working: Promise<void> | null = null;
  private stopped = false;
  private lastJobs = Date.now();
  private unitsAtCheckpoint = 0;

  constructor(
    private readonly queue: EngineQueue,
    private readonly intervals: MaintenanceIntervals,
    private readonly log: (level: EmbeddedLogLine['level'], msg: string) => void
  ) {}

  start(): void {
    this.timers = [
      setInterval(() => this.work(() => this.checkpoint()), this.intervals.checkpointMs),
      setInterval(() => this.work(() => this.housekeeping()), this.intervals.jobsMs),
    ];
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach((timer) => clearInterval(timer));
    await this.working;
  }

  /** One thing at a time; a tick that finds another at work is left out. */
  private work(task: () => Promise<void>): void {
    this.working ??= task()
      .catch((error: unknown) => this.log('warn', `maintenance failed: ${String(error)}`))
      .finally(() => (this.working = null));
  }

  /** An idle database is left alone. */
  private async checkpoint(): Promise<void> {
    if (this.queue.unitsRun === this.unitsAtCheckpoint) {
      return;
    }
    this.unitsAtCheckpoint = this.queue.unitsRun;
    await checkpointIfDue(this.queue);
  }

  private async housekeeping(): Promise<void> {
    const pause = (): boolean => this.stopped || !this.queue.idle;
    if (!this.queue.idle && Date.now() - this.lastJobs < PATIENCE_MS) {
      return;
    }
    this.lastJobs = Date.now();
    for (const job of await dueJobs(this.queue)) {
      const { error } = await runJob(this.queue, job, pause);
      if (error) {
        this.log('warn', `the policy ${job.policy} (job ${job.id}) failed: ${error}`);
      }
    }
    await vacuumGrown(this.queue, pause);
    if (this.queue.memoryBytes > MEMORY_LIMIT_BYTES && this.queue.idle) {
      this.log('info', 'the engine is opened anew to give its memory back');
      await this.queue.recycle();
    }
  }
}
