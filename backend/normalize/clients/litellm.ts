import type { Attributes } from '../../receivers/otlp/attributes';
import type { DecodedSpan } from '../../receivers/otlp/decoded';
import type { DimensionValues } from '../dimensions';
import {
  isStopIteration,
  LITELLM_BORROWED,
  LITELLM_CACHE_HIT,
  LITELLM_RAW,
  liteLlmIds,
  liteLlmModel,
  liteLlmProvider,
  liteLlmUsage,
} from '../liteLlm';
import { callOperation } from '../operations';
import { reprOf } from '../pythonRepr';
import { readProviderUsage } from '../providerUsage';
import { emptyReading, OTHER, type CallReading, type ClientHabit, type SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { noUsage, type RawUsage } from '../usage';
import { userDimensions } from '../userMetadata';
import { child, firstText, isJson, jsonOf, numberOf, reportedPico, textOf, type Json } from '../values';
import { openInference } from './openInference';

/**
 * LiteLLM's OpenTelemetry callbacks, the old one (usage details only in `metadata.usage_object`, a Python repr) and
 * LITELLM_OTEL_V2, whose spans of routing name a model and are no call; nor are those of the proxy's web framework, which it
 * marks since 1.109. Behind the proxy `gen_ai.response.model` is the proxy's alias: `litellm.provider.model` is real.
 */
export const liteLlm: ClientHabit = {
  owns: ({ attributes }, { scopeName }) =>
    scopeName === 'litellm' || attributes.has('litellm.call_id') || attributes.has('litellm.api_key.hash'),
  read(span, origin): SpanReading {
    // Its callbacks for Arize, Phoenix and Langfuse write OpenInference's names.
    const reading = openInference.owns(span, origin) ? openInference.read(span, origin) : readSemconv(span);
    if (span.name === 'raw_gen_ai_request') {
      const call = readRawAnswer(span);
      return call ? { role: 'call', call, instrumentation: LITELLM_RAW } : OTHER;
    }
    if (reading.role !== 'call' || !reading.call) {
      return { role: reading.role };
    }
    if (isStopIteration(reading.call.outcome.errorType)) {
      return OTHER;
    }
    if (!reading.call.explicit && !REQUEST_MARKS.some((key) => span.attributes.has(key))) {
      return OTHER;
    }
    const borrowed = origin.scopeName !== 'litellm' && !openInference.owns(span, origin);
    const tags = isCacheHit(span.attributes) ? { [LITELLM_CACHE_HIT]: 'true' } : undefined;
    const dimensions = { ...reading.dimensions, ...dimensionsOf(span.attributes) };
    const call = refine(reading.call, span);
    return { role: 'call', call, dimensions, tags, ...(borrowed ? { instrumentation: LITELLM_BORROWED } : {}) };
  },
};

/** On every call's span, and on none of routing's; the first of them in releases of 2026, the second before. */
const REQUEST_MARKS = ['litellm.call_id', 'llm.request.type'];

/** The second is the newer callback's, whose own word for a call of images is `chat`. */
const REQUEST_TYPES = ['llm.request.type', 'litellm.call_type'];

/** `llm.PROVIDER.usage`: a Python repr of the provider's own usage object. */
const RAW_USAGE = /^llm\.([^.]+)\.usage(Metadata)?$/;

/**
 * The provider's answer, in a span below the call's: `llm.PROVIDER.*`. It repeats the call's own span, and is the only
 * report where there is none (see {@link LITELLM_BORROWED}). That of a stream says nothing.
 */
function readRawAnswer({ attributes }: DecodedSpan): CallReading | undefined {
  const key = attributes.keys.find((name) => RAW_USAGE.test(name));
  const object = key === undefined ? undefined : repr(attributes, key);
  const found = object && readProviderUsage(object);
  if (key === undefined || !found) {
    return undefined;
  }
  const said = (name: string) => textOf(attributes.get(key.replace(/usage(Metadata)?$/, name)));
  const provider = RAW_USAGE.exec(key)?.[1];
  const model = said('model') ?? said('modelVersion');
  return {
    ...emptyReading(),
    operation: said('object') === 'list' ? 'embeddings' : 'chat',
    explicit: true,
    usage: found.usage,
    convention: found.convention,
    // The Responses API's answers come without the provider's name.
    provider: provider === 'None' ? undefined : provider,
    requestModel: model,
    responseModel: model,
    responseId: said('id') ?? said('responseId'),
    serviceTier: found.serviceTier ?? said('service_tier'),
  };
}

function refine(call: CallReading, { attributes }: DecodedSpan): CallReading {
  const object = usageObject(attributes);
  const found = object && liteLlmUsage(object);
  const callId = textOf(attributes.get('litellm.call_id'));
  const group = textOf(attributes.get('litellm.model_group'));
  const reported = withoutZeros(found ? { ...call.usage, ...known(found.usage) } : call.usage);
  const usage = isCacheHit(attributes) ? { ...noUsage(), input: 0, output: 0 } : reported;
  return {
    ...call,
    explicit: true,
    operation: callOperation(firstText(attributes, REQUEST_TYPES) ?? '') ?? call.operation,
    usage,
    provider: liteLlmProvider(call.provider, attributes.get('litellm.provider.model')),
    // What the caller asked for is the alias; the first callback says the model behind it in its place.
    requestModel: group ?? call.requestModel,
    responseModel: liteLlmModel({
      response: call.responseModel,
      provider: textOf(attributes.get('litellm.provider.model')),
      group,
      request: call.requestModel,
    }),
    // For some routes LiteLLM fills in an id of its own; it is still the same in its callback's body.
    serviceTier: call.serviceTier ?? found?.serviceTier,
    attempt: call.attempt > 1 ? call.attempt : attempts(attributes),
    reportedCost:
      call.reportedCost ??
      reportedPico(
        attributes.get('gen_ai.cost.total_cost') ??
          attributes.get('litellm.cost.total') ??
          attributes.get('response_cost')
      ),
    callIds: liteLlmIds(callId, call.responseId, call.outcome.failed),
  };
}

/** In an attribute of its own; by the callbacks for Langfuse and Arize inside of the whole metadata. */
function usageObject(attributes: Attributes): Json | undefined {
  const inside = child(jsonOf(attributes.get('metadata')), 'usage_object');
  return repr(attributes, 'metadata.usage_object') ?? (Object.keys(inside).length === 0 ? undefined : inside);
}

/** LiteLLM answered from its own cache: the provider was not called and nothing is owed. */
const isCacheHit = (attributes: Attributes): boolean =>
  /^true$/i.test(textOf(attributes.get('litellm.cache_hit')) ?? '');

const known = (usage: RawUsage): Partial<RawUsage> =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));

/** 0 in and 0 out is LiteLLM's way to say that a stream carried no usage. */
function withoutZeros(usage: RawUsage): RawUsage {
  return (usage.input ?? 0) === 0 && (usage.output ?? 0) === 0
    ? { ...usage, input: null, output: null, reasoning: null }
    : usage;
}

const repr = (attributes: Attributes, key: string): Json | undefined => reprOf(attributes.get(key));

function attempts(attributes: Attributes): number {
  const headers = jsonOf(attributes.get('hidden_params'))?.additional_headers;
  const retries = isJson(headers) ? numberOf(headers['x-litellm-attempted-retries'] as number) : undefined;
  return retries === undefined || retries < 0 ? 1 : Math.trunc(retries) + 1;
}

/** Who called, by the proxy's key, and what the caller put into its metadata. */
function dimensionsOf(attributes: Attributes): DimensionValues {
  const requester = repr(attributes, 'metadata.requester_metadata');
  const named: DimensionValues = { ...(requester ? userDimensions(requester) : {}) };
  const add = (dimension: keyof DimensionValues, ...keys: string[]) => {
    // The new callback puts its own prefix before the metadata's names.
    const value = firstText(attributes, [...keys, ...keys.map((key) => `litellm.${key}`)]);
    if (value !== undefined && named[dimension] === undefined) {
      named[dimension] = value;
    }
  };
  add('user_id', 'llm.user', 'metadata.user_api_key_end_user_id', 'litellm.end_user.id');
  add(
    'team',
    'metadata.user_api_key_team_alias',
    'metadata.user_api_key_team_id',
    'litellm.team.alias',
    'litellm.team.id'
  );
  add(
    'tenant',
    'metadata.user_api_key_org_alias',
    'metadata.user_api_key_org_id',
    'litellm.org.alias',
    'litellm.org.id'
  );
  add('project', 'metadata.user_api_key_project_alias', 'metadata.user_api_key_project_id');
  add('endpoint', 'metadata.user_api_key_request_route', 'litellm.request.route');
  return named;
}
