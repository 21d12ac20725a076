import { USAGE_FIELDS, type UsageEvent } from '../../events/usageEvent';

/** Fields whose values are numbers or null; then texts or null; then the two that are neither. */
export const NUMBERS = [...USAGE_FIELDS, 'time', 'attempt', 'duration_ms', 'time_to_first_token_ms'] as const;
/** Their order is that of journals that are stored already. */
const TEXTS = [
  'event_id',
  'source',
  'tenant',
  'project',
  'team',
  'environment',
  'cost_center',
  'provider',
  'model',
  'request_model',
  'deployment',
  'endpoint',
  'operation',
  'service_tier',
  'user_id',
  'user_segment',
  'session_id',
  'service',
  'agent',
  'run_id',
  'pipeline',
  'feature',
  'release',
  'tool',
  'status',
  'error_type',
  'finish_reason',
  'quality',
  'trace_id',
  'span_id',
  'response_id',
] as const;
export const FIELDS: ReadonlyArray<keyof UsageEvent> = [...NUMBERS, ...TEXTS, 'reported_cost', 'tags'];

/** Which fields follow is said by the bits of two numbers, the first of which has so many. */
export const LOW = 25;

/** Whether a field follows, by its number in {@link FIELDS}. */
export const isMarked = (low: number, high: number, at: number): boolean =>
  ((at < LOW ? low >>> at : high >>> (at - LOW)) & 1) === 1;

/** The text of a value that is no number: of big integers and tags too. */
export function textOfValue(value: unknown): string | null {
  if (typeof value === 'bigint') {
    return value.toString();
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string | null);
}

/** The value of a field that {@link textOfValue} wrote. */
export const valueOfText = (field: keyof UsageEvent, text: string): unknown =>
  field === 'reported_cost' ? BigInt(text) : field === 'tags' ? (JSON.parse(text) as unknown) : text;

/**
 * An event's values in the order of {@link FIELDS}: named one by one, which is many times faster than a loop by name.
 * @param into where they are put: a list per event would be most of what writing leaves to be collected
 */
export function valuesOf(event: UsageEvent, into: unknown[]): unknown[] {
  into[0] = event.input_tokens;
  into[1] = event.cache_read_tokens;
  into[2] = event.cache_write_5m_tokens;
  into[3] = event.cache_write_1h_tokens;
  into[4] = event.output_tokens;
  into[5] = event.reasoning_tokens;
  into[6] = event.audio_input_tokens;
  into[7] = event.audio_output_tokens;
  into[8] = event.image_input_tokens;
  into[9] = event.requests;
  into[10] = event.web_searches;
  into[11] = event.other_units;
  into[12] = event.time;
  into[13] = event.attempt;
  into[14] = event.duration_ms;
  into[15] = event.time_to_first_token_ms;
  into[16] = event.event_id;
  into[17] = event.source;
  into[18] = event.tenant;
  into[19] = event.project;
  into[20] = event.team;
  into[21] = event.environment;
  into[22] = event.cost_center;
  into[23] = event.provider;
  into[24] = event.model;
  into[25] = event.request_model;
  into[26] = event.deployment;
  into[27] = event.endpoint;
  into[28] = event.operation;
  into[29] = event.service_tier;
  into[30] = event.user_id;
  into[31] = event.user_segment;
  into[32] = event.session_id;
  into[33] = event.service;
  into[34] = event.agent;
  into[35] = event.run_id;
  into[36] = event.pipeline;
  into[37] = event.feature;
  into[38] = event.release;
  into[39] = event.tool;
  into[40] = event.status;
  into[41] = event.error_type;
  into[42] = event.finish_reason;
  into[43] = event.quality;
  into[44] = event.trace_id;
  into[45] = event.span_id;
  into[46] = event.response_id;
  into[47] = event.reported_cost;
  into[48] = event.tags;
  return into;
}

/** The event that has those values, in the order of {@link FIELDS}; in the one shape that all events have. */
export const eventOfValues = (values: readonly unknown[]): UsageEvent => ({
  input_tokens: values[0] as never,
  cache_read_tokens: values[1] as never,
  cache_write_5m_tokens: values[2] as never,
  cache_write_1h_tokens: values[3] as never,
  output_tokens: values[4] as never,
  reasoning_tokens: values[5] as never,
  audio_input_tokens: values[6] as never,
  audio_output_tokens: values[7] as never,
  image_input_tokens: values[8] as never,
  requests: values[9] as never,
  web_searches: values[10] as never,
  other_units: values[11] as never,
  event_id: values[16] as never,
  time: values[12] as never,
  source: values[17] as never,
  tenant: values[18] as never,
  project: values[19] as never,
  team: values[20] as never,
  environment: values[21] as never,
  cost_center: values[22] as never,
  provider: values[23] as never,
  model: values[24] as never,
  request_model: values[25] as never,
  deployment: values[26] as never,
  endpoint: values[27] as never,
  operation: values[28] as never,
  service_tier: values[29] as never,
  user_id: values[30] as never,
  user_segment: values[31] as never,
  session_id: values[32] as never,
  service: values[33] as never,
  agent: values[34] as never,
  run_id: values[35] as never,
  pipeline: values[36] as never,
  feature: values[37] as never,
  release: values[38] as never,
  tool: values[39] as never,
  status: values[40] as never,
  error_type: values[41] as never,
  finish_reason: values[42] as never,
  attempt: values[13] as never,
  duration_ms: values[14] as never,
  time_to_first_token_ms: values[15] as never,
  reported_cost: values[47] as never,
  quality: values[43] as never,
  trace_id: values[44] as never,
  span_id: values[45] as never,
  response_id: values[46] as never,
  tags: values[48] as never,
});

/** Where fields with a way of their own stand. */
export const AT = {
  time: FIELDS.indexOf('time'),
  source: FIELDS.indexOf('source'),
  model: FIELDS.indexOf('model'),
  service: FIELDS.indexOf('service'),
  eventId: FIELDS.indexOf('event_id'),
  traceId: FIELDS.indexOf('trace_id'),
  spanId: FIELDS.indexOf('span_id'),
  responseId: FIELDS.indexOf('response_id'),
  runId: FIELDS.indexOf('run_id'),
  userId: FIELDS.indexOf('user_id'),
  sessionId: FIELDS.indexOf('session_id'),
} as const;
