/** The uids of the shipped dashboards: links between them, and rules, name these. */
export const UIDS = {
  overview: 'llm-cost-overview',
  tokens: 'llm-cost-tokens',
  models: 'llm-cost-models',
  users: 'llm-cost-users',
  agents: 'llm-cost-agents',
  run: 'llm-cost-run',
  calls: 'llm-cost-calls',
  latency: 'llm-cost-latency',
  quality: 'llm-cost-quality',
  efficiency: 'llm-cost-efficiency',
  releases: 'llm-cost-releases',
  budgets: 'llm-cost-budgets',
} as const;
