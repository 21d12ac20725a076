/** Shown for a dimension without a value, and understood by filters. */
export const NOT_SET = '(not set)';

/** Shown for the groups beyond the limit. */
export const OTHER = 'Other';
