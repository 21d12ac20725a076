import { z } from 'zod';
import { isDecimal, parseDecimal, usdSumToPico } from '../pricing/decimal';

export const month = z
  .string('must be a month like 2026-01')
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month like 2026-01');
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code like EUR (ISO 4217)');
export const FORMATS = ['json', 'csv', 'focus'] as const;
const name = z.string().min(1).max(200);

export const statementSchema = z.strictObject({
  month,
  tenant: name.optional(),
  currency: currency.default('USD'),
  format: z.enum(FORMATS).default('json'),
});

const share = z
  .string('must be a decimal string like "0.25"')
  .refine(
    (text) => isDecimal(text) && parseDecimal(text).num > 0n,
    'must be a decimal above 0, as a string like "0.25"'
  );

/** A shared cost: what it is, and over whom it is divided. */
export const splitSchema = z.strictObject({
  name: name.describe('What is shared, e.g. platform'),
  tenant: name.optional().describe('Whose; needed unless the key is bound to one'),
  dimension: z.enum(['team', 'cost_center']).describe('What source and targets are'),
  source: name.describe('The team or cost center whose cost is shared'),
  by: z.enum(['shares', 'usage']).describe('shares: as given; usage: by what the targets cost themselves in the month'),
  targets: z
    .record(name, share)
    .refine((all) => Object.keys(all).length > 0, 'must name at least one target')
    .describe('Shares, e.g. {"sales": "0.6", "support": "0.4"}; their proportion counts. By usage: multiplied with it'),
});
export type SplitRule = z.output<typeof splitSchema>;

const money = z
  .string('must be a decimal string like "12.50"')
  .refine((text) => isDecimal(text.replace(/^-/, '')), 'must be a decimal string like "12.50"')
  .transform((text) => (text.startsWith('-') ? -usdSumToPico(text.slice(1)) : usdSumToPico(text)))
  .refine((amount) => amount !== 0n, 'must not be 0');

export const creditSchema = z.strictObject({
  id: name.describe('Your own id: the same credit can not be booked twice'),
  month: month.describe('The month that it lowers; it must be open'),
  tenant: name.optional().describe('Whose; needed unless the key is bound to one'),
  team: name.optional(),
  cost_center: name.optional(),
  amount: money.describe('USD, a decimal string; above 0 lowers what is charged'),
  description: z.string().min(1).max(1_000),
});
export type CreditInput = z.output<typeof creditSchema>;

export const closeSchema = z.strictObject({ month, currency: currency.default('USD') });

/** A closed month that is to be sent again. */
export const deliverSchema = z.strictObject({ name: name.describe('A delivery of the configuration'), month });
