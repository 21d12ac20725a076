/** With what the time range is compared. */
export const COMPARISONS = [
  { value: 'before', label: 'The period before', description: 'As long as the time range, right before it' },
  {
    value: 'week',
    label: 'The same days last week',
    description: 'A longer time range: the same days some weeks before',
  },
  {
    value: 'average',
    label: 'An average of the days before',
    description: 'What the days before come to in the same time',
  },
] as const;

export type Comparison = (typeof COMPARISONS)[number]['value'];

/** Settings of the panel. */
export interface WhyOptions {
  comparison: Comparison;
  /** How many days before the time range make the average. */
  baselineDays: number;
  /** How many dimensions are told by whom. */
  who: number;
}

export const DEFAULT_OPTIONS: WhyOptions = { comparison: 'before', baselineDays: 7, who: 3 };
