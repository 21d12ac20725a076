import type { Measure } from './measures';

/**
 * The cost types: a partition of an event's total cost and of its tokens (`input` = input that was neither read from nor
 * written to a cache). Reasoning is a part of output and therefore not one of them.
 */
export interface CostTypeDefinition {
  readonly name: string;
  readonly label: string;
  readonly cost: Measure;
  /** Tokens of this type: the first measure less the others. */
  readonly tokens: readonly Measure[];
  /** The unpriced among them, in the same form. */
  readonly unpricedTokens: readonly Measure[];
}

const define = <const T extends readonly CostTypeDefinition[]>(list: T): T => list;

export const COST_TYPES = define([
  {
    name: 'input',
    label: 'Input',
    cost: 'input_cost',
    tokens: ['input_tokens', 'cache_read_tokens', 'cache_write_tokens'],
    unpricedTokens: [
      'unpriced_tokens',
      'unpriced_cache_read_tokens',
      'unpriced_cache_write_tokens',
      'unpriced_output_tokens',
    ],
  },
  {
    name: 'cache_read',
    label: 'Cache read',
    cost: 'cache_read_cost',
    tokens: ['cache_read_tokens'],
    unpricedTokens: ['unpriced_cache_read_tokens'],
  },
  {
    name: 'cache_write',
    label: 'Cache write',
    cost: 'cache_write_cost',
    tokens: ['cache_write_tokens'],
    unpricedTokens: ['unpriced_cache_write_tokens'],
  },
  {
    name: 'output',
    label: 'Output',
    cost: 'output_cost',
    tokens: ['output_tokens'],
    unpricedTokens: ['unpriced_output_tokens'],
  },
  { name: 'other', label: 'Other', cost: 'other_cost', tokens: [], unpricedTokens: [] },
]);

export type CostType = (typeof COST_TYPES)[number]['name'];

export const isCostType = (name: string): name is CostType => COST_TYPES.some((type) => type.name === name);
