import { getFromCollector, sendToCollector } from '../../collector/client';

/** What is changed about some of the work; numbers are decimal text. There is more in `where` than the form shows. */
export interface Change {
  where: { feature?: string[]; model?: string[]; provider?: string[]; operation?: string[] };
  calls?: string;
  input_tokens?: string;
  output_tokens?: string;
  cache_hit_ratio?: string;
  price?: string;
  model?: { provider: string; model: string; share: string };
}

/** A feature that is not there yet. */
export interface Planned {
  feature: string;
  provider: string;
  model: string;
  calls_per_day: number;
  input_tokens: number;
  output_tokens: number;
  cache_hit_ratio: string;
}

export interface Scenario {
  tenant?: string;
  /** How many of the last whole days are the base, 30 when it isn't said; not beside `from`. */
  days?: number;
  /** First day of the base and first one that is left out. */
  from?: string;
  to?: string;
  changes: Change[];
  planned: Planned[];
}

/** USD; `low` and `high` are where four of five such periods end. */
export interface Amounts {
  base: string;
  scenario: string;
  difference: string;
  low: number;
  high: number;
}

/** What a stretch of the work would be and cost. */
export interface Line {
  tenant: string;
  feature: string | null;
  operation: string | null;
  provider: string | null;
  model: string | null;
  calls: string;
  tokens: Record<string, string>;
  /** Null where no price is known. */
  cost: string | null;
  /** Of the work before any step; null for planned features. */
  base_cost: string | null;
  steps: string[];
  /** What it costs after each step; null between steps that are priced together. */
  step_costs: Array<string | null>;
  at_base_rates: Array<{ what: string; tokens: string; rate: string; usd: string }>;
}

export interface WhatIf {
  from: string;
  to: string;
  days: number;
  period: Amounts;
  month: Amounts;
  year: Amounts;
  budgets: Array<{
    name: string;
    tenant: string | null;
    period: 'month' | 'year';
    limit: string;
    scenario: string;
    ratio: number;
  }>;
  lines: Line[];
  unpriced: number;
}

export interface Saved {
  scenario_id: string;
  name: string;
  tenant: string | null;
  scenario: Scenario;
  created_at: string;
  created_by: string;
}

/** What may remove saved scenarios; plugin.json grants it to editors. */
export const REMOVE_SCENARIOS = 'llmcost-app.budgets:write';

const SAVED = 'api/what-if/scenarios';

export const calculate = (scenario: Scenario): Promise<WhatIf> => sendToCollector('POST', 'api/what-if', scenario);
export const save = (name: string, scenario: Scenario): Promise<{ scenario_id: string }> =>
  sendToCollector('POST', SAVED, { name, scenario });
export const listSaved = async (): Promise<Saved[]> =>
  (await getFromCollector<{ scenarios: Saved[] }>(SAVED)).scenarios;
export const openSaved = (id: string): Promise<Saved & { result: WhatIf }> =>
  getFromCollector(`${SAVED}/${encodeURIComponent(id)}`);
export const removeSaved = (id: string): Promise<void> =>
  sendToCollector('DELETE', `${SAVED}/${encodeURIComponent(id)}`);

const EMPTY: Scenario = { changes: [], planned: [] };

/** The scenario of an address; an empty one where there is none, or none that can be read. */
export function readScenario(search: URLSearchParams): Scenario {
  try {
    const read = JSON.parse(search.get('scenario') ?? '{}') as Partial<Scenario>;
    const list = <T>(value: T[] | undefined): T[] => (Array.isArray(value) ? value : []);
    return {
      ...EMPTY,
      ...read,
      changes: list(read.changes).map((change) => ({ ...change, where: change.where ?? {} })),
      planned: list(read.planned),
    };
  } catch {
    return EMPTY;
  }
}

/** Writes a scenario into an address, whose other parts stay. */
export function writeScenario(search: URLSearchParams, scenario: Scenario): URLSearchParams {
  const after = new URLSearchParams(search);
  after.delete('tab');
  after.set('scenario', JSON.stringify(scenario));
  return after;
}
