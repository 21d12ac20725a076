/** Settings of the panel. */
export interface RunOptions {
  showTimeline: boolean;
}

export const DEFAULT_OPTIONS: RunOptions = { showTimeline: true };
