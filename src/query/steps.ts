import type { CallColumn } from './callColumns';
import type { GroupName } from './model';

/**
 * Durations and delays are counted by the step that each is next to (`public.call_step`, migration 0037): numbers of three
 * digits, even ones up to 250, multiples of 5 up to 500 and of 10 up to 1000, and those times a power of ten, in ms. So a step is
 * at most 1 % away from what it stands for, and numbers of two digits are steps themselves. Calls with the same step are added up like any
 * other sum, so that a percentile over a month doesn't read the month's calls. Below 5 µs, and below zero, the step is that of 0.
 */
export const STEPS = {
  duration_step: 'duration_ms',
  first_token_step: 'time_to_first_token_ms',
  arrival_step: 'arrival_delay_ms',
} as const satisfies Readonly<Record<string, CallColumn>>;

export type StepName = keyof typeof STEPS;

const BY_COLUMN: ReadonlyMap<CallColumn, StepName> = new Map(
  (Object.keys(STEPS) as StepName[]).map((name) => [STEPS[name], name])
);

export const isStep = (name: string): name is StepName => Object.hasOwn(STEPS, name);

/** The steps of a column; undefined for costs, whose percentiles are exact. */
export const stepOf = (column: CallColumn): StepName | undefined => BY_COLUMN.get(column);

/** Groups of which there are nearly as many as rows: to sum the rows before they are summed for good only costs time. */
export const NEARLY_EACH: ReadonlySet<GroupName> = new Set(['run_id', 'session_id', 'trace_id', 'event_id']);
