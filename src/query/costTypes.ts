/**
 * The cost types: a partition of an event's total cost. Reasoning is a part of output and therefore not one of them.
 * `tokens` partitions the event's tokens likewise (`input` = input that was neither read from nor written to a cache).
 */
export const COST_TYPES = [
  {
    name: 'input',
    label: 'Input',
    cost: 'input_cost',
    tokens: 'coalesce(input_tokens, 0) - coalesce(cache_read_tokens, 0) - coalesce(cache_write_tokens, 0)',
  },
  { name: 'cache_read', label: 'Cache read', cost: 'cache_read_cost', tokens: 'coalesce(cache_read_tokens, 0)' },
  { name: 'cache_write', label: 'Cache write', cost: 'cache_write_cost', tokens: 'coalesce(cache_write_tokens, 0)' },
  { name: 'output', label: 'Output', cost: 'output_cost', tokens: 'coalesce(output_tokens, 0)' },
  { name: 'other', label: 'Other', cost: 'other_cost', tokens: '0' },
] as const;

export type CostType = (typeof COST_TYPES)[number]['name'];

export const isCostType = (name: string): name is CostType => COST_TYPES.some((type) => type.name === name);
