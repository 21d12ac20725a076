import { hasTokens, serviceOf, type Sighting } from './sighting';

/**
 * Keys under which twins without a common id can meet: the same service with equal tokens; and for a sighting without
 * tokens, the same service and model.
 */
export function likenessKeys(sighting: Sighting): string[] {
  const { event, models, signal } = sighting;
  const service = serviceOf(sighting);
  // A metric is the sum of many calls: like none of them.
  if (service === null || signal === 'metric') {
    return [];
  }
  const keys = models.map((model) => `m:${service}\n${model}`);
  if (hasTokens(sighting)) {
    keys.push(`u:${service}\n${event.input_tokens ?? 0}\n${event.output_tokens ?? 0}`);
  }
  return keys;
}

/** True for a key that alone proves nothing: it is followed only where one of two sightings has no tokens. */
export const isModelKey = (key: string): boolean => key.startsWith('m:');

const HOUR = 3600 * 1e6;

/** The hour of a time, for the rule that a service is counted by one signal. */
export const hourOf = (time: number): number => Math.floor(time / HOUR);
