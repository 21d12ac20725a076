import type { Pool } from 'pg';
import { z } from 'zod';
import { isDecimal, picoToUsd, usdSumToPico } from '../pricing/decimal';
import { inTransaction } from '../storage/transaction';

const words = z.array(z.string().min(1).max(100)).max(100);
const MAX_TARGET = 9_000_000n;
const usd = z
  .string('must be a decimal string like "0.005"')
  .refine(
    (text) => isDecimal(text) && usdSumToPico(text) > 0n && usdSumToPico(text) < MAX_TARGET * 10n ** 12n,
    'must be USD above 0, as a decimal string like "0.005"'
  );
const decimal = z
  .string('must be a decimal string like "0.5"')
  .refine((text) => isDecimal(text.replace(/^-/, '')), 'must be a decimal string like "0.5"');

/** What a tenant calls a success, and what one may cost. `tenant` null: everybody who has no rule of their own. */
export const ruleSchema = z.strictObject({
  tenant: z.string().min(1).max(200).nullable().default(null),
  accepted_finish_reasons: words.nullable().optional().describe('Only these are a success; null: all but the rejected'),
  rejected_finish_reasons: words.optional().describe('These are none'),
  min_score: decimal.nullable().optional().describe('A score from here on is a success, below it a failure'),
  good_labels: words.optional().describe('Labels that are a success'),
  bad_labels: words.optional().describe('Labels that are a failure'),
  targets: z
    .record(z.string().max(200), usd)
    .optional()
    .describe('What a success may cost, USD, by feature; "" for all others'),
});
export type RuleInput = z.output<typeof ruleSchema>;

/** A rule as it holds. */
export interface OutcomeRule {
  readonly tenant: string | null;
  readonly accepted_finish_reasons: readonly string[] | null;
  readonly rejected_finish_reasons: readonly string[];
  readonly min_score: string | null;
  readonly good_labels: readonly string[];
  readonly bad_labels: readonly string[];
  readonly targets: Readonly<Record<string, string>>;
}

/** As finish reasons and labels are compared: small letters, _ between words. */
const plain = (list: readonly string[]): string[] => list.map((word) => word.toLowerCase().replace(/[ -]/g, '_'));

/** The rules of these tenants (null: of all), and the one for everybody. */
export async function listRules(pool: Pool, tenants: readonly string[] | null): Promise<OutcomeRule[]> {
  const mine = `tenant = '' OR $1::text[] IS NULL OR tenant = ANY ($1)`;
  const [rules, targets] = await Promise.all([
    pool.query<Omit<OutcomeRule, 'tenant' | 'targets'> & { tenant: string }>(
      `SELECT tenant, accepted_finish_reasons, rejected_finish_reasons, min_score::text, good_labels, bad_labels
       FROM public.outcome_rules WHERE ${mine} ORDER BY tenant`,
      [tenants]
    ),
    pool.query<{ tenant: string; feature: string; target: bigint }>(
      `SELECT tenant, feature, target FROM public.success_targets WHERE ${mine} ORDER BY tenant, feature`,
      [tenants]
    ),
  ]);
  return rules.rows.map((rule) => ({
    ...rule,
    tenant: rule.tenant || null,
    targets: Object.fromEntries(
      targets.rows
        .filter(({ tenant }) => tenant === rule.tenant)
        .map(({ feature, target }) => [feature, picoToUsd(target)])
    ),
  }));
}

/**
 * Sets what a rule says; what it doesn't name stays, or is as everybody's where the tenant had none. Outcomes of all calls
 * of the tenant are found anew.
 */
export async function setRule(pool: Pool, rule: RuleInput, by: string): Promise<void> {
  const tenant = rule.tenant ?? '';
  const changes: Array<[string, string, unknown]> = [
    ['accepted_finish_reasons', 'text[]', rule.accepted_finish_reasons && plain(rule.accepted_finish_reasons)],
    ['rejected_finish_reasons', 'text[]', rule.rejected_finish_reasons && plain(rule.rejected_finish_reasons)],
    ['min_score', 'numeric', rule.min_score],
    ['good_labels', 'text[]', rule.good_labels && plain(rule.good_labels)],
    ['bad_labels', 'text[]', rule.bad_labels && plain(rule.bad_labels)],
  ];
  const given = changes.filter(([, , value]) => value !== undefined);
  await inTransaction(pool, async (client) => {
    await client.query(
      `INSERT INTO public.outcome_rules SELECT $1, accepted_finish_reasons, rejected_finish_reasons, min_score, good_labels,
         bad_labels, now(), $2 FROM public.outcome_rules WHERE tenant = ''
       ON CONFLICT (tenant) DO UPDATE SET changed_at = now(), changed_by = excluded.changed_by`,
      [tenant, by]
    );
    for (const [column, type, value] of given) {
      await client.query(`UPDATE public.outcome_rules SET ${column} = $2::${type} WHERE tenant = $1`, [tenant, value]);
    }
    for (const [feature, target] of Object.entries(rule.targets ?? {})) {
      await client.query(
        `INSERT INTO public.success_targets (tenant, feature, target, changed_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, feature) DO UPDATE SET target = excluded.target, changed_at = now(),
           changed_by = excluded.changed_by`,
        [tenant, feature, usdSumToPico(target), by]
      );
    }
    if (given.length > 0) {
      await client.query(
        `INSERT INTO public.outcome_dirty (hour) SELECT DISTINCT bucket FROM public.usage_core_1h
         WHERE $1 = '' OR tenant = $1 ORDER BY bucket
         ON CONFLICT (hour) DO UPDATE SET version = excluded.version`,
        [tenant]
      );
    }
  });
}
