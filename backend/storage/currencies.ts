import type { Pool } from 'pg';

/** What one USD is in a currency on a day. */
export interface CurrencyRate {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** ISO 4217, e.g. `EUR` */
  readonly currency: string;
  /** Units of the currency for one USD, a decimal string. */
  readonly rate: string;
  /** Who published it. */
  readonly source: string;
}

/** Adds rates; one of the same day and currency takes the place of the former. All or none. */
export async function setRates(pool: Pool, rates: readonly CurrencyRate[], by: string): Promise<void> {
  await pool.query(
    `INSERT INTO public.currency_rates (date, currency, rate, source, set_by)
     SELECT date, currency, rate, source, $1 FROM unnest($2::date[], $3::text[], $4::numeric[], $5::text[])
       AS given (date, currency, rate, source)
     ON CONFLICT (currency, date) DO UPDATE
       SET rate = excluded.rate, source = excluded.source, set_by = excluded.set_by, set_at = now()`,
    [
      by,
      rates.map(({ date }) => date),
      rates.map(({ currency }) => currency),
      rates.map(({ rate }) => rate),
      rates.map(({ source }) => source),
    ]
  );
}

/** The rates of a currency, or of all, the newest day first. */
export async function listRates(pool: Pool, currency: string | null, limit: number): Promise<CurrencyRate[]> {
  const { rows } = await pool.query<CurrencyRate>(
    `SELECT date::text, currency, rate::text, source FROM public.currency_rates
     WHERE $1::text IS NULL OR currency = $1 ORDER BY date DESC, currency LIMIT $2`,
    [currency, limit]
  );
  return rows;
}
