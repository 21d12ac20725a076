import { isGroupName, isMetricName } from '../../query';
import type { QueryFilter } from '../../datasource/types';
import { readFilters, wholeFilters } from '../shared/filters';

/** One step into the costs: a dimension's value. */
export interface Step {
  readonly dimension: string;
  readonly value: string;
}

/** What the page shows, as its address says. */
export interface Trail {
  readonly metric: string;
  readonly split: string;
  readonly steps: readonly Step[];
  /** What a link brought that is no step: several values, or what is left out. */
  readonly filters?: readonly QueryFilter[];
}

export const DEFAULT_METRIC = 'total_cost';

/** What to split by next: from who pays to what ran. */
const ORDER = ['tenant', 'project', 'model', 'team', 'service', 'agent', 'user_id', 'feature', 'cost_type'];

/** The first dimension of the usual order that isn't a step yet. */
export const nextSplit = (steps: readonly Step[]): string =>
  ORDER.find((name) => !steps.some(({ dimension }) => dimension === name)) ?? 'cost_type';

/** A step in the address: the first colon ends the dimension's name, values may have more. */
const stepOf = (text: string): Step[] => {
  const end = text.indexOf(':');
  const dimension = text.slice(0, Math.max(0, end));
  return isGroupName(dimension) ? [{ dimension, value: text.slice(end + 1) }] : [];
};

/** Reads the address; what makes no sense in it is left out. */
export function readTrail(search: URLSearchParams): Trail {
  const steps = search.getAll('in').flatMap(stepOf);
  const [metric, split] = [search.get('metric'), search.get('split')];
  const filters = wholeFilters(readFilters(search));
  return {
    metric: metric !== null && isMetricName(metric) ? metric : DEFAULT_METRIC,
    split: isGroupName(split) ? split : nextSplit(steps),
    steps,
    ...(filters.length > 0 ? { filters } : {}),
  };
}

/** Writes a trail into an address, whose other parts stay. */
export function writeTrail(search: URLSearchParams, { metric, split, steps }: Trail): URLSearchParams {
  const after = new URLSearchParams(search);
  after.delete('in');
  steps.forEach(({ dimension, value }) => after.append('in', `${dimension}:${value}`));
  after.set('metric', metric);
  after.set('split', split);
  return after;
}

/** One step further; the next split is another dimension. */
export function into(trail: Trail, value: string): Trail {
  const steps = [...trail.steps, { dimension: trail.split, value }];
  return { ...trail, steps, split: nextSplit(steps) };
}

/** Back to the first `count` steps, split as it was left there. */
export const backTo = (trail: Trail, count: number): Trail => ({
  ...trail,
  steps: trail.steps.slice(0, count),
  split: trail.steps[count]?.dimension ?? trail.split,
});

/** The steps and what was brought, as filters. */
export const filtersOf = ({ steps, filters = [] }: Trail): QueryFilter[] => [
  ...steps.map(({ dimension, value }): QueryFilter => ({ dimension, operator: '=', values: [value] })),
  ...filters,
];
