import { type Quality, type Usage, USAGE_FIELDS, type UsageField, hasUsage } from '../../events/usageEvent';
import { isProviderUsage, readProviderUsage } from '../../normalize/providerUsage';
import { serviceTierOf } from '../../normalize/serviceTier';
import { inclusiveUsage, qualityOf } from '../../normalize/usage';
import { ItemError, type Json } from '../../normalize/values';
import { issueText, usageSchema } from './eventInput';

/** An event's usage, understood. */
export interface EventUsage {
  readonly usage: Usage;
  readonly quality: Quality;
  /** The tier that served the call, where a provider says it inside of its usage; null elsewhere. */
  readonly serviceTier: string | null;
}

/** Words that nobody but the contract uses; the others are provider's words too. */
const OWN_ONLY: readonly string[] = USAGE_FIELDS.filter(
  (field) => !['input_tokens', 'output_tokens', 'reasoning_tokens'].includes(field)
);

/**
 * The usage of an event: in the words of the contract, or a provider's usage object as its API returned it.
 *
 * @throws ItemError when it can't be understood, with the cause and the cure.
 */
export function readEventUsage(given: Json | null | undefined): EventUsage {
  if (given && isProviderUsage(given)) {
    return providersOwn(given);
  }
  const result = usageSchema.safeParse(given ?? {});
  if (!result.success) {
    throw new ItemError(issueText(result.error, USAGE_FIELDS, 'usage'));
  }
  const said = Object.fromEntries(USAGE_FIELDS.map((field) => [field, result.data[field] ?? null])) as Usage;
  const usage = inclusive(said);
  checkParts(usage);
  const asSaid = usage.input_tokens === said.input_tokens && usage.output_tokens === said.output_tokens;
  return {
    usage,
    quality: !hasUsage(usage) ? 'no_usage' : asSaid ? 'exact' : 'inferred_convention',
    serviceTier: null,
  };
}

function providersOwn(given: Json): EventUsage {
  const foreign = OWN_ONLY.find((field) => field in given);
  if (foreign !== undefined) {
    const theirs = Object.keys(given).find((key) => !(USAGE_FIELDS as readonly string[]).includes(key));
    throw new ItemError(
      `usage: "${foreign}" is the collector's own word and "${theirs}" a provider's; send the provider's usage object as it is, or the collector's words only`
    );
  }
  const found = readProviderUsage(given);
  if (!found) {
    throw new ItemError('usage: looks like a provider’s usage object, and has none of its token counts');
  }
  const { usage, inferred } = inclusiveUsage(found.usage, found.convention);
  checkParts(usage);
  return {
    usage,
    quality: qualityOf(usage, { inferred, neverCacheDetail: false }),
    serviceTier: serviceTierOf(found.serviceTier),
  };
}

const sum = (usage: Usage, ...fields: UsageField[]): number =>
  fields.reduce((total, field) => total + (usage[field] ?? 0), 0);

/**
 * The contract's counts are inclusive. Where the parts are larger than the whole they can only have been sent beside it,
 * so they are added (design/domain.md, "Usage normalisation").
 */
function inclusive(usage: Usage): Usage {
  const cached = sum(usage, 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens');
  const input = sum(usage, 'input_tokens');
  const output = sum(usage, 'output_tokens');
  return {
    ...usage,
    ...(cached > input ? { input_tokens: input + cached } : {}),
    ...(sum(usage, 'reasoning_tokens') > output ? { output_tokens: output + sum(usage, 'reasoning_tokens') } : {}),
  };
}

/** Audio and images beyond the whole have no reading as parts that were left out: nobody sends them so. */
function checkParts(usage: Usage): void {
  if (sum(usage, 'audio_input_tokens', 'image_input_tokens') > sum(usage, 'input_tokens')) {
    throw new ItemError("usage: audio_input_tokens and image_input_tokens are parts of input_tokens and can't be more");
  }
  if (sum(usage, 'audio_output_tokens') > sum(usage, 'output_tokens')) {
    throw new ItemError("usage: audio_output_tokens are a part of output_tokens and can't be more");
  }
}
