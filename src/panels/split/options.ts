/** Settings of the panel. */
export interface SplitOptions {
  /** Name of the field that names the parts; the first text field when empty. */
  labelField?: string;
  /** Name of the field that is divided; the first number when empty. The other numbers become details. */
  valueField?: string;
  /** Leaves parts that are zero out. */
  hideZero: boolean;
  /** Shows a card of details for each part under the bar. */
  showCards: boolean;
}

export const DEFAULT_OPTIONS: SplitOptions = { hideZero: true, showCards: true };
