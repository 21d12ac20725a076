/** The value below which the fraction of the values lies (nearest rank); NaN of none. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
