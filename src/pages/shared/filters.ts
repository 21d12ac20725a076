import type { QueryFilter } from '../../datasource/types';
import { dimensionLabel, isGroupName, type Operator } from '../../query';

const OPERATORS: readonly string[] = ['=', '!=', '=~', '!~'] satisfies Operator[];
const ALL = '$__all';
/** Grafana's way to write a divider that is part of a name or value of an ad-hoc filter. */
const PIPE = '__gfp__';

const escaped = (text: string): string => text.split('|').join(PIPE);
const plain = (text: string): string => text.split(PIPE).join('|');

/** A filter as Grafana writes ad-hoc filters into addresses: `tenant|=|acme|globex`. */
export const filterText = ({ dimension, operator, values }: QueryFilter): string =>
  [dimension, operator, ...values].map(escaped).join('|');

/** Reads such a text; one that is only begun in a form has no dimension or no values yet. */
function readFilter(text: string): QueryFilter[] {
  const [dimension = '', operator = '', ...values] = text.split('|').map(plain);
  // `=|` is Grafana's "one of".
  const known = operator.replace(/\|$/, '');
  return (dimension === '' || isGroupName(dimension)) && OPERATORS.includes(known)
    ? [{ dimension, operator: known as Operator, values }]
    : [];
}

/** A variable of the dashboards' filter bar. */
const readVariable = (name: string, values: readonly string[]): QueryFilter[] => {
  const wanted = values.filter((value) => value !== '' && value !== ALL);
  return isGroupName(name) && wanted.length > 0 ? [{ dimension: name, operator: '=', values: wanted }] : [];
};

/** The filters of an address: the page's own, or those that a link from a dashboard brought with it. */
export function readFilters(search: URLSearchParams): QueryFilter[] {
  const variables = [...new Set(search.keys())].filter((key) => key.startsWith('var-') && key !== 'var-filters');
  return [
    ...[...search.getAll('filter'), ...search.getAll('var-filters')].flatMap(readFilter),
    ...variables.flatMap((key) => readVariable(key.slice('var-'.length), search.getAll(key))),
  ];
}

/** Writes filters into an address, whose other parts stay; those of a dashboard become the page's own. */
export function writeFilters(search: URLSearchParams, filters: readonly QueryFilter[]): URLSearchParams {
  const after = new URLSearchParams(search);
  [...after.keys()].filter((key) => key.startsWith('var-')).forEach((key) => after.delete(key));
  after.delete('filter');
  filters.forEach((filter) => after.append('filter', filterText(filter)));
  return after;
}

/** Those that are more than begun. */
export const wholeFilters = (filters: readonly QueryFilter[]): QueryFilter[] =>
  filters.filter(({ dimension, values }) => dimension !== '' && values.length > 0);

const WORDS: Readonly<Record<Operator, string>> = {
  '=': 'is',
  '!=': 'is not',
  '=~': 'matches',
  '!~': 'does not match',
};

/** "Tenant is acme or globex". */
export const filterWords = ({ dimension, operator, values }: QueryFilter): string =>
  `${dimensionLabel(dimension)} ${WORDS[operator]} ${values.join(' or ')}`;
