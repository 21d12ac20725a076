import { among } from './among';
import { filterSql } from './base';
import type { Filter } from './model';

/** What can be marked on a time axis. */
export const ANNOTATIONS = [
  {
    name: 'releases',
    label: 'Releases',
    description: 'A version of a service was deployed: posted, or first seen as service.version',
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

/** The tenants that somebody may see; null for all. */
type Tenants = readonly string[] | null;

const within = (tenants: Tenants): string[] => (tenants ? [among('tenant', tenants)] : []);

const and = (conditions: readonly string[]): string => conditions.map((one) => ` AND ${one}`).join('');

/** Columns of a release by the dimension that they are; what is of no environment is of every one. */
const RELEASE_COLUMNS: Readonly<Record<string, (filter: Filter) => string>> = {
  tenant: filterSql,
  service: filterSql,
  environment: (filter) => `(environment IS NULL OR ${filterSql(filter)})`,
};

/** A service's first version of all, when nobody posted it, is no release: it is where the data begins. */
function releases(filters: readonly Filter[], { from, to }: Range, tenants: Tenants): string {
  const chosen = filters.flatMap((filter) => RELEASE_COLUMNS[filter.dimension]?.(filter) ?? []);
  const conditions = [...within(tenants), ...chosen];
  return `SELECT time AS "time", service || ' ' || version AS title,
  coalesce(description, CASE origin WHEN 'seen' THEN 'First call of this version' ELSE 'Deployed' END) || coalesce(' · ' || url, '') AS text,
  'release' AS tags
FROM public.releases here WHERE time >= ${from} AND time < ${to}${and(conditions)}
  AND (origin = 'api' OR EXISTS (
    SELECT FROM public.releases earlier
    WHERE earlier.tenant = here.tenant AND earlier.service = here.service AND earlier.time < here.time))
ORDER BY time LIMIT 500`;
}

/** A budget over all tenants is everybody's, but its state tells what others spend: who sees some tenants sees theirs only. */
function crossings(filters: readonly Filter[], { from, to }: Range, tenants: Tenants): string {
  const ofTenants = filters
    .filter(({ dimension }) => dimension === 'tenant')
    .map((filter) => `(tenant IS NULL OR ${filterSql(filter)})`);
  return `SELECT at AS "time", name AS title,
  trim_scale(threshold * 100) || '% of the limit reached' || coalesce(' by run ' || run_id, '') || coalesce(', tenant ' || tenant, '') AS text,
  'budget' AS tags
FROM public.budget_crossing_marks WHERE at >= ${from} AND at < ${to}${and([...within(tenants), ...ofTenants])}
ORDER BY at LIMIT 500`;
}

/** Whose contract changed, and by whom, is not for those who see some tenants only. */
const repricings = ({ from, to }: Range, tenants: Tenants): string =>
  `SELECT at AS "time", 'Past calls priced again' AS title,
  ${tenants ? "'Costs of earlier calls may have changed'" : "concat_ws(': ', by, nullif(why, ''))"} AS text, 'repricing' AS tags
FROM public.repricing_marks WHERE at >= ${from} AND at < ${to} ORDER BY at LIMIT 500`;

/**
 * The marks of one kind within a range: columns time, title, text and tags, at most 500 rows.
 *
 * @param tenants those that may be seen; null for all
 */
export function annotationSql(
  name: AnnotationName,
  filters: readonly Filter[],
  range: Range,
  tenants: Tenants = null
): string {
  switch (name) {
    case 'releases':
      return releases(filters, range, tenants);
    case 'budget_crossings':
      return crossings(filters, range, tenants);
    case 'repricings':
      return repricings(range, tenants);
  }
}
