/**
 * Every dimension of a usage event, defined once. The SQL compiler, the query editor, the collector's API and the docs
 * derive from this list: adding a dimension is one line here, one in the event table's migration and, when a rollup
 * should answer it, one in `rollups.ts`.
 */
export interface Dimension {
  /** Name in queries, and the column of `usage_events`. */
  readonly name: string;
  readonly label: string;
  readonly group: 'Who pays' | 'What ran' | 'For whom' | 'On whose behalf' | 'Outcome' | 'Provenance' | 'Identity';
  readonly description: string;
  /** SQL over a row of `usage_events` giving text; the column itself unless said otherwise. */
  readonly sql?: string;
  /** One of the filters that every shipped dashboard shows. */
  readonly filterBar?: boolean;
}

const define = <const T extends readonly Dimension[]>(list: T): T => list;

export const DIMENSIONS = define([
  { name: 'tenant', label: 'Tenant', group: 'Who pays', description: 'Organisation that pays', filterBar: true },
  { name: 'project', label: 'Project', group: 'Who pays', description: 'Project or workspace', filterBar: true },
  { name: 'team', label: 'Team', group: 'Who pays', description: 'Team that owns the call', filterBar: true },
  {
    name: 'environment',
    label: 'Environment',
    group: 'Who pays',
    description: 'production, staging …',
    filterBar: true,
  },
  { name: 'cost_center', label: 'Cost center', group: 'Who pays', description: 'Cost center for chargeback' },
  {
    name: 'provider',
    label: 'Provider',
    group: 'What ran',
    description: 'Model provider, e.g. openai',
    filterBar: true,
  },
  { name: 'model', label: 'Model', group: 'What ran', description: "The response's model", filterBar: true },
  { name: 'request_model', label: 'Requested model', group: 'What ran', description: 'The model that was asked for' },
  { name: 'deployment', label: 'Deployment', group: 'What ran', description: 'Model deployment', filterBar: true },
  {
    name: 'endpoint',
    label: 'Endpoint',
    group: 'What ran',
    description: 'URL path or server that served the call',
    filterBar: true,
  },
  { name: 'operation', label: 'Operation', group: 'What ran', description: 'chat, embeddings, image …' },
  {
    name: 'service_tier',
    label: 'Service tier',
    group: 'What ran',
    description: 'Tier as served: standard, batch, flex, priority',
  },
  { name: 'user_id', label: 'User', group: 'For whom', description: 'End user' },
  { name: 'user_segment', label: 'User segment', group: 'For whom', description: 'Plan or segment of the end user' },
  { name: 'session_id', label: 'Session', group: 'For whom', description: 'Conversation or session' },
  { name: 'service', label: 'Service', group: 'On whose behalf', description: 'OpenTelemetry service.name' },
  { name: 'agent', label: 'Agent', group: 'On whose behalf', description: 'Agent that made the call' },
  { name: 'run_id', label: 'Run', group: 'On whose behalf', description: 'One pipeline run' },
  { name: 'pipeline', label: 'Pipeline', group: 'On whose behalf', description: 'Pipeline or workflow' },
  { name: 'feature', label: 'Feature', group: 'On whose behalf', description: 'Product feature' },
  { name: 'release', label: 'Release', group: 'On whose behalf', description: 'Code version (service.version)' },
  { name: 'tool', label: 'Tool', group: 'On whose behalf', description: 'Tool the call served' },
  { name: 'status', label: 'Status', group: 'Outcome', description: 'ok, error, timeout, cancelled, rate_limited' },
  { name: 'error_type', label: 'Error type', group: 'Outcome', description: "The client's error type" },
  { name: 'finish_reason', label: 'Finish reason', group: 'Outcome', description: 'stop, length, tool_calls …' },
  { name: 'unpriced_reason', label: 'Unpriced reason', group: 'Provenance', description: 'Why a call has no price' },
  {
    name: 'quality',
    label: 'Quality',
    group: 'Provenance',
    description: 'exact, no_cache_detail, estimated_tokens, no_usage',
  },
  { name: 'source', label: 'Source', group: 'Provenance', description: 'Receiver and instrumentation scope' },
  { name: 'price_id', label: 'Price row', group: 'Provenance', description: 'The price row that was used' },
  { name: 'trace_id', label: 'Trace', group: 'Identity', description: 'OpenTelemetry trace id' },
  { name: 'event_id', label: 'Call', group: 'Identity', description: 'Id of the usage event', sql: 'event_id::text' },
]);

export type DimensionName = (typeof DIMENSIONS)[number]['name'];

const BY_NAME = new Map<string, Dimension>(DIMENSIONS.map((dimension) => [dimension.name, dimension]));

/** A key of the event's `tags`, addressed as `tags.<key>`. */
export type TagDimension = `tags.${string}`;

export const isTagDimension = (name: string): name is TagDimension => name.startsWith('tags.') && name.length > 5;

export const isDimensionName = (name: string): name is DimensionName => BY_NAME.has(name);

export const dimension = (name: DimensionName): Dimension => BY_NAME.get(name)!;

/** Label for a dimension, tag or cost type as shown to people. */
export function dimensionLabel(name: string): string {
  if (name === 'cost_type') {
    return 'Cost type';
  }
  return isTagDimension(name) ? name.slice(5) : (BY_NAME.get(name)?.label ?? name);
}

/**
 * What a budget's scope may name: who pays (but the tenant, which is a field of its own), what ran, for whom, on whose
 * behalf.
 */
export const SCOPE_DIMENSIONS: readonly string[] = (DIMENSIONS as readonly Dimension[])
  .filter(({ name, group }) => name !== 'tenant' && !['Outcome', 'Provenance', 'Identity'].includes(group))
  .map(({ name }) => name);
