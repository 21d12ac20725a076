import { closest } from 'fastest-levenshtein';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { isDecimal } from './decimal';
import { formatInstant, parseInstant } from './instant';
import { RATE_NAMES, type RateName } from './rates';

/**
 * The price row as it is posted, exported and stored. Prices are decimal strings of USD, per 1M tokens unless the key
 * says otherwise. The meaning of each rule is in docs of the price book; what is left out gets its default here.
 */

const MAX_NAME = 300;
const MAX_LIST = 100;

const name = z.string().trim().min(1, 'must not be empty').max(MAX_NAME, `must be at most ${MAX_NAME} characters long`);

const decimal = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `must be a string, so that no digit is lost: send "${issue.input}" instead of ${issue.input}`
        : 'must be a decimal string like "0.15"',
  })
  .refine(isDecimal, { error: 'must be a plain decimal ≥ 0 like "0.15": no sign, exponent, currency or separators' });

const instant = z
  .string('must be a time like "2026-01-15T00:00:00Z"')
  .refine((text) => parseInstant(text) !== undefined, {
    error: 'must be a time with its offset like "2026-01-15T00:00:00Z", or a date (midnight UTC)',
    abort: true,
  })
  .transform((text) => formatInstant(parseInstant(text)!));

const timeOfDay = z
  .string('must be a time of day like "16:30"')
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day between "00:00" and "23:59"');

const rate = decimal.nullable().default(null);
const rates = Object.fromEntries(RATE_NAMES.map((key) => [key, rate])) as Record<RateName, typeof rate>;

const namesARate = (value: Record<RateName, string | null>): boolean => RATE_NAMES.some((key) => value[key] !== null);

const longContextTier = z
  .strictObject({
    above_input_tokens: z
      .int('must be a whole number of tokens')
      .positive('must be a positive number of tokens')
      .describe('The tier holds for calls with MORE input tokens than this, cached ones included'),
    ...rates,
  })
  .refine(namesARate, 'must name at least one rate');

const tiers = z
  .array(longContextTier)
  .max(MAX_LIST)
  .default([])
  .refine(
    (list) => new Set(list.map((tier) => tier.above_input_tokens)).size === list.length,
    'must not have the same above_input_tokens twice'
  );

/** Either a multiplier of every component, or rates of its own: then what it doesn't name has no rate. */
const adjustment = { multiplier: decimal.optional(), ...rates, tiers };
const multiplierOrRates = (value: { multiplier?: string | undefined } & Record<RateName, string | null>): boolean =>
  (value.multiplier !== undefined) !== namesARate(value);
const MULTIPLIER_OR_RATES = 'must have either a multiplier or rates of its own';

const serviceTier = z.strictObject(adjustment).refine(multiplierOrRates, MULTIPLIER_OR_RATES);

const timeOfDayPrice = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    zone: z
      .string()
      .default('UTC')
      .refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like "Europe/Berlin" or "UTC"'),
    ...adjustment,
  })
  .refine(multiplierOrRates, MULTIPLIER_OR_RATES)
  .refine((window) => window.from !== window.to, 'must not begin and end at the same minute');

const schema = z
  .strictObject({
    provider: name,
    model: name,
    match: z
      .enum(['exact', 'prefix-date'], 'must be "prefix-date" (dated snapshots too) or "exact"')
      .default('prefix-date'),
    aliases: z.array(name).max(MAX_LIST).default([]),
    tenant: name.nullable().default(null),
    deployment: name.nullable().default(null),
    effective_from: instant.nullable().default(null),
    effective_to: instant.nullable().default(null),
    ...rates,
    hourly_amount: rate,
    tiers,
    service_tiers: z.record(name, serviceTier).default({}),
    time_of_day: z.array(timeOfDayPrice).max(MAX_LIST).default([]),
    source: z.string().max(1000).default(''),
    note: z.string().max(10_000).default(''),
  })
  .superRefine((row, context) => {
    const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (
      row.effective_from &&
      row.effective_to &&
      parseInstant(row.effective_from)! >= parseInstant(row.effective_to)!
    ) {
      refuse(
        ['effective_to'],
        'must be later than effective_from: the price holds from the one until just before the other'
      );
    }
    for (const key of ['provider', 'model'] as const) {
      if (row[key] === '*' && row.deployment === null) {
        refuse([key], '"*" is for the price of a deployment: name the deployment, or the model');
      }
    }
    if (row.hourly_amount !== null && row.deployment === null) {
      refuse(['hourly_amount'], 'is the price of a deployment: name the deployment');
    }
    if (!namesARate(row) && row.hourly_amount === null) {
      refuse([], 'must name at least one rate; a free model has "input": "0" and "output": "0"');
    }
    const ownRates = row.time_of_day.findIndex((window) => window.multiplier === undefined);
    if (ownRates >= 0 && Object.values(row.service_tiers).some((tier) => tier.multiplier === undefined)) {
      refuse(
        ['time_of_day', ownRates],
        'must be a multiplier, because a service tier of this row has rates of its own and only one of them can set the rates'
      );
    }
  });

/** A price row with everything that was left out filled in. */
export type PriceRow = z.output<typeof schema>;
/** A price row as people write it. */
export type PriceRowInput = z.input<typeof schema>;
export type LongContextTier = PriceRow['tiers'][number];
export type Adjustment = PriceRow['service_tiers'][string];
export type TimeOfDayPrice = PriceRow['time_of_day'][number];

/** The JSON schema's source, for the collector's OpenAPI file. */
export const priceRowSchema = schema;

/** Where a row comes from: what people set beats what was shipped. */
export type PriceOrigin = 'override' | 'catalogue';

/** A row of the book. `version` grows with every change; `origin` is `override` unless said otherwise. */
export type StoredPrice = PriceRow & {
  readonly price_id: string;
  readonly version: number;
  readonly origin?: PriceOrigin;
};

/** What is wrong with a row, and where: `tiers.0.input`. The path of the row as a whole is empty. */
export interface RowError {
  readonly path: string;
  readonly message: string;
}

export type ParsedRow =
  { readonly ok: true; readonly row: PriceRow } | { readonly ok: false; readonly errors: readonly RowError[] };

/** Checks a price row that somebody sent. Never throws; each error names its place and its cure. */
export function parsePriceRow(input: unknown): ParsedRow {
  const parsed = schema.safeParse(input);
  return parsed.success
    ? { ok: true, row: parsed.data }
    : { ok: false, errors: parsed.error.issues.flatMap(rowErrors) };
}

export interface ParsedRows {
  readonly rows: readonly PriceRow[];
  /** Paths begin with the index of the row. */
  readonly errors: readonly RowError[];
}

/** Checks a list of price rows; those that are right are in `rows`, also when others are not. */
export function parsePriceRows(inputs: readonly unknown[]): ParsedRows {
  const parsed = inputs.map(parsePriceRow);
  return {
    rows: parsed.flatMap((each) => (each.ok ? [each.row] : [])),
    errors: parsed.flatMap((each, index) =>
      each.ok
        ? []
        : each.errors.map(({ path, message }) => ({ path: path === '' ? `${index}` : `${index}.${path}`, message }))
    ),
  };
}

const KNOWN_KEYS = [
  ...new Set([...Object.keys(schema.shape), ...Object.keys(timeOfDayPrice.shape), 'above_input_tokens']),
];

function rowErrors(issue: z.core.$ZodIssue): RowError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: issue.path.join('.'), message: issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...issue.path, key].join('.'),
    message: `is not a key of a price; did you mean "${closest(key, KNOWN_KEYS)}"?`,
  }));
}
