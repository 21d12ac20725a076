import type { Pool } from 'pg';
import { picoTextToUsd } from '../query/money';

/** What was before a release and after it; USD as decimal text, tokens per call, shares of the calls. */
export interface Measured {
  readonly before: string | null;
  readonly after: string | null;
  /** After by before, less 1; null where there was nothing before. */
  readonly change: number | null;
  /** Probability of such a difference by chance (Welch's t test, two-sided); null below 30 calls on a side. */
  readonly p: number | null;
}

/** What a release did to its service, or to one of the service's features or models. */
export interface ReleaseEffect {
  readonly dimension: string;
  readonly value: string;
  readonly calls_before: number;
  readonly calls_after: number;
  readonly cost_per_request: Measured;
  readonly prompt_tokens: Measured;
  readonly completion_tokens: Measured;
  readonly error_rate: Measured;
  readonly retry_rate: Measured;
  readonly significant: boolean;
  /** In a sentence; nothing is claimed that is not significant. */
  readonly verdict: string;
}

export interface Release {
  readonly release_id: string;
  readonly tenant: string;
  readonly service: string;
  readonly version: string;
  readonly previous: string | null;
  readonly environment: string | null;
  readonly time: Date;
  readonly url: string | null;
  readonly description: string | null;
  readonly origin: string;
  /** The calls from here to the release are before it, from it to `after_to` after it. */
  readonly before_from: Date | null;
  readonly after_to: Date | null;
  /** The service first, then features and models, the largest change first. */
  readonly effects: readonly ReleaseEffect[];
}

type Row = Record<string, string | null> & Record<'calls_before' | 'calls_after', string>;

const text = (value: string | null | undefined): string | null => value ?? null;

function measured(row: Row, name: string, money = false): Measured {
  const [before, after] = [text(row[`${name}_before`]), text(row[`${name}_after`])];
  const show = (value: string | null) => (money && value !== null ? picoTextToUsd(value) : value);
  const change = before === null || after === null || Number(before) === 0 ? null : Number(after) / Number(before) - 1;
  const p = text(row[`${name}_p`]);
  return { before: show(before), after: show(after), change, p: p === null ? null : Number(p) };
}

const PAIRS = ['cost', 'prompt', 'completion', 'errors', 'retries'];
const NUMBERS = PAIRS.flatMap((name) => [
  `round(${name}_before, 6)::text AS ${name}_before`,
  `round(${name}_after, 6)::text AS ${name}_after`,
  `${name}_p::text`,
]);

const toEffect = (row: Row): ReleaseEffect => ({
  dimension: row.dimension!,
  value: row.value!,
  calls_before: Number(row.calls_before),
  calls_after: Number(row.calls_after),
  cost_per_request: measured(row, 'cost', true),
  prompt_tokens: measured(row, 'prompt'),
  completion_tokens: measured(row, 'completion'),
  error_rate: measured(row, 'errors'),
  retry_rate: measured(row, 'retries'),
  significant: row.significant === 'true',
  verdict: row.verdict!,
});

/**
 * Releases of a range, the newest first, with what they did.
 *
 * @param range ms since 1970
 * @param tenants whose; null for all
 */
export async function listReleases(
  pool: Pool,
  range: { readonly from: number; readonly to: number; readonly service?: string | undefined },
  tenants: readonly string[] | null,
  limit: number
): Promise<Release[]> {
  const { rows: releases } = await pool.query<Omit<Release, 'effects' | 'previous' | 'before_from' | 'after_to'>>(
    `SELECT release_id::text, tenant, service, version, environment, time, url, description, origin FROM public.releases
     WHERE time >= $1 AND time < $2 AND ($3::text[] IS NULL OR tenant = ANY ($3)) AND ($4::text IS NULL OR service = $4)
     ORDER BY time DESC, release_id DESC LIMIT $5`,
    [new Date(range.from), new Date(range.to), tenants, range.service ?? null, limit]
  );
  const { rows } = await pool.query<Row & { before_from: never; after_to: never }>(
    `SELECT release_id::text, dimension, value, previous, before_from, after_to, calls_before::text, calls_after::text,
       significant::text, verdict, ${NUMBERS.join(', ')}
     FROM public.release_effects WHERE release_id = ANY ($1::bigint[])
     ORDER BY dimension <> 'service', dimension, significant DESC, abs(cost_change) DESC NULLS LAST, value`,
    [releases.map(({ release_id: id }) => id)]
  );
  return releases.map((release) => {
    const own = rows.filter(({ release_id: id }) => id === release.release_id);
    const [first] = own;
    return {
      ...release,
      previous: first?.previous ?? null,
      before_from: first?.before_from ?? null,
      after_to: first?.after_to ?? null,
      effects: own.map(toEffect),
    };
  });
}
