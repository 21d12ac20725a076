import type { Pool } from 'pg';
import { inTransaction } from '../../storage/transaction';
import type { Days, ProviderReport } from './providerReport';

/** Puts a provider's report in the place of what was known of these days; pulling again changes nothing else. */
export async function storeReport(pool: Pool, provider: string, days: Days, report: ProviderReport): Promise<void> {
  const inDays = <T extends { readonly day: string }>(rows: readonly T[]): T[] =>
    rows.filter(({ day }) => day >= days.from && day < days.to);
  await inTransaction(pool, async (client) => {
    // Two pulls of the same days one after the other: the later one's rows stay.
    await client.query('LOCK TABLE public.provider_report_days IN SHARE ROW EXCLUSIVE MODE');
    const range = [provider, days.from, days.to];
    for (const table of ['provider_costs', 'provider_usage', 'provider_report_days']) {
      await client.query(`DELETE FROM public.${table} WHERE provider = $1 AND day >= $2 AND day < $3`, range);
    }
    await client.query(
      `INSERT INTO public.provider_report_days (provider, day)
       SELECT $1, day::date FROM generate_series($2::date, $3::date - 1, interval '1 day') AS day`,
      range
    );
    await client.query(
      `INSERT INTO public.provider_costs (provider, day, model, service_tier, line_item, amount)
       SELECT $1, * FROM jsonb_to_recordset($2)
         AS line (day date, model text, service_tier text, line_item text, amount numeric)`,
      [provider, JSON.stringify(inDays(report.costs).map((cost) => ({ ...cost, amount: cost.amount.toString() })))]
    );
    await client.query(
      `INSERT INTO public.provider_usage
         (provider, day, model, service_tier, input_tokens, cache_read_tokens, output_tokens, requests)
       SELECT $1, * FROM jsonb_to_recordset($2) AS line (day date, model text, service_tier text, input_tokens bigint,
         cache_read_tokens bigint, output_tokens bigint, requests bigint)`,
      [provider, JSON.stringify(inDays(report.usage))]
    );
  });
}
