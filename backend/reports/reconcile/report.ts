import type { Pool } from 'pg';
import { compareDays, type DayLine } from './compare';
import { type Days, dayOf, type ReportingProvider } from './providerReport';
import { type OurUse, percent, type TheirCost, type TheirUse, total, usd } from './sides';

/** The reply of `GET /v1/reports/reconciliation`. */
export interface Reconciliation extends Days {
  readonly time_zone: 'UTC';
  readonly currency: 'USD';
  readonly providers: ReadonlyArray<{
    readonly provider: ReportingProvider;
    /** Of the days that were pulled. */
    readonly total: {
      readonly ours: string;
      readonly theirs: string;
      readonly difference: string;
      readonly difference_percent: string | null;
    };
    readonly days: readonly DayLine[];
  }>;
  readonly notes: readonly string[];
}

const NOTES = [
  'days are those of UTC, as the providers bill; a call is of the day in which it ended, so calls around midnight may be on the other side',
  'ours is the price book applied to reported calls; theirs is before credits, taxes and committed discounts that the provider settles elsewhere',
];

/** The days `[from, to)`, at most so many. */
export function daysOf({ from, to }: Days): string[] {
  const days: string[] = [];
  for (let day = from; day < to; day = dayOf(Date.parse(day) + 86_400_000)) {
    days.push(day);
  }
  return days;
}

/** Our total against theirs, per day and model, with what explains the difference. */
export async function reconciliation(
  pool: Pool,
  days: Days,
  providers: readonly ReportingProvider[],
  now = Date.now()
): Promise<Reconciliation> {
  return {
    ...days,
    time_zone: 'UTC',
    currency: 'USD',
    providers: await Promise.all(providers.map((provider) => ofProvider(pool, days, provider, dayOf(now)))),
    notes: NOTES,
  };
}

async function ofProvider(
  pool: Pool,
  days: Days,
  provider: ReportingProvider,
  today: string
): Promise<Reconciliation['providers'][number]> {
  const range = [provider, days.from, days.to];
  const rowsOf = async <T extends object>(sql: string): Promise<T[]> => (await pool.query<T>(sql, range)).rows;
  const theirs = (table: string, columns: string) =>
    `SELECT day::text, model, ${columns} FROM public.${table} WHERE provider = $1 AND day >= $2 AND day < $3`;
  const [ours, theirCosts, theirUse, pulled] = await Promise.all([
    rowsOf<OurUse>(OURS),
    rowsOf<Omit<TheirCost, 'cost'> & { amount: string }>(theirs('provider_costs', 'amount::text')),
    rowsOf<TheirUse>(theirs('provider_usage', 'service_tier, input_tokens, output_tokens, requests')),
    rowsOf<{ day: string; pulled_at: Date }>(
      'SELECT day::text, pulled_at FROM public.provider_report_days WHERE provider = $1 AND day >= $2 AND day < $3'
    ),
  ]);
  const costs = theirCosts.map(({ amount, ...row }) => ({ ...row, cost: BigInt(amount) }));
  const known = new Map(pulled.map(({ day, pulled_at }) => [day, pulled_at]));
  const our = total(
    ours.filter(({ day }) => known.has(day)),
    ({ cost }) => cost
  );
  const their = total(costs, ({ cost }) => cost);
  return {
    provider,
    total: {
      ours: usd(our),
      theirs: usd(their),
      difference: usd(our - their),
      difference_percent: percent(our - their, their),
    },
    days: compareDays(daysOf(days), { ours, theirCosts: costs, theirUse }, known, today),
  };
}

/** From the daily rollup, which is exact; `quality` says which calls came without usage. */
const OURS = `
  SELECT (bucket AT TIME ZONE 'UTC')::date::text AS day, model, service_tier,
    sum(calls)::bigint AS calls, sum(unpriced_calls)::bigint AS unpriced_calls,
    sum(unpriced_tokens)::bigint AS unpriced_tokens,
    coalesce(sum(calls) FILTER (WHERE quality = 'no_usage'), 0)::bigint AS without_usage,
    coalesce(sum(input_tokens), 0)::bigint AS input_tokens, coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
    coalesce(sum(total_cost), 0)::bigint AS cost
  FROM public.usage_1d
  WHERE provider = $1 AND bucket >= $2::date::timestamp AT TIME ZONE 'UTC' AND bucket < $3::date::timestamp AT TIME ZONE 'UTC'
  GROUP BY 1, model, service_tier`;
