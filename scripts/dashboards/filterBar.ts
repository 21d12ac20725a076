import { COST_TYPES, dimension, type DimensionName } from '../../src/query';
import type { QueryFilter } from '../../src/datasource/types';
import type { DataSourceRef, Variable } from './model';

/** The data source that the dashboard's first variable names: nothing shipped names a source of its own. */
export const SOURCE: DataSourceRef = { type: 'llmcost-datasource', uid: '${ds}' };

const ALL = { text: ['All'], value: ['$__all'] };

const equals = (name: string): QueryFilter => ({ dimension: name, operator: '=', values: [`$${name}`] });

/**
 * The filters that every dashboard shows, each list narrowed by those that it names. Grafana waits for a variable before
 * it asks for those that depend on it, so two lists can't narrow each other, and the fewer steps the sooner panels load.
 */
const BAR: ReadonlyArray<{ readonly name: DimensionName; readonly narrowedBy: readonly DimensionName[] }> = [
  { name: 'tenant', narrowedBy: [] },
  { name: 'project', narrowedBy: ['tenant'] },
  { name: 'deployment', narrowedBy: ['tenant', 'project', 'provider', 'model'] },
  { name: 'endpoint', narrowedBy: ['tenant', 'project', 'provider', 'model'] },
  { name: 'provider', narrowedBy: ['tenant', 'project'] },
  { name: 'model', narrowedBy: ['tenant', 'project', 'provider'] },
  { name: 'team', narrowedBy: ['tenant', 'project'] },
  { name: 'environment', narrowedBy: ['tenant', 'project'] },
];

const dimensionVariable = ({ name, narrowedBy }: (typeof BAR)[number]): Variable => ({
  name,
  label: dimension(name).label,
  type: 'query',
  datasource: SOURCE,
  query: { refId: name, dimension: name, filters: narrowedBy.map(equals) },
  definition: `${dimension(name).label} values`,
  // With every change of the time range, so that the lists hold what the panels show.
  refresh: 2,
  sort: 0,
  regex: '',
  multi: true,
  includeAll: true,
  allowCustomValue: true,
  current: ALL,
  options: [],
});

const costType: Variable = {
  name: 'cost_type',
  label: 'Cost type',
  type: 'custom',
  query: COST_TYPES.map(({ name, label }) => `${label} : ${name}`).join(', '),
  multi: true,
  includeAll: true,
  allowCustomValue: false,
  current: ALL,
  options: [],
};

const source: Variable = {
  name: 'ds',
  label: 'Data source',
  type: 'datasource',
  query: SOURCE.type,
  regex: '',
  refresh: 1,
  // In the menu of the controls: most have one source.
  hide: 3,
  current: {},
  options: [],
};

const adHoc: Variable = {
  name: 'filters',
  label: 'Filters',
  type: 'adhoc',
  description: 'Filters by any other dimension or tag',
  datasource: SOURCE,
  filters: [],
};

/** What "Split by" offers. */
const SPLITS = [
  'project',
  'tenant',
  'provider',
  'model',
  'deployment',
  'endpoint',
  'team',
  'environment',
  'agent',
  'feature',
  'service',
] as const satisfies readonly DimensionName[];

const splitBy = (first: (typeof SPLITS)[number]): Variable => ({
  name: 'split',
  label: 'Split by',
  type: 'custom',
  query: [
    ...SPLITS.map((name) => `${dimension(name).label} : ${name}`),
    'Cost type : cost_type',
    'Nothing : none',
  ].join(', '),
  multi: false,
  includeAll: false,
  allowCustomValue: true,
  current: { text: dimension(first).label, value: first },
  options: [],
});

/** The variables of every dashboard, and those that it has besides. `split` is what "Split by" begins with. */
export const filterBar = (
  split: (typeof SPLITS)[number] = 'project',
  more: readonly Variable[] = []
): readonly Variable[] => [source, ...more, ...BAR.map(dimensionVariable), costType, adHoc, splitBy(split)];

/** A variable that holds one text that the user gives, e.g. the id of a run. */
export const textVariable = (name: string, label: string, description: string): Variable => ({
  name,
  label,
  description,
  type: 'textbox',
  query: '',
  current: { text: '', value: '' },
  options: [],
});

/** A variable that lists the values of a dimension beside those of the filter bar. */
export const listVariable = (name: DimensionName, narrowedBy: readonly DimensionName[]): Variable =>
  dimensionVariable({ name, narrowedBy });

/** The filter of a panel's query by a variable of the same name; it asks for nothing while the variable is empty. */
export const byVariable = equals;

/** The filters of every panel's query. */
export const barFilters: readonly QueryFilter[] = [...BAR.map(({ name }) => name), 'cost_type'].map(equals);

export interface Link {
  readonly title: string;
  readonly url: string;
}

/** A data link with an ad-hoc filter, for dimensions that have no list of their own; those that are set stay. */
export function adHocLink(title: string, uid: string, name: DimensionName, value: string): Link {
  const { url } = filterLink(title, uid, name, value);
  return { title, url: url.replace(`var-${name}=`, `var-filters=${name}%7C%3D%7C`) };
}

/** Leads from a point of a time series to why that bar differs from the one before, with the dashboard's filters. */
export const WHY_POINT: Link = {
  title: 'Why did it change?',
  url: `/a/llmcost-app/why?at=\${__value.time}&\${__url_time_range}&${[...BAR.map(({ name }) => name), 'cost_type', 'filters'].map((name) => `\${${name}:queryparam}`).join('&')}`,
};

/** A data link to a dashboard with one more filter; range and the other filters stay. `value` is a Grafana expression. */
export function filterLink(title: string, uid: string, name: DimensionName, value: string): Link {
  const others = [...BAR.map((one) => one.name), 'ds', 'cost_type', 'filters', 'split'].filter((one) => one !== name);
  const kept = others.map((one) => `\${${one}:queryparam}`).join('&');
  return { title, url: `/d/${uid}?\${__url_time_range}&${kept}&var-${name}=${value}` };
}
