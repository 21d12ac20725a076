import type { Pool } from 'pg';
import { pullAnthropic } from './anthropic';
import { pullOpenAi } from './openai';
import { type Days, dayOf, type ProviderAccess, type ReportingProvider } from './providerReport';
import { storeReport } from './store';

/** Access to the providers that are configured. */
export type ProviderAccesses = Readonly<Record<ReportingProvider, ProviderAccess | undefined>>;

const PULL = { openai: pullOpenAi, anthropic: pullAnthropic };
/** As many days as every endpoint gives in one page. */
const DAYS_AT_ONCE = 31;

/**
 * Asks a provider for its costs and usage of these days and stores them.
 *
 * @throws ProviderError when the provider doesn't answer as it should; the days before stay stored.
 */
export async function pullProvider(
  pool: Pool,
  provider: ReportingProvider,
  access: ProviderAccess,
  days: Days
): Promise<void> {
  for (let { from } = days; from < days.to;) {
    const end = dayOf(Date.parse(from) + DAYS_AT_ONCE * 86_400_000);
    const part = { from, to: end < days.to ? end : days.to };
    await storeReport(pool, provider, part, await PULL[provider](access, part));
    from = part.to;
  }
}
