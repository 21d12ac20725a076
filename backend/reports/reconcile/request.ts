import { z } from 'zod';
import { REPORTING_PROVIDERS } from './providerReport';

const MOST_DAYS = 366;
const day = z.iso.date('must be a day such as 2026-01-31');

/** Which days, `[from, to)` in UTC, and whose bill; without a provider every one. */
export const reconciliationSchema = z
  .strictObject({
    from: day,
    to: day,
    provider: z.enum(REPORTING_PROVIDERS, { error: `must be one of ${REPORTING_PROVIDERS.join(', ')}` }).optional(),
  })
  .refine(({ from, to }) => from < to, 'to must be after from: it is the first day that is left out')
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MOST_DAYS * 86_400_000, `at most ${MOST_DAYS} days`);

export type ReconciliationRequest = z.infer<typeof reconciliationSchema>;
