/** Settings of the panel: from where on something is worth saying. Percentages. */
export interface InsightOptions {
  /** One model's part of the cost. */
  concentration: number;
  /** One user's part of the cost. */
  userShare: number;
  /** What another model would save, as a part of the whole cost. */
  saving: number;
  /** Input tokens read from a cache; fewer mean that the cache is not used. */
  cacheHits: number;
}

export const DEFAULT_OPTIONS: InsightOptions = { concentration: 70, userShare: 25, saving: 1, cacheHits: 10 };
