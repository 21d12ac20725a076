import type { UsageEvent } from '../../events/usageEvent';
import {
  cachedTokens,
  GATEWAY_POOL,
  gatewayPool,
  hasTokens,
  serviceOf,
  uncachedInput,
  type Sighting,
} from './sighting';

const NOWHERE: readonly string[] = [];

/** Where a sighting can meet twins without a common id: its service, and what LiteLLM's reports have in place of one. */
export function meetingPlaces(sighting: Sighting): readonly string[] {
  // A metric is the sum of many calls: like none of them.
  if (sighting.signal === 'metric') {
    return NOWHERE;
  }
  return places(serviceOf(sighting), gatewayPool(sighting));
}

/** The same for one that is not whole any more; of no metric. */
export const placesOf = ({ service, pooled }: { readonly service: string | null; readonly pooled: boolean }) =>
  places(service, pooled ? GATEWAY_POOL : null);

function places(service: string | null, pool: string | null): readonly string[] {
  if (service === null) {
    return pool === null ? NOWHERE : [pool];
  }
  return pool === null ? [service] : [service, pool];
}

/**
 * Keys under which twins without a common id can meet in one of their {@link meetingPlaces}: equal tokens; equal inputs,
 * or the uncached part of one, where an output may be a token off; and for a sighting without tokens, the same model (in
 * LiteLLM's pool, only that).
 */
export function likenessKeys(sighting: Sighting, place: string): string[] {
  const { event, models } = sighting;
  const keys =
    place === gatewayPool(sighting) && hasTokens(sighting) ? [] : models.map((model) => `m:${place}\n${model}`);
  if (hasTokens(sighting)) {
    keys.push(`u:${place}\n${event.input_tokens ?? 0}\n${event.output_tokens ?? 0}`);
    if ((event.input_tokens ?? 0) > 0 && ((event.output_tokens ?? 0) > 0 || isLeft(event))) {
      keys.push(`i:${place}\n${event.input_tokens}`);
      if (cachedTokens(sighting) > 0 && uncachedInput(sighting) > 0) {
        keys.push(`i:${place}\n${uncachedInput(sighting)}`);
      }
    }
  }
  return keys;
}

/** An answer without an output, of a stream that was left before its end. */
const isLeft = ({ output_tokens: output, operation }: UsageEvent): boolean => output === null && operation === 'chat';

/** True for a key that alone proves nothing: it is followed only where one of two sightings has no tokens. */
export const isModelKey = (key: string): boolean => key.startsWith('m:');

const HOUR = 3600 * 1e6;

/** The hour of a time, for the rule that a service is counted by one signal. */
export const hourOf = (time: number): number => Math.floor(time / HOUR);
