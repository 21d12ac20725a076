import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Maintenance } from '../storage/maintenance';
import { expireApprovals } from './authorize/approvals';
import { expireReservations, pruneReservations } from './authorize/reservations';
import { projectBudgets } from '../forecast/budgets';
import { addMissingWindows } from './manage';
import { pruneSamples, sampleSpending } from './samples';
import { sendWebhooks } from './webhooks';

export interface BudgetJobOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** Signs webhooks; null: none are sent. */
  readonly webhookSecret: string | null;
}

interface Job {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/** Runs a job again and again, never twice at a time; an outage is told once. */
function repeat({ name, everyMs, run }: Job, log: Logger): Maintenance {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  async function attempt(): Promise<void> {
    try {
      await run();
      failing = false;
    } catch (error) {
      log[failing ? 'debug' : 'warn']({ err: error }, `${name} failed; it is tried again`);
      failing = true;
    }
  }

  function next(): void {
    timer = setTimeout(() => {
      round = attempt().finally(() => {
        if (!stopped) {
          next();
        }
      });
    }, everyMs);
  }

  next();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}

/** What budgets need to have done from time to time. Every replica may run it. */
export function startBudgetJobs({ pool, log, webhookSecret }: BudgetJobOptions): Maintenance {
  const jobs: Job[] = [
    {
      name: 'preparing the next windows of budgets',
      everyMs: 60_000,
      run: () => addMissingWindows(pool),
    },
    { name: 'ending the leases of reservations', everyMs: 1_000, run: () => expireReservations(pool) },
    { name: 'ending approvals that nobody decided', everyMs: 30_000, run: () => expireApprovals(pool) },
    { name: 'noting what is spent of budgets', everyMs: 20_000, run: () => sampleSpending(pool) },
    { name: 'removing old notes of what was spent', everyMs: 3_600_000, run: () => pruneSamples(pool) },
    { name: 'projecting budgets', everyMs: 60_000, run: () => projectBudgets(pool) },
    { name: 'removing old reservations', everyMs: 3_600_000, run: () => pruneReservations(pool) },
    {
      name: 'sending webhooks',
      everyMs: 1_000,
      run: () => sendWebhooks({ pool, log, secret: webhookSecret }),
    },
  ];
  const running = jobs.map((job) => repeat(job, log));
  return {
    stop: async () => {
      await Promise.all(running.map((job) => job.stop()));
    },
  };
}
