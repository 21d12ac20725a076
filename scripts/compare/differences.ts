import { calcPrice, findProvider, type PriceCalculation } from '@pydantic/genai-prices';
import type { Pricing } from '../../backend/events/usageEvent';
import { withoutDate } from '../../backend/pricing/match';
import { canonicalProvider } from '../../backend/pricing/providers';
import { AUDIO, REPLACED } from '../catalogue/corrections';
import { exactIds } from '../catalogue/exactIds';
import type { Call } from './randomCalls';

/** What `@pydantic/genai-prices` says: a price, nothing, or an error. */
export type Theirs = PriceCalculation | null | { readonly thrown: string };

export function theirPrice({ usage, model, providerId, time }: Call): Theirs {
  try {
    return calcPrice(usage, model, { timestamp: time, ...(providerId !== undefined && { providerId }) });
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

export interface Difference {
  readonly name: string;
  /** Why it is there, and who is right. */
  readonly why: string;
  readonly holds: (call: Call, ours: Pricing, theirs: Theirs) => boolean;
}

const isPriced = (theirs: Theirs): theirs is PriceCalculation => theirs !== null && 'total_price' in theirs;
const usd = (ours: Pricing & { priced: true }): number => Number(ours.total_cost) / 1e12;
const reasonOf = (ours: Pricing): string | null => (ours.priced ? null : ours.unpriced_reason);
const contradicts = ({ event }: Call): boolean =>
  (event.cache_read_tokens ?? 0) + (event.cache_write_5m_tokens ?? 0) + (event.cache_write_1h_tokens ?? 0) >
  (event.input_tokens ?? 0);

/** Float noise: theirs sums in floats. */
function agrees(ours: Pricing, theirs: Theirs): boolean {
  return (
    ours.priced &&
    isPriced(theirs) &&
    Math.abs(usd(ours) - theirs.total_price) <= 1e-9 * Math.max(1e-3, theirs.total_price)
  );
}

/** Every way in which the two may differ; the first that holds names a difference. What none holds for is a fault. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'the same',
    why: 'the same amount; theirs may be off in the 17th digit, because it is a sum of floats',
    holds: (_call, ours, theirs) => agrees(ours, theirs),
  },
  {
    name: 'both have no price',
    why: 'ours says why',
    holds: (_call, ours, theirs) => !ours.priced && theirs === null,
  },
  {
    name: 'contradicting counts',
    why: 'more cached tokens than input: theirs throws or bills a negative rest, ours takes the parts at their word',
    holds: (call) => contradicts(call),
  },
  {
    name: 'audio and cached tokens together',
    why: 'theirs throws unless somebody says how much of the audio was cached; ours bills as if it were as much as fits',
    holds: (_call, _ours, theirs) =>
      theirs !== null && 'thrown' in theirs && theirs.thrown.includes('cache_audio_read_tokens'),
  },
  {
    name: 'spelling of the provider',
    why: "theirs doesn't know OpenTelemetry's or LiteLLM's name of the provider (x_ai, gcp.gen_ai, azure.ai.inference …)",
    holds: ({ providerId }, ours, theirs) =>
      ours.priced && theirs === null && providerId !== undefined && findProvider({ providerId }) === undefined,
  },
  {
    name: 'provider not named',
    why: 'theirs guesses it from the beginning of the id or gives up; ours takes the only one that lists the id, or its maker',
    holds: ({ providerId }, ours, theirs) =>
      providerId === undefined &&
      (theirs === null ? ours.priced : !agrees(ours, theirs) && isPriced(theirs) && ours.priced && !isDeepseek(theirs)),
  },
  {
    name: 'wrapped or dated id',
    why: 'models/…, anthropic/… and dated snapshots of models that theirs lists without a date',
    holds: (_call, ours, theirs) => ours.priced && theirs === null,
  },
  {
    name: 'nothing that could be priced',
    why: 'by pages, hours or messages, which no usage has: theirs answers 0, ours unpriced',
    holds: (_call, ours, theirs) => !ours.priced && isPriced(theirs) && theirs.total_price === 0,
  },
  {
    name: 'loose match',
    why: "theirs matches beginnings and parts of ids, so that another model gets this one's price; ours whole ids only",
    holds: ({ model }, ours, theirs) =>
      reasonOf(ours) === 'unknown_model' && isPriced(theirs) && !isWholeId(model, theirs),
  },
  {
    name: 'a price that ours leaves out',
    why: 'where tokens that no usage tells apart cost something else (see left_out in the catalogue)',
    holds: (_call, ours, theirs) =>
      reasonOf(ours) === 'unknown_model' && isPriced(theirs) && isWholeId(_call.model, theirs),
  },
  {
    name: 'tokens without a rate',
    why: 'cached, audio, image or searched, and the model has no such price: theirs bills them at the parent rate or at 0, ours is unpriced',
    holds: (_call, ours, theirs) => reasonOf(ours) === 'no_rate_for_component' && isPriced(theirs),
  },
  {
    name: 'audio at the price of text',
    why: "theirs has no audio rates for gpt-4o's audio previews and bills audio as text; ours has OpenAI's",
    holds: (_call, ours, theirs) =>
      ours.priced &&
      isPriced(theirs) &&
      `${theirs.provider.id}:${theirs.model.id}` in AUDIO &&
      usd(ours) > theirs.total_price,
  },
  {
    name: "DeepSeek's names",
    why: 'deepseek-chat and -reasoner are frozen at July 2025 in theirs, whatever the date; ours has the history until the names were retired',
    holds: (_call, _ours, theirs) =>
      isPriced(theirs) && isDeepseek(theirs) && REPLACED.has(`deepseek:${theirs.model.id}`),
  },
  {
    name: 'peak hours before their date',
    why: 'in theirs a time of day wins over any date, so that peak prices hold before they began',
    holds: (_call, ours, theirs) => ours.priced && isPriced(theirs) && isDeepseek(theirs),
  },
  {
    name: 'Azure taken for OpenAI',
    why: "theirs finds openai in azure.ai.openai; ours has Azure's own list",
    holds: ({ providerId }, ours, theirs) =>
      ours.priced &&
      isPriced(theirs) &&
      canonicalProvider(providerId ?? null) === 'azure' &&
      theirs.provider.id !== 'azure',
  },
  {
    name: 'loose match before the exact one',
    why: 'a dated id that the loose rule of another model of theirs takes first',
    holds: ({ model }, ours, theirs) =>
      ours.priced && isPriced(theirs) && !isWholeId(model, theirs) && withoutDate(model) !== undefined,
  },
];

const isDeepseek = (theirs: PriceCalculation): boolean => theirs.provider.id === 'deepseek';

function isWholeId(model: string, theirs: PriceCalculation): boolean {
  const ids = exactIds(theirs.provider, theirs.model);
  return ids === undefined || [ids.model, ...ids.aliases, theirs.model.id].includes(model.toLowerCase());
}
