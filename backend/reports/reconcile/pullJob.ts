import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { repeat, type Running } from '../../repeating';
import { type Days, dayOf, REPORTING_PROVIDERS, type ReportingProvider } from './providerReport';
import { type ProviderAccesses, pullProvider } from './pull';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How often it is looked whether a bill is due. */
const ROUND_MS = 60_000;
/** Providers correct the days before: so many of the last whole days are read anew each time. */
const DAYS_BACK = 7;
/** For so long nobody else reads the same bill; longer than any pull takes. */
const LEASE_MS = 30 * 60_000;
/** A pull that failed is tried again after this, or after the interval where that is shorter. */
const AGAIN_MS = HOUR_MS;

export interface PullJobOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly access: ProviderAccesses;
  /** Between two readings of a bill, ms. */
  readonly intervalMs: number;
  readonly roundMs?: number;
}

/** The last whole days (UTC) before an instant (ms since 1970). */
export const daysBefore = (now: number): Days => ({ from: dayOf(now - DAYS_BACK * DAY_MS), to: dayOf(now) });

/**
 * Reads the providers' bills by itself, each once in an interval over all replicas. What was read is compared by
 * `GET /v1/reports/reconciliation`.
 */
export function startPullJob(options: PullJobOptions): Running {
  const { log, access, roundMs = ROUND_MS } = options;
  const providers = REPORTING_PROVIDERS.filter((provider) => access[provider]);
  const ending = new AbortController();

  async function look(): Promise<void> {
    for (const provider of providers) {
      if (!ending.signal.aborted) {
        await pullIfDue(options, provider, ending.signal);
      }
    }
  }

  const job = repeat({ name: "looking after the providers' bills", everyMs: roundMs, firstAfterMs: 0, run: look }, log);
  return {
    stop: () => {
      ending.abort();
      return job.stop();
    },
  };
}

async function pullIfDue(
  { pool, log, access, intervalMs }: PullJobOptions,
  provider: ReportingProvider,
  signal: AbortSignal
): Promise<void> {
  if (!(await claim(pool, provider))) {
    return;
  }
  const days = daysBefore(Date.now());
  try {
    await pullProvider(pool, provider, { ...access[provider]!, signal }, days);
    await settle(pool, provider, intervalMs, null);
    log.info({ provider, ...days }, "the provider's report is read");
  } catch (error) {
    if (signal.aborted) {
      // Another collector, or this one when it starts again, does it at once.
      return settle(pool, provider, 0, 'the collector that read it was stopped');
    }
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ provider, ...days, reason }, "the provider's report could not be read; it is tried again later");
    await settle(pool, provider, Math.min(AGAIN_MS, intervalMs), reason);
  }
}

/** Takes over the reading of a bill that is due. @returns false when it isn't, or another collector has it. */
async function claim(pool: Pool, provider: ReportingProvider): Promise<boolean> {
  await pool.query('INSERT INTO public.provider_pulls (provider) VALUES ($1) ON CONFLICT DO NOTHING', [provider]);
  const { rowCount } = await pool.query(
    `UPDATE public.provider_pulls SET due_at = now() + $2 * interval '1 millisecond'
     WHERE provider = $1 AND due_at <= now()`,
    [provider, LEASE_MS]
  );
  return rowCount === 1;
}

async function settle(pool: Pool, provider: ReportingProvider, nextMs: number, error: string | null): Promise<void> {
  await pool.query(
    `UPDATE public.provider_pulls SET due_at = now() + $2 * interval '1 millisecond', error = $3,
       read_at = CASE WHEN $3::text IS NULL THEN now() ELSE read_at END
     WHERE provider = $1`,
    [provider, nextMs, error]
  );
}
