import { filterSql } from './base';
import type { Filter } from './model';

/** What can be marked on a time axis. */
export const ANNOTATIONS = [
  {
    name: 'releases',
    label: 'Releases',
    description: 'A service’s version (service.version) that was not seen in the 30 days before, by its first call',
  },
  {
    name: 'budget_crossings',
    label: 'Budget crossings',
    description: 'A threshold of a budget was reached',
  },
  {
    name: 'repricings',
    label: 'Repricings',
    description: 'Past calls were priced again, with who did it and why',
  },
] as const;

export type AnnotationName = (typeof ANNOTATIONS)[number]['name'];

/** A range as SQL. */
interface Range {
  readonly from: string;
  readonly to: string;
}

const and = (conditions: readonly string[]): string => conditions.map((one) => ` AND ${one}`).join('');

/**
 * Days find the versions, the hours of their first days the time. A service's first version of all is no release: it is
 * where the data begins.
 */
function releases(filters: readonly Filter[], { from, to }: Range): string {
  const conditions = and(filters.filter(({ dimension }) => dimension !== 'cost_type').map(filterSql));
  return `WITH seen AS (
  SELECT service, release, min(bucket) AS day FROM public.usage_1d
  WHERE release IS NOT NULL AND bucket >= time_bucket(INTERVAL '1 day', ${from}) - INTERVAL '30 days' AND bucket < ${to}${conditions}
  GROUP BY service, release
),
first AS (
  SELECT seen.*, (
    SELECT min(bucket) FROM public.usage_1h
    WHERE bucket >= seen.day AND bucket < seen.day + INTERVAL '1 day'
      AND release = seen.release AND service IS NOT DISTINCT FROM seen.service${conditions}
  ) AS "time", row_number() OVER (PARTITION BY service ORDER BY day, release) AS place
  FROM seen
)
SELECT "time", coalesce(service || ' ', '') || release AS title, 'First call of this version' AS text, 'release' AS tags
FROM first WHERE place > 1 AND "time" >= ${from} AND "time" < ${to} ORDER BY "time" LIMIT 500`;
}

/** A budget over all tenants is everybody's. */
function crossings(filters: readonly Filter[], { from, to }: Range): string {
  const ofTenants = filters
    .filter(({ dimension }) => dimension === 'tenant')
    .map((filter) => `(tenant IS NULL OR ${filterSql(filter)})`);
  return `SELECT at AS "time", name AS title,
  round(threshold * 100) || ' % of the limit reached' || coalesce(' by run ' || run_id, '') || coalesce(', tenant ' || tenant, '') AS text,
  'budget' AS tags
FROM public.budget_crossing_marks WHERE at >= ${from} AND at < ${to}${and(ofTenants)} ORDER BY at LIMIT 500`;
}

const repricings = ({ from, to }: Range): string =>
  `SELECT at AS "time", 'Past calls priced again' AS title, concat_ws(': ', by, nullif(why, '')) AS text, 'repricing' AS tags
FROM public.repricing_marks WHERE at >= ${from} AND at < ${to} ORDER BY at LIMIT 500`;

/** The marks of one kind within a range: columns time, title, text and tags, at most 500 rows. */
export function annotationSql(name: AnnotationName, filters: readonly Filter[], range: Range): string {
  switch (name) {
    case 'releases':
      return releases(filters, range);
    case 'budget_crossings':
      return crossings(filters, range);
    case 'repricings':
      return repricings(range);
  }
}
