import { isTagDimension } from '../../src/query';
import { type Budget, isCalendar } from './budget';
import { type Window, windowAt } from './window';

/** The dimensions of a call by which budgets are found. */
export interface Scoped {
  readonly tenant: string;
  readonly run_id?: string | null;
  readonly tags?: Readonly<Record<string, string>> | null;
}

interface Test {
  readonly dimension: string;
  readonly values: ReadonlySet<string>;
}

const valueOf = (call: Scoped, dimension: string): string | null => {
  const value = isTagDimension(dimension)
    ? call.tags?.[dimension.slice(5)]
    : (call as unknown as Readonly<Record<string, string | null | undefined>>)[dimension];
  return value ?? null;
};

/** A budget made ready to be asked for many calls. */
export class MatchedBudget {
  private readonly tests: readonly Test[];
  private last: Window | null = null;

  constructor(readonly budget: Budget) {
    this.tests = Object.entries(budget.scope).map(([dimension, values]) => ({ dimension, values: new Set(values) }));
  }

  /** Whether a call counts; one without a run never counts for a budget per run. */
  holds(call: Scoped): boolean {
    return (
      this.tests.every(({ dimension, values }) => values.has(valueOf(call, dimension) ?? '')) &&
      (isCalendar(this.budget.period) || Boolean(call.run_id))
    );
  }

  /** Dimensions of the scope that the call says nothing about. */
  unknown(call: Scoped): string[] {
    const unnamed = this.tests.map(({ dimension }) => dimension).filter((name) => valueOf(call, name) === null);
    return isCalendar(this.budget.period) || call.run_id ? unnamed : [...unnamed, 'run_id'];
  }

  /** The window that holds an instant (ms since 1970); null for budgets per run. */
  window(at: number): Window | null {
    const { period, time_zone: timeZone, starts_on: startsOn } = this.budget;
    if (!isCalendar(period)) {
      return null;
    }
    if (!this.last || at < this.last.start || at >= this.last.end) {
      this.last = windowAt({ period, timeZone, startsOn }, at);
    }
    return this.last;
  }
}

/** All budgets, to find those that a call counts for. */
export class BudgetIndex {
  private readonly everywhere: MatchedBudget[] = [];
  private readonly byTenant = new Map<string, MatchedBudget[]>();
  /** Names of the columns of a call that the scopes ask for. */
  readonly columns: readonly string[];

  constructor(readonly budgets: readonly Budget[]) {
    for (const budget of budgets) {
      const matched = new MatchedBudget(budget);
      if (budget.tenant === null) {
        this.everywhere.push(matched);
      } else {
        const list = this.byTenant.get(budget.tenant) ?? [];
        this.byTenant.set(budget.tenant, [...list, matched]);
      }
    }
    const scoped = budgets.flatMap(({ scope }) => Object.keys(scope)).filter((name) => !isTagDimension(name));
    this.columns = [...new Set(['tenant', 'run_id', 'tags', ...scoped])];
  }

  get empty(): boolean {
    return this.budgets.length === 0;
  }

  /** Every budget that could concern a tenant, whatever its scope. */
  ofTenant(tenant: string): MatchedBudget[] {
    const own = this.byTenant.get(tenant) ?? [];
    return this.everywhere.length === 0 ? own : [...own, ...this.everywhere];
  }

  /** The budgets that a call counts for. */
  find(call: Scoped): MatchedBudget[] {
    return this.ofTenant(call.tenant).filter((matched) => matched.holds(call));
  }
}
