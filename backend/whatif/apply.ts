import { multiply, ONE, parseDecimal, ratio, type Ratio, roundHalfEven } from '../pricing/decimal';
import type { PriceBook } from '../pricing/book';
import { costAt, type Term, type Tokens } from '../savings/arithmetic';
import type { Work } from '../savings/work';
import type { Change, Planned } from './request';

/** What a stretch of work would be and cost in the base's days. */
export interface Line {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: Ratio;
  readonly tokens: Readonly<Record<keyof Tokens, Ratio>>;
  /** pico-USD; null where no price is known. */
  readonly cost: Ratio | null;
  /** What was done to it, for a person to follow. */
  readonly steps: readonly string[];
  /** pico-USD after each step; null between steps that are priced together, and where no price is known. */
  readonly stepCosts: ReadonlyArray<Ratio | null>;
  /** pico-USD of these calls before any step; null for planned features. All lines' add up to the base. */
  readonly baseCost: Ratio | null;
  readonly terms: readonly Term[];
}

const of = (whole: bigint): Ratio => ratio(whole, 1n);
const plus = (a: Ratio, b: Ratio): Ratio => ratio(a.num * b.den + b.num * a.den, a.den * b.den);
const less = (a: Ratio, b: Ratio): Ratio => plus(a, { num: -b.num, den: b.den });
/** The nearest whole number. */
export const whole = ({ num, den }: Ratio): bigint => roundHalfEven(num, den);

export const baseLine = (work: Work): Line => ({
  ...work,
  calls: of(BigInt(work.calls)),
  tokens: {
    input: of(work.tokens.input),
    cache_read: of(work.tokens.cache_read),
    cache_write: of(work.tokens.cache_write),
    output: of(work.tokens.output),
  },
  cost: of(work.cost),
  steps: [],
  stepCosts: [],
  baseCost: of(work.cost),
  terms: [],
});

const KINDS = ['input', 'cache_read', 'cache_write', 'output'] as const;
const everyToken = (
  tokens: Line['tokens'],
  change: (amount: Ratio, kind: (typeof KINDS)[number]) => Ratio
): Line['tokens'] => ({
  input: change(tokens.input, 'input'),
  cache_read: change(tokens.cache_read, 'cache_read'),
  cache_write: change(tokens.cache_write, 'cache_write'),
  output: change(tokens.output, 'output'),
});

const wholeTokens = (tokens: Line['tokens']): Tokens => ({
  input: whole(tokens.input),
  cache_read: whole(tokens.cache_read),
  cache_write: whole(tokens.cache_write),
  output: whole(tokens.output),
});

/** Prices in force at a time. */
export interface Prices {
  readonly book: PriceBook;
  /** µs since 1970 */
  readonly at: number;
}

function listed(line: Pick<Line, 'tenant' | 'provider' | 'model'>, tokens: Line['tokens'], { book, at }: Prices) {
  const { tenant, provider, model } = line;
  const found = book.find({ time: at, tenant, deployment: null, provider, model, request_model: model });
  return typeof found === 'string' ? null : costAt(found.row, wholeTokens(tokens));
}

/**
 * The cost of changed tokens: what the work really cost, times what the new tokens cost at base rates by what the old ones did.
 * So tiers, discounts and other charges of the base stay in it. Where the base can't be priced there is no answer.
 */
function recosted(line: Line, tokens: Line['tokens'], prices: Prices): Pick<Line, 'cost' | 'terms'> {
  const [old, fresh] = [listed(line, line.tokens, prices), listed(line, tokens, prices)];
  if (!old || !fresh || line.cost === null) {
    return { cost: null, terms: [] };
  }
  const cost = old.cost === 0n ? of(fresh.cost) : multiply(line.cost, ratio(fresh.cost, old.cost));
  return { cost, terms: fresh.terms };
}

function scaled(line: Line, share: Ratio, step: string): Line {
  const cost = line.cost && multiply(line.cost, share);
  return {
    ...line,
    calls: multiply(line.calls, share),
    tokens: everyToken(line.tokens, (amount) => multiply(amount, share)),
    cost,
    steps: [...line.steps, step],
    stepCosts: [...line.stepCosts, cost],
  };
}

/** The line at another cost, which its last step led to. */
const at = (line: Line, cost: Ratio | null, terms: readonly Term[]): Line => ({
  ...line,
  cost,
  terms,
  stepCosts: [...line.stepCosts.slice(0, -1), cost],
});

function withTokens(
  line: Line,
  { input_tokens: input, output_tokens: output, cache_hit_ratio: hits }: Change,
  prices: Prices
): Line {
  const steps = [...line.steps];
  let { tokens } = line;
  if (input !== undefined || output !== undefined) {
    const [more, longer] = [input, output].map((text) => (text === undefined ? ONE : parseDecimal(text))) as [
      Ratio,
      Ratio,
    ];
    tokens = everyToken(tokens, (amount, kind) => multiply(amount, kind === 'output' ? longer : more));
    steps.push(...(input ? [`input tokens × ${input}`] : []), ...(output ? [`output tokens × ${output}`] : []));
  }
  if (hits !== undefined) {
    const all = plus(plus(tokens.input, tokens.cache_read), tokens.cache_write);
    const read = multiply(all, parseDecimal(hits));
    tokens = { ...tokens, input: less(all, read), cache_read: read, cache_write: of(0n) };
    steps.push(`cache hit ratio ${hits}`);
  }
  if (tokens === line.tokens) {
    return line;
  }
  const { cost, terms } = recosted(line, tokens, prices);
  // Tokens that change together are priced once.
  const pending = steps.slice(line.steps.length).map(() => null);
  return at({ ...line, tokens, steps, stepCosts: [...line.stepCosts, ...pending] }, cost, terms);
}

/** A part of the line from the beginning: what its calls cost in the base and after each step so far. */
function partOf(line: Line, share: Ratio, baseCost: Ratio | null, step: string): Line {
  const stepCosts = line.stepCosts.map((cost) => cost && multiply(cost, share));
  return { ...scaled({ ...line, stepCosts }, share, step), baseCost };
}

/** The part that moves to another model, at that model's base rates, and the part that stays. */
function moved(line: Line, { model: to }: Change, prices: Prices): Line[] {
  if (!to) {
    return [line];
  }
  const share = parseDecimal(to.share);
  // Whole, so that both parts add up to what there was.
  const goingBase = line.baseCost && of(whole(multiply(line.baseCost, share)));
  const stayingBase = line.baseCost && goingBase && less(line.baseCost, goingBase);
  const going = partOf(line, share, goingBase, `${to.share} of the calls on ${to.provider} ${to.model}`);
  const target = { ...going, provider: to.provider, model: to.model };
  const computed = listed(target, going.tokens, prices);
  const there = at(target, computed && of(computed.cost), computed?.terms ?? []);
  const rest = less(ONE, share);
  return rest.num === 0n
    ? [there]
    : [partOf(line, rest, stayingBase, `the rest on ${line.model ?? 'its model'}`), there];
}

const matches = (line: Line, { where }: Change): boolean =>
  (['feature', 'provider', 'model', 'operation'] as const).every(
    (name) => where[name] === undefined || where[name].includes(line[name] ?? '')
  );

/** What a change makes of a line. */
export function applyChange(line: Line, change: Change, prices: Prices): Line[] {
  if (!matches(line, change)) {
    return [line];
  }
  const grown = change.calls === undefined ? line : scaled(line, parseDecimal(change.calls), `calls × ${change.calls}`);
  return moved(withTokens(grown, change, prices), change, prices).map((one) => {
    if (change.price === undefined) {
      return one;
    }
    const cost = one.cost && multiply(one.cost, parseDecimal(change.price));
    return { ...one, cost, steps: [...one.steps, `price × ${change.price}`], stepCosts: [...one.stepCosts, cost] };
  });
}

/** A feature from scratch, over so many days. */
export function plannedLine(planned: Planned, days: number, tenant: string, prices: Prices): Line {
  const { feature, provider, model, calls_per_day: perDay, cache_hit_ratio: hits } = planned;
  const calls = BigInt(perDay) * BigInt(days);
  const input = of(calls * BigInt(planned.input_tokens));
  const read = multiply(input, parseDecimal(hits));
  const tokens = {
    input: less(input, read),
    cache_read: read,
    cache_write: of(0n),
    output: of(calls * BigInt(planned.output_tokens)),
  };
  const line = { tenant, feature, operation: 'chat', provider, model };
  const computed = listed(line, tokens, prices);
  const cost = computed && of(computed.cost);
  return {
    ...line,
    calls: of(calls),
    tokens,
    cost,
    baseCost: null,
    steps: [`planned: ${perDay} calls a day for ${days} days`],
    stepCosts: [cost],
    terms: computed?.terms ?? [],
  };
}
