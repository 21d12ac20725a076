import type { DimensionValues } from './dimensions';
import { textOf, type Json } from './values';

const USER_KEYS: ReadonlyArray<readonly [key: string, dimension: keyof DimensionValues]> = [
  ['tenant', 'tenant'],
  ['tenant_id', 'tenant'],
  ['project', 'project'],
  ['team', 'team'],
  ['cost_center', 'cost_center'],
  ['user_id', 'user_id'],
  ['userId', 'user_id'],
  ['trace_user_id', 'user_id'],
  ['user_segment', 'user_segment'],
  ['session_id', 'session_id'],
  ['sessionId', 'session_id'],
  ['thread_id', 'session_id'],
  ['threadId', 'session_id'],
  ['run_id', 'run_id'],
  ['runId', 'run_id'],
  ['feature', 'feature'],
  ['pipeline', 'pipeline'],
  ['agent', 'agent'],
];

/** The dimensions that a caller named in free-form metadata, by the domain's own words. */
export function userDimensions(metadata: Json): DimensionValues {
  const found: DimensionValues = {};
  for (const [key, dimension] of USER_KEYS) {
    const value = textOf(metadata[key]);
    if (value !== undefined && found[dimension] === undefined) {
      found[dimension] = value;
    }
  }
  return found;
}
