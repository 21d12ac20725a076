import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { repeat, type Repeated, type Running } from '../repeating';
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

/** What budgets need to have done from time to time. Every replica may run it. */
export function startBudgetJobs({ pool, log, webhookSecret }: BudgetJobOptions): Running {
  const jobs: Repeated[] = [
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
