import { parseDecimal, plainDecimal, ratio, ratioToDecimal } from '../decimal';
import { canonicalModel } from '../match';
import { parsePriceRow, type PriceRow, type PriceRowInput } from '../priceRow';
import { canonicalProvider } from '../providers';
import { RATES, type RateName } from '../rates';

/**
 * LiteLLM's `model_prices_and_context_window.json` as price rows. Its prices are floats per token; they are read from the
 * digits in the file, so that `7.5e-08` is exactly 0.075 per 1M tokens.
 */

export interface LiteLlmImport {
  readonly rows: readonly PriceRow[];
  /** What has no price that a usage event can be charged by, and why. */
  readonly left_out: ReadonlyArray<{ readonly model: string; readonly why: string }>;
}

/** USD per token or request, by LiteLLM's key. */
const KEYS: Readonly<Record<string, RateName>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cache_read',
  cache_creation_input_token_cost: 'cache_write_5m',
  cache_creation_input_token_cost_above_1hr: 'cache_write_1h',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_audio_token: 'audio_input',
  output_cost_per_audio_token: 'audio_output',
  input_cost_per_image_token: 'image_input',
  input_cost_per_request: 'per_request',
  input_cost_per_query: 'per_request',
};

const SERVICE_TIERS: Readonly<Record<string, string>> = { batches: 'batch', flex: 'flex', priority: 'priority' };

type Rates = { [Name in RateName]?: string };
type Tier = Rates & { above_input_tokens: number };
interface RateSet {
  rates: Rates;
  tiers: Map<number, Tier>;
}

/** An entry with every number as the text that stood in the file. */
type Entry = Record<string, unknown>;

/** @throws SyntaxError for what is no JSON object. */
export function rowsFromLiteLlm(json: string): LiteLlmImport {
  const file: unknown = JSON.parse(numbersAsStrings(json));
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new SyntaxError("is not LiteLLM's price file: an object with one entry for each model");
  }
  const rows: PriceRow[] = [];
  const left_out: Array<{ model: string; why: string }> = [];
  const seen = new Set<string>();
  for (const [key, entry] of Object.entries(file as Record<string, Entry>)) {
    const result = key === 'sample_spec' ? undefined : toRow(key, entry, seen);
    if (typeof result === 'string') {
      left_out.push({ model: key, why: result });
    } else if (result) {
      rows.push(result);
    }
  }
  return { rows, left_out };
}

/** Quotes each number of a JSON text, and leaves its strings alone. */
const numbersAsStrings = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`
  );

/** The row, or why there is none. */
function toRow(key: string, entry: Entry, seen: Set<string>): PriceRow | string {
  const { litellm_provider: owner } = entry;
  if (typeof owner !== 'string') {
    return 'it names no litellm_provider';
  }
  const provider = sellerName(owner);
  const model = canonicalModel(provider, key);
  if (seen.has(`${provider}\n${model}`)) {
    return `${provider} ${model} is in the file already`;
  }
  const sets = rateSets(entry);
  if (typeof sets === 'string') {
    return sets;
  }
  const standard = sets.get('')!;
  if (Object.keys(standard.rates).length === 0) {
    return `no price by tokens, requests or searches (${typeof entry.mode === 'string' ? entry.mode : 'unknown mode'})`;
  }
  const parsed = parsePriceRow({
    provider,
    model,
    ...listed(standard),
    ...serviceTiers(sets, standard),
    source: 'LiteLLM',
  });
  if (!parsed.ok) {
    return parsed.errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  }
  seen.add(`${provider}\n${model}`);
  return parsed.row;
}

/** `vertex_ai-language-models` and the like are one seller. */
function sellerName(owner: string): string {
  const family = owner.startsWith('vertex_ai') ? 'vertex_ai' : owner;
  return canonicalProvider(family) ?? owner;
}

/** Rates by service tier (`''` is standard), or what makes them unusable. */
function rateSets(entry: Entry): Map<string, RateSet> | string {
  const sets = new Map<string, RateSet>([['', { rates: {}, tiers: new Map() }]]);
  for (const [key, value] of Object.entries(entry)) {
    const match = /^(.+?)(?:_above_(\d+)k_tokens)?(?:_(batches|flex|priority))?$/.exec(key);
    const name = match && KEYS[match[1]!];
    if (!name || typeof value !== 'string') {
      continue;
    }
    const [, , thousands, tier = ''] = match;
    const rate = quote(name, value);
    if (rate === undefined) {
      return `${key} is ${value}, which is no price`;
    }
    const set = within(sets, SERVICE_TIERS[tier] ?? '', (): RateSet => ({ rates: {}, tiers: new Map() }));
    const above = Number(thousands) * 1000;
    const target: Rates =
      thousands === undefined ? set.rates : within(set.tiers, above, (): Tier => ({ above_input_tokens: above }));
    target[name] = rate;
  }
  const search = webSearch(entry);
  if (search !== undefined) {
    sets.get('')!.rates.web_search_per_1k = search;
  }
  return sets;
}

/** Per search by the size of its context; the medium one is the default of the APIs. */
function webSearch({ search_context_cost_per_query: sizes }: Entry): string | undefined {
  const medium = (sizes as Record<string, unknown> | undefined)?.search_context_size_medium;
  return typeof medium === 'string' ? quote('web_search_per_1k', medium) : undefined;
}

const SCALE = { '1M tokens': 1_000_000n, '1K': 1000n, '1': 1n } as const;

/** From USD per unit to the unit that the rate is quoted in. */
function quote(name: RateName, perUnit: string): string | undefined {
  try {
    const { num, den } = parseDecimal(plainDecimal(perUnit));
    return ratioToDecimal(ratio(num * SCALE[RATES[name].per], den));
  } catch {
    return undefined;
  }
}

/** Tiers have the rates that the file names for them: what it leaves out is not known, rather than the standard rate. */
const listed = ({ rates, tiers }: RateSet): Pick<PriceRowInput, RateName | 'tiers'> => ({
  ...rates,
  tiers: [...tiers.values()],
});

/** Searches and requests cost the same in every service tier. */
function serviceTiers(sets: Map<string, RateSet>, standard: RateSet): Pick<PriceRowInput, 'service_tiers'> {
  const units = Object.fromEntries(
    Object.entries(standard.rates).filter(([name]) => RATES[name as RateName].unit !== 'tokens')
  );
  const named = [...sets].filter(([tier, { rates }]) => tier !== '' && Object.keys(rates).length > 0);
  return {
    service_tiers: Object.fromEntries(
      named.map(([tier, { rates, tiers }]) => [tier, listed({ rates: { ...units, ...rates }, tiers })])
    ),
  };
}

function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
