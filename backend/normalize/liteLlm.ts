import { responseKey } from './candidate';
import { readProviderUsage, type ProviderUsage } from './providerUsage';
import { child, countOf, textOf, type Json } from './values';

/**
 * What LiteLLM's spans and its generic API callback have in common.
 */

/**
 * LiteLLM's `usage_object`. `prompt_tokens` includes cache reads and writes; older releases leave the writes out, which
 * shows where the text tokens are given, or where reads and writes exceed the prompt.
 */
export function liteLlmUsage(object: Json): ProviderUsage | undefined {
  const found = readProviderUsage(object);
  if (!found) {
    return undefined;
  }
  const { usage } = found;
  const read = usage.cacheRead ?? 0;
  const written = usage.cacheWrite ?? (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0);
  const text = countOf(child(object, 'prompt_tokens_details').text_tokens, 'text_tokens');
  if (usage.input !== null && written > 0 && found.convention.input !== 'exclusive') {
    const writesBeside =
      text === null ? read + written > usage.input && read <= usage.input : text + read === usage.input;
    usage.input += writesBeside ? written : 0;
  }
  return found;
}

/**
 * The id under which LiteLLM's span and its callback report one attempt. The call id alone is shared by a failed attempt
 * and its paid retry: how it ended tells them apart. (The response's id does not: spans of embeddings have none.)
 */
const liteLlmCallId = (callId: string, failed: boolean): string => `litellm:${callId}:${failed ? 'failed' : 'ok'}`;

/** LiteLLM wraps the Responses API's ids: `resp_` + base64 of `litellm:…;response_id:resp_…`. */
const WRAPPED = /;response_id:(resp_[\w-]+)$/;

/** Every id under which another report of this attempt may know it. */
export function liteLlmIds(callId: string | undefined, responseId: string | undefined, failed: boolean): string[] {
  const ids = callId === undefined ? [] : [liteLlmCallId(callId, failed)];
  const inner =
    responseId?.startsWith('resp_') && WRAPPED.exec(Buffer.from(responseId.slice(5), 'base64').toString('latin1'));
  return inner ? [...ids, responseKey(inner[1] ?? '')] : ids;
}

/** The model that ran, not the proxy's alias for it; without LiteLLM's provider prefix. */
export function liteLlmModel(names: {
  response: string | undefined;
  /** `openai/gpt-4o-mini` */
  provider: string | undefined;
  /** The alias. */
  group: string | undefined;
  request: string | undefined;
}): string | undefined {
  const real = names.provider === undefined ? names.request : names.provider.slice(names.provider.indexOf('/') + 1);
  // An answer's model that repeats the request's is an alias where another one ran. Azure's are names of deployments.
  const repeated = names.response === names.request && !names.provider?.startsWith('azure');
  const alias = names.response === undefined || names.response === names.group || repeated;
  return alias ? (real ?? names.response) : names.response;
}

/** The provider as said, or as the provider model's prefix says it. */
export function liteLlmProvider(said: string | undefined, providerModel: unknown): string | undefined {
  const model = textOf(providerModel);
  return said ?? (model?.includes('/') ? model.slice(0, model.indexOf('/')) : undefined);
}

/** Tag on calls that LiteLLM answered from its own cache. */
export const LITELLM_CACHE_HIT = 'gateway_cache_hit';

/** The instrumentation's name of the spans that hold the provider's raw answer. */
export const LITELLM_RAW = 'litellm/raw_gen_ai_request';

/**
 * The instrumentation's name of a report that LiteLLM's first OpenTelemetry callback wrote on its caller's span: it
 * makes no span of its own where one is open, and the report of the last call there overwrites those before it.
 */
export const LITELLM_BORROWED = 'litellm/caller';

/** Python's way to say that an iterator is at its end. */
export const isStopIteration = (error: unknown): boolean =>
  typeof error === 'string' && /^Stop(Async)?Iteration$/.test(error);
