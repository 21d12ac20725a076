import type { AdHocVariableFilter } from '@grafana/data';
import { dimensionLabel, isGroupName, type Operator, QueryError } from '../../query';
import type { QueryFilter } from '../types';

/** Grafana's operators for ad-hoc filters and what they are here. The comparisons < <= > >= are not among them. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '=|': '=',
  '!=': '!=',
  '!=|': '!=',
  '=~': '=~',
  '!~': '!~',
};

/** Why a filter can't be applied to cost queries, as a sentence for the user; undefined when it can. */
export function whyNotApplicable({ key, operator }: Pick<AdHocVariableFilter, 'key' | 'operator'>): string | undefined {
  if (!isGroupName(key)) {
    return `LLM Cost has no dimension "${key}"; tags are written tags.${key}`;
  }
  if (!Object.hasOwn(OPERATORS, operator)) {
    return `${dimensionLabel(key)} is text and has no order: "${operator}" can't be used, take = != =~ or !~`;
  }
  return undefined;
}

/** As Grafana's dashboards give it. */
type LinkedFilter = AdHocVariableFilter & { readonly valueLabels?: readonly string[] };

/**
 * The value of a filter for one value. Grafana takes commas and bars of a value for its own dividers when it reads a link:
 * what stands behind them it gives as labels. Ours are what the values are, so that anything else belongs to the value.
 */
function wholeValue({ value, valueLabels = [] }: LinkedFilter): string {
  if (valueLabels.length > 1) {
    return valueLabels.join('|');
  }
  const [label] = valueLabels;
  return label === undefined || label === value ? value : `${value},${label}`;
}

/** @throws QueryError when the filter can't be applied, instead of showing numbers that it doesn't hold for. */
export function fromAdHoc(filter: LinkedFilter): QueryFilter {
  const problem = whyNotApplicable(filter);
  if (problem) {
    throw new QueryError([{ path: 'filters', message: problem }]);
  }
  const several = filter.operator.endsWith('|') && filter.values?.length;
  return {
    dimension: filter.key,
    operator: OPERATORS[filter.operator],
    values: several ? [...(filter.values ?? [])] : [wholeValue(filter)],
  };
}
