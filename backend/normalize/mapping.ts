/** Dimensions that a span, log or resource attribute can fill by configuration. */
export const MAPPED_DIMENSIONS = [
  'tenant',
  'project',
  'team',
  'environment',
  'cost_center',
  'deployment',
  'endpoint',
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
] as const;

export type MappedDimension = (typeof MAPPED_DIMENSIONS)[number];

/** Attribute names per dimension, the first that is present wins; on the span first, then on the resource. */
export type DimensionMapping = Readonly<Record<MappedDimension, readonly string[]>>;

/** `llmcost.<dimension>` always wins and is not part of a mapping. */
export const OVERRIDE_PREFIX = 'llmcost.';

/** Attributes of these prefixes become tags, unless the mapping takes them for a dimension. */
export const TAG_PREFIXES: readonly string[] = [
  'llmcost.tag.',
  'llmcost.tags.',
  'tags.',
  'tag.',
  'ai.telemetry.metadata.',
  'ai.settings.context.',
  'traceloop.association.properties.',
  'langfuse.trace.metadata.',
];

/** Attributes that hold a list of labels. */
export const TAG_LISTS: readonly string[] = ['tag.tags', 'langfuse.trace.tags', 'llmcost.tags'];

/** What holds when the configuration says nothing (`Where OTLP's dimensions come from` in the domain's contract). */
export const DEFAULT_MAPPING: DimensionMapping = {
  tenant: ['tenant.id', 'tenant', 'organization.id'],
  project: ['project.id', 'project', 'service.namespace'],
  team: ['team'],
  environment: ['deployment.environment.name', 'deployment.environment', 'langfuse.environment'],
  cost_center: ['cost_center', 'cost.center'],
  deployment: ['gen_ai.deployment', 'azure.deployment', 'deployment.name', 'litellm.model_group'],
  endpoint: ['url.path', 'http.route', 'server.address'],
  user_id: [
    'user.id',
    'enduser.id',
    'gen_ai.request.user',
    'gen_ai.user',
    'gen_ai.user.id',
    'llm.user',
    'ai.telemetry.metadata.userId',
    'ai.telemetry.metadata.user_id',
    'ai.settings.context.userId',
    'ai.settings.context.user_id',
    'traceloop.association.properties.user_id',
    'metadata.user_api_key_end_user_id',
    'user.account_uuid',
    'user.account_id',
  ],
  user_segment: ['user_segment', 'user.segment'],
  session_id: [
    'session.id',
    'gen_ai.conversation.id',
    'gen_ai.session.id',
    'ai.telemetry.metadata.sessionId',
    'ai.telemetry.metadata.session_id',
    'ai.settings.context.sessionId',
    'ai.settings.context.session_id',
    'traceloop.association.properties.session_id',
    'conversation.id',
  ],
  service: ['service.name'],
  agent: ['gen_ai.agent.name', 'gen_ai.agent.id', 'agent_name', 'ai.telemetry.functionId'],
  run_id: ['run_id', 'gen_ai.workflow.run.id'],
  pipeline: ['gen_ai.workflow.name', 'traceloop.workflow.name'],
  feature: ['feature', 'product_feature'],
  release: ['service.version', 'langfuse.release'],
  tool: ['gen_ai.tool.name', 'ai.toolCall.name', 'tool.name'],
};

/** The defaults with what the configuration file names put in front of them. */
export function dimensionMapping(configured: Partial<Record<MappedDimension, readonly string[]>>): DimensionMapping {
  const merged: Record<MappedDimension, readonly string[]> = { ...DEFAULT_MAPPING };
  for (const dimension of MAPPED_DIMENSIONS) {
    const names = configured[dimension];
    if (names) {
      merged[dimension] = [...names, ...DEFAULT_MAPPING[dimension].filter((name) => !names.includes(name))];
    }
  }
  return merged;
}
