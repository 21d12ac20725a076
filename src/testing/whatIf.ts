import type { Amounts, Line, WhatIf } from '../pages/WhatIf/scenario';

const amounts = (base: string, scenario: string, difference: string): Amounts => ({
  base,
  scenario,
  difference,
  low: Number(scenario) * 0.9,
  high: Number(scenario) * 1.1,
});

const LINE: Line = {
  tenant: 'acme',
  feature: 'chat',
  operation: 'chat',
  provider: 'openai',
  model: 'gpt-4.1',
  calls: '200',
  tokens: { input: '3000000', cache_read: '0', cache_write: '0', output: '200000' },
  cost: '38',
  base_cost: '14',
  steps: ['calls × 2', 'input tokens × 1.5'],
  step_costs: ['28', '38'],
  at_base_rates: [{ what: 'input', tokens: '3000000', rate: '10', usd: '30' }],
};

/** Twice the calls and larger prompts of one feature; another stays as it is. */
export const whatIfOf = (more: Partial<WhatIf> = {}): WhatIf => ({
  from: '2026-10-01T00:00:00.000Z',
  to: '2026-10-31T00:00:00.000Z',
  days: 30,
  period: amounts('20', '44', '24'),
  month: amounts('20.29', '44.64', '24.35'),
  year: amounts('243.5', '535.69', '292.19'),
  budgets: [{ name: 'All of acme', tenant: 'acme', period: 'month', limit: '40', scenario: '44.64', ratio: 1.116 }],
  lines: [
    LINE,
    { ...LINE, feature: 'search', cost: '6', base_cost: '6', steps: [], step_costs: [], at_base_rates: [] },
  ],
  unpriced: 0,
  ...more,
});
