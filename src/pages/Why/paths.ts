import { APP_PATH } from '../../constants';
import type { QueryFilter } from '../../datasource/types';
import { writeFilters } from '../shared/filters';
import { type Periods, writePeriods } from './periods';

/** This page, with these periods and filters. */
export const whyPath = (periods: Periods, filters: readonly QueryFilter[]): string =>
  `${APP_PATH}/why?${writeFilters(writePeriods(new URLSearchParams(), periods), filters).toString()}`;

interface Range {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
}

/** Explore costs of one value, in a period and with the filters of the comparison. */
export function explorePath(
  { from, to }: Range,
  filters: readonly QueryFilter[],
  { dimension, value }: { dimension: string; value: string }
): string {
  const search = writeFilters(new URLSearchParams(), filters);
  search.set('from', String(Date.parse(from)));
  search.set('to', String(Date.parse(to)));
  search.set('in', `${dimension}:${value}`);
  return `${APP_PATH}/explore?${search.toString()}`;
}
