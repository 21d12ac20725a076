import type { ConditionalPrice, ModelInfo, ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { parseDecimal, plainDecimal, ratio, ratioToDecimal } from '../../backend/pricing/decimal';
import type { PriceRowInput } from '../../backend/pricing/priceRow';
import { RATES, type RateName } from '../../backend/pricing/rates';
import type { ExactIds } from './exactIds';

/** Rates of one row, as decimal strings. */
export type Rates = { [Name in RateName]?: string };

export interface Tier extends Rates {
  above_input_tokens: number;
}

/** A catalogue row: what is left out has its default. */
export type CatalogueRow = Omit<PriceRowInput, 'tiers' | RateName> & Rates & { tiers?: Tier[] };

const RATE_OF: Readonly<Record<string, RateName>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cache_read',
  cache_write_mtok: 'cache_write_5m',
  cache_write_1h_mtok: 'cache_write_1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audio_input',
  output_audio_mtok: 'audio_output',
  input_image_mtok: 'image_input',
  requests_kcount: 'per_request',
  web_searches_kcount: 'web_search_per_1k',
};

/** Priced by something that no usage event counts. Where it stands for tokens of the output, the output has no rate. */
export const UNCOUNTED_OUTPUT = ['output_image_mtok', 'output_video_mtok', 'output_citation_mtok'];

interface Period {
  from?: string;
  prices: ModelPrice;
  windows: Array<{ from: string; to: string; prices: ModelPrice }>;
}

/** The rows of one model: one for each stretch of time with prices of its own. */
export function toRows(provider: string, ids: ExactIds, model: ModelInfo): CatalogueRow[] {
  const list = periods(model.prices);
  return list.map((period, index) => ({
    provider,
    model: ids.model,
    ...(ids.aliases.length > 0 && { aliases: [...ids.aliases] }),
    ...(period.from !== undefined && { effective_from: period.from }),
    ...(list[index + 1]?.from !== undefined && { effective_to: list[index + 1]!.from }),
    ...rates(period.prices),
    ...timeOfDay(period),
  }));
}

/** Rates and long-context tiers. A tier begins above its `start`, as in the package. */
export function rates(prices: ModelPrice): Rates & { tiers?: Tier[] } {
  const known = Object.entries(prices).flatMap(([key, price]) => {
    const name = RATE_OF[key];
    return name && price !== undefined ? [{ name, price, per: key === 'requests_kcount' ? 1000n : 1n }] : [];
  });
  const starts = [
    ...new Set(known.flatMap(({ price }) => (typeof price === 'number' ? [] : price.tiers.map((t) => t.start)))),
  ];
  const at = (tokens: number, names: typeof known): Rates =>
    Object.fromEntries(names.map(({ name, price, per }) => [name, quotient(decimal(priceAt(price, tokens)), per)]));
  const tiers = starts
    .sort((a, b) => a - b)
    .map((start) => ({
      above_input_tokens: start,
      ...at(
        start,
        known.filter(({ name }) => RATES[name].unit === 'tokens')
      ),
    }));
  return { ...at(-1, known), ...(tiers.length > 0 && { tiers }) };
}

const priceAt = (price: number | TieredPrices, start: number): number =>
  typeof price === 'number' ? price : (price.tiers.findLast((tier) => tier.start <= start)?.price ?? price.base);

const quotient = (text: string, by: bigint): string => {
  const { num, den } = parseDecimal(text);
  return ratioToDecimal(ratio(num, den * by))!;
};

/**
 * The decimal that a float was written as. Arithmetic leaves noise in the 17th digit (0.18000000000000002): a much
 * shorter decimal of 15 digits is what was meant.
 */
export function decimal(value: number): string {
  const short = Number(value.toPrecision(15));
  const plain = plainDecimal(String(short));
  return plain.length <= 12 ? plain : plainDecimal(String(value));
}

function periods(prices: ModelInfo['prices']): Period[] {
  if (!Array.isArray(prices)) {
    return [{ prices, windows: [] }];
  }
  const [first, ...rest] = prices as [ConditionalPrice, ...ConditionalPrice[]];
  const list: Period[] = [{ prices: first.prices, windows: [] }];
  for (const { constraint, prices } of rest) {
    if (constraint?.type === 'start_date') {
      list.push({ from: constraint.start_date, prices, windows: [] });
    } else if (constraint?.type === 'time_of_date') {
      // In the package a time of day wins over any date; it belongs to the stretch of time that it is listed in.
      list.at(-1)!.windows.push({ from: utcMinute(constraint.start_time), to: utcMinute(constraint.end_time), prices });
    } else {
      throw new Error('a conditional price without a condition');
    }
  }
  return list;
}

function utcMinute(time: string): string {
  const match = /^(\d\d:\d\d):00Z$/.exec(time);
  if (!match) {
    throw new Error(`${time} is not a whole UTC minute`);
  }
  return match[1]!;
}

function timeOfDay({ prices, windows }: Period): Pick<CatalogueRow, 'time_of_day'> {
  if (windows.length === 0) {
    return {};
  }
  const base = rates(prices);
  return {
    time_of_day: windows.map(({ from, to, prices }) => ({ from, to, zone: 'UTC', ...factor(base, rates(prices)) })),
  };
}

/** One multiplier where all rates have the same, else the rates themselves. */
function factor(base: Rates & { tiers?: Tier[] }, own: Rates & { tiers?: Tier[] }): Rates | { multiplier: string } {
  const names = Object.keys(base) as RateName[];
  const factors = names.map((name) => {
    const [a, b] = [parseDecimal(base[name] ?? '0'), parseDecimal(own[name] ?? '0')];
    return a.num === 0n ? undefined : ratioToDecimal(ratio(b.num * a.den, b.den * a.num));
  });
  const [multiplier] = factors;
  const uniform = multiplier !== undefined && !base.tiers && !own.tiers && factors.every((each) => each === multiplier);
  return uniform && names.length === Object.keys(own).length ? { multiplier } : own;
}
