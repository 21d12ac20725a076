import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { type BudgetRule, budgetSchema, toRule } from './budget';
import { createBudget, deleteBudget, updateBudget } from './manage';
import { listBudgets, RULE_COLUMNS } from './store';

const BY = 'configuration file';

/**
 * The budgets of a configuration file.
 *
 * @throws Error that names the first wrong entry and what is wrong with it.
 */
export function readProvisioned(entries: readonly unknown[]): BudgetRule[] {
  const rules = entries.map((entry, index) => {
    const parsed = budgetSchema.safeParse(entry);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      throw new Error(`budgets.${[index, ...issue.path].join('.')}: ${issue.message}`);
    }
    const checked = toRule(parsed.data);
    if ('problem' in checked) {
      throw new Error(`budgets.${index}.${checked.problem}`);
    }
    return checked.rule;
  });
  const ids = rules.map(idOf);
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice >= 0) {
    throw new Error(`budgets.${twice}.name: another budget of this tenant in the file has it too`);
  }
  return rules;
}

/** A provisioned budget is known by its tenant and name: the same ones are the same budget over restarts. */
function idOf({ tenant, name }: BudgetRule): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['llmcost budget', tenant, name]))
    .digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** What a rule says, to tell whether it changed; keys of a scope have no order. */
const content = (rule: BudgetRule): string =>
  JSON.stringify([
    ...RULE_COLUMNS.filter((name) => name !== 'scope' && name !== 'amount').map((name) => rule[name]),
    String(rule.amount),
    rule.thresholds,
    Object.entries(rule.scope).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);

/**
 * Makes the provisioned budgets of the database those of the file: adds, changes and removes. What did not change keeps its
 * version.
 *
 * @returns how many budgets were added, changed and removed.
 */
export async function provisionBudgets(pool: Pool, rules: readonly BudgetRule[]): Promise<number> {
  const known = new Map(
    (await listBudgets(pool)).filter(({ origin }) => origin === 'file').map((budget) => [budget.budget_id, budget])
  );
  let changes = 0;
  for (const rule of rules) {
    const id = idOf(rule);
    const before = known.get(id);
    known.delete(id);
    if (!before) {
      await createBudget(pool, rule, BY, { origin: 'file', id });
      changes++;
    } else if (content(before) !== content(rule)) {
      await updateBudget(pool, id, { rule, by: BY, version: null, tenants: null }, 'file');
      changes++;
    }
  }
  for (const id of known.keys()) {
    await deleteBudget(pool, id, BY, null, 'file');
    changes++;
  }
  return changes;
}
