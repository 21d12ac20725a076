import { z } from 'zod';
import { type Filter, OPERATORS, parseInstant } from '../../../src/query';

const instant = z
  .string('must be an RFC 3339 time such as 2026-01-31T00:00:00Z')
  .refine((text) => Number.isFinite(parseInstant(text)), 'must be an RFC 3339 time such as 2026-01-31T00:00:00Z');

/**
 * Which period, `[from, to)`, and which earlier one it is compared with: the one of the same length right before it
 * unless said otherwise.
 */
export const whySchema = z
  .strictObject({
    from: instant,
    to: instant,
    compare_from: instant.optional(),
    compare_to: instant.optional(),
    compare_average: z
      .boolean()
      .default(false)
      .describe(
        'Take the earlier period as an average: its sums as they would be in a stretch as long as the later one'
      ),
    filters: z
      .array(z.strictObject({ dimension: z.string(), operator: z.enum(OPERATORS), values: z.array(z.string()) }))
      .max(50)
      .default([]),
  })
  .refine(({ from, to }) => parseInstant(from) < parseInstant(to), 'to must be after from')
  .refine(
    (asked) => (asked.compare_from === undefined) === (asked.compare_to === undefined),
    'compare_from and compare_to come together, or both are left out for the period right before'
  )
  .refine(
    ({ compare_from, compare_to }) =>
      compare_from === undefined || compare_to === undefined || parseInstant(compare_from) < parseInstant(compare_to),
    'compare_to must be after compare_from'
  );

export interface Range {
  /** RFC 3339, included. */
  readonly from: string;
  /** RFC 3339, excluded. */
  readonly to: string;
}

export interface WhyRequest {
  /** Whether the earlier period counts as an average stretch of the later one's length. */
  readonly average?: boolean;
  readonly before: Range;
  readonly after: Range;
  readonly filters: ReadonlyArray<Omit<Filter, 'dimension'> & { readonly dimension: string }>;
}

/** The two periods in full. */
export function periodsOf(asked: z.infer<typeof whySchema>): WhyRequest {
  const [from, to] = [parseInstant(asked.from), parseInstant(asked.to)];
  const text = (ms: number): string => new Date(ms).toISOString();
  return {
    before: {
      from: asked.compare_from ?? text(from - (to - from)),
      to: asked.compare_to ?? asked.from,
    },
    after: { from: asked.from, to: asked.to },
    average: asked.compare_average,
    filters: asked.filters,
  };
}
