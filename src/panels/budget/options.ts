/** Settings of the panel. */
export interface BudgetOptions {
  /** The pace at which the limit would last exactly until the reset. */
  showIdeal: boolean;
}

export const DEFAULT_OPTIONS: BudgetOptions = { showIdeal: true };
