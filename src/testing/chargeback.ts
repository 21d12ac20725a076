import type { Month, Statement, StatementLine } from '../pages/Reports/chargeback';

export const monthOf = (month: string, more: Partial<Month> = {}): Month => ({
  month,
  state: 'open',
  currency: null,
  closed_at: null,
  closed_by: null,
  can_close: false,
  ...more,
});

const LINE: StatementLine = {
  line_id: 'l1',
  kind: 'usage',
  month: '2026-10',
  of_month: '2026-10',
  tenant: 'acme',
  team: 'sales',
  cost_center: null,
  project: 'shop',
  provider: 'openai',
  model: 'gpt-4.1',
  service_tier: null,
  cost_type: 'input',
  description: 'openai gpt-4.1, input',
  quantity: 1_000_000,
  calls: 20,
  amount: '2.5',
  usd: '2.5',
  provenance: { price: 'p1', query: { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' } },
};

/** One usage line of 2.50, and a credit of 0.50. */
export const statementOf = (more: Partial<Statement> = {}): Statement => ({
  month: '2026-10',
  currency: 'USD',
  closed_at: null,
  total: '2',
  total_usd: '2',
  unpriced_calls: 7,
  notes: ['7 calls have no price and are charged to nobody'],
  sums: [{ tenant: 'acme', team: 'sales', cost_center: null, amount: '2', usd: '2' }],
  lines: [
    {
      ...LINE,
      line_id: 'l2',
      kind: 'credit',
      amount: '-0.5',
      usd: '-0.5',
      quantity: null,
      calls: null,
      cost_type: null,
      description: 'Goodwill (credit c-1)',
      provenance: null,
    },
    LINE,
  ],
  ...more,
});
