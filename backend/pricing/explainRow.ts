import type { UnpricedReason, UsageEvent } from '../events/usageEvent';
import { levelOf, type Level } from './book';
import { amount } from './calculate';
import type { CompiledPrice, RatePlan } from './compiledPrice';
import { picoToUsd, ratio, ratioToDecimal } from './decimal';
import { quantities, wholeInput } from './quantities';
import { RATE_NAMES, RATES, type Rate, type RateName } from './rates';

/** One line of the sum: units × rate = amount. */
export interface ExplainedComponent {
  readonly rate_name: RateName;
  /** The column of the event that the amount is a part of. */
  readonly column: 'input_cost' | 'cache_read_cost' | 'cache_write_cost' | 'output_cost' | 'other_cost';
  readonly units: number;
  readonly unit: string;
  /** USD per `per`, after multipliers; null where there is no such rate. */
  readonly rate: string | null;
  readonly per: string;
  /** pico-USD; null without a rate. */
  readonly amount: string | null;
}

export interface ExplainedRow {
  readonly price_id: string;
  readonly version: number;
  readonly level: Level;
  readonly provider: string;
  readonly model: string;
  readonly tenant: string | null;
  readonly deployment: string | null;
  readonly effective_from: string | null;
  readonly effective_to: string | null;
  readonly source: string;
  readonly note: string;
}

/** Why a call has its price, or why it has none; in structure and in words. */
export interface Explanation {
  readonly words: readonly string[];
  readonly unpriced_reason: UnpricedReason | null;
  readonly row: ExplainedRow | null;
  readonly long_context_tier: { readonly above_input_tokens: number; readonly input_tokens: number } | null;
  /** As served, and the key of the row's service tiers that was used (null: the row's own rates). */
  readonly service_tier: { readonly served: string | null; readonly used: string | null } | null;
  readonly time_of_day: { readonly from: string; readonly to: string; readonly zone: string } | null;
  /** Of service tier and time of day together; contained in the rates. */
  readonly multiplier: string | null;
  readonly components: readonly ExplainedComponent[];
}

/** An explanation with everything yet to be said. */
export const NOTHING: Explanation = {
  words: [],
  unpriced_reason: null,
  row: null,
  long_context_tier: null,
  service_tier: null,
  time_of_day: null,
  multiplier: null,
  components: [],
};

/** What one row makes of a call: its tier, its rates, each component; without a word on whether it was used. */
export function explainRow(event: UsageEvent, found: CompiledPrice): Explanation {
  const row = explainedRow(found);
  const words = [rowWords(row)];
  if (found.isHourlyOnly) {
    words.push(
      `The deployment costs ${found.row.hourly_amount} USD an hour, spread over the calls of each hour by their tokens.`
    );
    return { ...NOTHING, row, words };
  }
  const plan = found.planFor(wholeInput(event), event.service_tier, event.time);
  if (!plan) {
    return { ...NOTHING, row, service_tier: { served: event.service_tier, used: null }, words };
  }
  const components = explainedComponents(event, found, plan);
  const { tier, timeOfDay } = plan;
  return {
    words: [...words, ...planWords(event, plan), ...components.map(componentWords)],
    unpriced_reason: null,
    row,
    long_context_tier: tier && { above_input_tokens: tier.above_input_tokens, input_tokens: wholeInput(event) },
    service_tier: { served: event.service_tier, used: plan.serviceTier },
    time_of_day: timeOfDay && { from: timeOfDay.from, to: timeOfDay.to, zone: timeOfDay.zone },
    multiplier: ratioToDecimal(plan.multiplier) ?? null,
    components,
  };
}

function explainedRow({ row }: CompiledPrice): ExplainedRow {
  const { price_id, version, provider, model, tenant, deployment, effective_from, effective_to, source, note } = row;
  const level = levelOf(row);
  return { price_id, version, level, provider, model, tenant, deployment, effective_from, effective_to, source, note };
}

const COLUMN: Readonly<Record<RateName, ExplainedComponent['column']>> = {
  input: 'input_cost',
  cache_read: 'cache_read_cost',
  cache_write_5m: 'cache_write_cost',
  cache_write_1h: 'cache_write_cost',
  output: 'output_cost',
  reasoning: 'output_cost',
  audio_input: 'other_cost',
  audio_output: 'other_cost',
  image_input: 'other_cost',
  per_request: 'other_cost',
  web_search_per_1k: 'other_cost',
  per_unit: 'other_cost',
};

function explainedComponents(event: UsageEvent, found: CompiledPrice, { rates }: RatePlan): ExplainedComponent[] {
  const units = quantities(event, found, rates);
  return RATE_NAMES.filter((name) => units[name] > 0).map((name) => ({
    rate_name: name,
    column: COLUMN[name],
    units: units[name],
    unit: RATES[name].unit,
    rate: rates[name] && usdRate(name, rates[name]),
    per: RATES[name].per,
    amount: rates[name] && amount(units[name], rates[name]).toString(),
  }));
}

const usdRate = (name: RateName, { num, den }: Rate): string =>
  ratioToDecimal(ratio(num, den * RATES[name].pico)) ?? `${num}/${den * RATES[name].pico}`;

function rowWords({
  level,
  provider,
  model,
  tenant,
  deployment,
  effective_from,
  effective_to,
  source,
}: ExplainedRow): string {
  const scope = [tenant !== null && `tenant ${tenant}`, deployment !== null && `deployment ${deployment}`].filter(
    Boolean
  );
  const of = scope.length > 0 ? ` of ${scope.join(', ')}` : '';
  return `The price row is ${provider} ${model}${of} (${level}), in force ${dates(effective_from, effective_to)}${source && `, from ${source}`}.`;
}

/** "from … until just before …" */
export function dates(from: string | null, to: string | null): string {
  if (from === null && to === null) {
    return 'at all times';
  }
  return [from && `from ${from}`, to && `until just before ${to}`].filter(Boolean).join(' ');
}

function planWords(event: UsageEvent, { tier, serviceTier, timeOfDay, multiplier }: RatePlan): string[] {
  const factor = ratioToDecimal(multiplier);
  return [
    tier &&
      `With ${count(wholeInput(event))} input tokens, more than ${count(tier.above_input_tokens)}, the whole call is at the long-context rates.`,
    serviceTier && `It was served in the tier ${serviceTier}, which has a price of its own.`,
    timeOfDay && `Between ${timeOfDay.from} and ${timeOfDay.to} (${timeOfDay.zone}) another price holds.`,
    factor !== '1' && `All rates are multiplied by ${factor}.`,
  ].filter((sentence): sentence is string => typeof sentence === 'string');
}

const NAMES: Readonly<Record<RateName, string>> = {
  input: 'input',
  cache_read: 'cache read',
  cache_write_5m: 'cache write (5 minutes)',
  cache_write_1h: 'cache write (1 hour)',
  output: 'output',
  reasoning: 'reasoning',
  audio_input: 'audio input',
  audio_output: 'audio output',
  image_input: 'image input',
  per_request: 'requests',
  web_search_per_1k: 'web searches',
  per_unit: 'other units',
};

function componentWords({ rate_name, units, rate, per, amount }: ExplainedComponent): string {
  const unit =
    RATES[rate_name].unit === 'tokens' ? `${count(units)} ${units === 1 ? 'token' : 'tokens'}` : count(units);
  return rate === null || amount === null
    ? `${NAMES[rate_name]}: ${unit}, for which the row has no rate (${rate_name}).`
    : `${NAMES[rate_name]}: ${unit} × ${rate} USD per ${per} = ${picoToUsd(BigInt(amount))} USD.`;
}

const count = (value: number): string => value.toLocaleString('en-US');
