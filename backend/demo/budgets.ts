import type { BudgetInput } from '../budgets/budget';

/** Budgets of the demo's companies: of an organisation per month and per week, of an agent per day, of a pipeline per run. */
export const DEMO_BUDGETS: readonly BudgetInput[] = [
  { name: 'acme per month', tenant: 'acme', amount: '200', period: 'month', owner: 'platform team' },
  { name: 'globex per month', tenant: 'globex', amount: '75', period: 'month', thresholds: [0.5, 0.8, 0.9, 1] },
  { name: 'initech per week', tenant: 'initech', amount: '20', period: 'week' },
  { name: 'answerer per day', tenant: 'acme', scope: { agent: ['answerer'] }, amount: '12', period: 'day' },
  {
    name: 'lead research per run',
    tenant: 'northwind',
    scope: { feature: ['lead-research'] },
    amount: '0.50',
    period: 'run',
  },
];
