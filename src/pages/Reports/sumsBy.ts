import { sumOf } from '../shared/decimal';
import type { StatementSum } from './chargeback';

/** What a statement's sums know of whom they charge. */
export const SUBJECTS = { tenant: 'Tenant', team: 'Team', cost_center: 'Cost center' } as const;
type Subject = keyof typeof SUBJECTS;

/** By what the sums can be told: teams of one name in two tenants are two teams. */
export const SUMS_BY = {
  all: { label: 'All', of: ['tenant', 'team', 'cost_center'] },
  team: { label: 'Team', of: ['tenant', 'team'] },
  cost_center: { label: 'Cost center', of: ['tenant', 'cost_center'] },
  tenant: { label: 'Tenant', of: ['tenant'] },
} as const satisfies Record<string, { label: string; of: readonly Subject[] }>;
export type SumsBy = keyof typeof SUMS_BY;

export const isSumsBy = (text: string | null): text is SumsBy => text !== null && Object.hasOwn(SUMS_BY, text);

export const SUMS_BY_OPTIONS = Object.entries(SUMS_BY).map(([value, { label }]) => ({ value: value as SumsBy, label }));

/** What those of one kind are charged, exactly; decimal text in the statement's currency. */
export interface SumBy {
  /** In the order of the kind's columns. */
  readonly who: ReadonlyArray<string | null>;
  readonly amount: string;
}

/** The sums by team, cost center or tenant, largest first: the same total, to the last digit. */
export function sumsBy(sums: readonly StatementSum[], by: SumsBy): SumBy[] {
  const groups = new Map<string, { who: Array<string | null>; amounts: string[] }>();
  for (const sum of sums) {
    const who = SUMS_BY[by].of.map((name) => sum[name]);
    const key = JSON.stringify(who);
    groups.set(key, { who, amounts: [...(groups.get(key)?.amounts ?? []), sum.amount] });
  }
  return [...groups.values()]
    .map(({ who, amounts }) => ({ who, amount: sumOf(amounts) }))
    .sort((a, b) => Number(b.amount) - Number(a.amount));
}
