import { z } from 'zod';
import { isDecimal, parseDecimal } from '../pricing/decimal';

const name = z.string().min(1).max(200);
const factor = z
  .string('must be a decimal string like "1.2"')
  .refine(isDecimal, 'must be a decimal of 0 or more, as a string like "1.2"');
const ratio = factor.refine((text) => parseDecimal(text).num <= parseDecimal(text).den, 'must be from 0 to 1');
/** Of a base. */
export const MOST_DAYS = 400;

const count = z.number().int('must be a whole number').min(0).max(1e15);

const values = z.union([name, z.array(name).min(1).max(100)]).transform((value) => [value].flat());

/** What is changed about some of the work. */
export const changeSchema = z.strictObject({
  where: z
    .strictObject({
      feature: values.optional(),
      provider: values.optional(),
      model: values.optional(),
      operation: values.optional(),
    })
    .default({})
    .describe('Which work; empty: all'),
  calls: factor.optional().describe('Times as many calls, e.g. by more users'),
  input_tokens: factor.optional().describe('Times as many input tokens per call'),
  output_tokens: factor.optional().describe('Times as many output tokens per call'),
  cache_hit_ratio: ratio.optional().describe('Part of the input that is read from the cache; nothing is written then'),
  price: factor.optional().describe('Times the price'),
  model: z
    .strictObject({ provider: name, model: name, share: ratio.default('1') })
    .optional()
    .describe('Another model for this part of the calls'),
});
export type Change = z.output<typeof changeSchema>;

/** A feature that is not there yet. */
export const plannedSchema = z.strictObject({
  feature: name,
  provider: name,
  model: name,
  calls_per_day: count,
  input_tokens: count.describe('Per call'),
  output_tokens: count.describe('Per call'),
  cache_hit_ratio: ratio.default('0'),
});
export type Planned = z.output<typeof plannedSchema>;

const day = z.iso.date('must be a day like 2026-01-31');

/** A what-if scenario. */
export const scenarioSchema = z.strictObject({
  tenant: name.optional().describe('Default: all that the caller sees'),
  days: z
    .int('must be a whole number')
    .min(1)
    .max(MOST_DAYS)
    .optional()
    .describe('How many whole days before to are the base, where from is left out; default: 30'),
  from: day.optional().describe('First day (UTC) of the base; default: as many days before to as days says'),
  to: day.optional().describe('First day that is left out; default: today'),
  changes: z.array(changeSchema).max(100).default([]).describe('In their order, each on what the former made'),
  planned: z.array(plannedSchema).max(100).default([]),
});
export type Scenario = z.output<typeof scenarioSchema>;

export const savedSchema = z.strictObject({ name, scenario: scenarioSchema });
