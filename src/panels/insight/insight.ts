import { getValueFormat, formattedValueToString } from '@grafana/data';
import type { Facts } from './facts';
import type { InsightOptions } from './options';

/** Something worth saying, with the numbers that say so. */
export interface Insight {
  readonly severity: 'info' | 'warning';
  readonly title: string;
  /** What to do. */
  readonly advice: string;
  /** How it was worked out, so that nobody has to believe it. */
  readonly arithmetic: string;
}

/** A rule is silent when there is nothing to say. */
export type Rule = (facts: Facts, options: InsightOptions) => Insight | undefined;

export { usdText as usd } from '../../datasource/frames/usdText';

export const count = (amount: number): string => Math.round(amount).toLocaleString('en-US');

/** Tokens in a sentence: 12.3 Mil, 950. */
export const many = (amount: number): string => formattedValueToString(getValueFormat('short')(amount));

/** A part with one decimal. */
export const percent = (part: number): string => `${(part * 100).toFixed(1)}%`;
