import { buildCall } from '../../normalize/buildCall';
import type { Candidate } from '../../normalize/candidate';
import type { DimensionValues } from '../../normalize/dimensions';
import { eventId } from '../../normalize/eventId';
import { LITELLM_CACHE_HIT, liteLlmIds, liteLlmModel, liteLlmProvider, liteLlmUsage } from '../../normalize/liteLlm';
import { callOperation } from '../../normalize/operations';
import { emptyReading, type CallReading } from '../../normalize/reading';
import { tagList } from '../../normalize/tagList';
import { checkTime } from '../../normalize/times';
import { INCLUSIVE, noUsage } from '../../normalize/usage';
import { userDimensions } from '../../normalize/userMetadata';
import { child, countOf, ItemError, numberOf, reportedPico, textOf, type Json } from '../../normalize/values';

/**
 * One StandardLoggingPayload (litellm/types/utils.py) → a candidate call.
 * @param now µs since 1970
 * @throws ItemError naming the cause and the cure
 */
export function readPayload(payload: Json, now: number): Candidate {
  const end = micros(payload.endTime, 'endTime');
  checkTime(end, now, 'endTime');
  const start = Math.min(end, typeof payload.startTime === 'number' ? micros(payload.startTime, 'startTime') : end);
  const callId = textOf(payload.litellm_call_id) ?? textOf(payload.call_id);
  const id = textOf(payload.id);
  const call = readCall(payload, { start, callId, id });
  const traceId = textOf(payload.trace_id)?.toLowerCase();
  const place = {
    eventId: eventId(
      'litellm',
      callId ?? '',
      id ?? '',
      textOf(payload.status) ?? '',
      (callId ?? id) ? '' : JSON.stringify(payload)
    ),
    signal: 'gateway' as const,
    instrumentation: 'litellm',
    start,
    end,
    timed: true,
    traceId: traceId !== undefined && /^[0-9a-f]{32}$/.test(traceId) ? traceId : null,
    spanId: null,
    parentSpanId: '',
  };
  const own = dimensionsOf(payload);
  const ownTags = tagsOf(payload);
  return buildCall(call, place, { own, ownTags, resource: { dimensions: {}, tags: null }, weak: [] });
}

/** Epoch seconds as a float: whole µs. */
function micros(value: unknown, name: string): number {
  if (typeof value === 'string') {
    throw new ItemError(`${name} is a text: this is LiteLLM's legacy v1 payload; set generic_api_use_v1 to false`);
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ItemError(`${name} must be a number of seconds since 1970`);
  }
  return Math.round(value * 1e6);
}

interface Facts {
  /** µs since 1970. */
  readonly start: number;
  readonly callId: string | undefined;
  readonly id: string | undefined;
}

function readCall(payload: Json, { start, callId, id }: Facts): CallReading {
  const failed = payload.status === 'failure';
  const model = textOf(payload.model);
  const response = child(payload, 'response');
  const group = textOf(payload.model_group);
  const real = model?.slice(model.indexOf('/') + 1);
  const firstToken = numberOf(payload.completionStartTime as number);
  const error = child(payload, 'error_information');
  const usage = usageOf(payload, failed);
  return {
    ...emptyReading(),
    operation: callOperation(textOf(payload.call_type) ?? '') ?? 'chat',
    explicit: true,
    ...usage,
    serviceTier: usage.serviceTier ?? textOf(response.service_tier),
    provider: liteLlmProvider(textOf(payload.custom_llm_provider), model),
    requestModel: group ?? real,
    responseModel: failed
      ? real
      : liteLlmModel({ response: textOf(response.model), provider: model, group, request: real }),
    responseId: failed ? undefined : id,
    finishReason: finishReason(response),
    timeToFirstTokenMs:
      payload.stream === true && firstToken !== undefined ? (firstToken * 1e6 - start) / 1000 : undefined,
    attempt: attempts(payload),
    reportedCost: failed || usage.usage.input === null ? null : reportedPico(payload.response_cost),
    callIds: liteLlmIds(callId, id, failed),
    outcome: {
      failed,
      errorType: textOf(error.error_class),
      message: textOf(payload.error_str) ?? textOf(error.error_message),
      httpStatus: numberOf(textOf(error.error_code)),
    },
  };
}

/** LiteLLM answered from its own cache: the provider was not called and nothing is owed. */
const isCacheHit = (payload: Json): boolean => payload.cache_hit === true || payload.cache_hit === 'True';

type UsageReading = Pick<CallReading, 'usage' | 'convention' | 'serviceTier'>;

function usageOf(payload: Json, failed: boolean): UsageReading {
  if (isCacheHit(payload)) {
    return { usage: { ...noUsage(), input: 0, output: 0 }, convention: INCLUSIVE, serviceTier: undefined };
  }
  const object = [
    child(child(payload, 'metadata'), 'usage_object'),
    child(child(payload, 'hidden_params'), 'usage_object'),
    child(child(payload, 'response'), 'usage'),
  ].find((candidate) => Object.keys(candidate).length > 0);
  const reading = (object && liteLlmUsage(object)) ?? (failed ? nothing() : bareCounts(payload));
  // A stream without usage is reported as 0 and 0: unknown, not free.
  const unknown = !reading.usage.input && !reading.usage.output;
  return { ...reading, usage: unknown ? noUsage() : reading.usage };
}

const nothing = (): UsageReading => ({ usage: noUsage(), convention: INCLUSIVE, serviceTier: undefined });

const bareCounts = (payload: Json): UsageReading => ({
  ...nothing(),
  usage: {
    ...noUsage(),
    input: countOf(payload.prompt_tokens, 'prompt_tokens'),
    output: countOf(payload.completion_tokens, 'completion_tokens'),
  },
});

function finishReason(response: Json): string | undefined {
  const choices = response.choices;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return textOf((first as Json | undefined)?.finish_reason) ?? textOf(response.stop_reason);
}

function attempts(payload: Json): number {
  const retries = numberOf(
    child(child(payload, 'hidden_params'), 'additional_headers')['x-litellm-attempted-retries'] as number
  );
  return retries === undefined || retries < 0 ? 1 : Math.trunc(retries) + 1;
}

/** Who called, by the proxy's key, and what the caller put into the request's metadata. */
function dimensionsOf(payload: Json): DimensionValues {
  const metadata = child(payload, 'metadata');
  const dimensions: DimensionValues = {
    ...userDimensions(child(metadata, 'spend_logs_metadata')),
    ...userDimensions(child(metadata, 'requester_metadata')),
  };
  const add = (dimension: keyof DimensionValues, ...values: unknown[]) => {
    const value = values.map(textOf).find((text) => text !== undefined);
    if (value !== undefined) {
      dimensions[dimension] ??= value;
    }
  };
  add('tenant', metadata.user_api_key_org_alias, metadata.user_api_key_org_id);
  add('project', metadata.user_api_key_project_alias, metadata.user_api_key_project_id);
  add('team', metadata.user_api_key_team_alias, metadata.user_api_key_team_id);
  add('user_id', payload.end_user, metadata.user_api_key_end_user_id);
  add('session_id', payload.session_id);
  add('endpoint', metadata.user_api_key_request_route);
  add('deployment', payload.model_group);
  return dimensions;
}

function tagsOf(payload: Json): Record<string, string> | null {
  const tags = Array.isArray(payload.request_tags) ? (payload.request_tags as unknown[]) : [];
  // LiteLLM adds what the HTTP client is called.
  const own = tagList(tags.filter((tag) => !String(tag).startsWith('User-Agent:')));
  return isCacheHit(payload) ? { ...own, [LITELLM_CACHE_HIT]: 'true' } : own;
}
