/** Settings of the panel. */
export interface LeaderboardOptions {
  /** Name of the field that names the rows; the first text when empty. */
  labelField?: string;
  /** Name of the field that ranks and is shared out; the first number when empty. */
  valueField?: string;
  /** Names of the further fields that are shown as columns, in this order; all of them when empty. */
  columns?: string[];
  showDonut: boolean;
  /** Shows how much of the amount is input and how much output, where the data has both. */
  showSplit: boolean;
}

export const DEFAULT_OPTIONS: LeaderboardOptions = { showDonut: true, showSplit: true };
