import { roundHalfEven } from '../../pricing/decimal';

/**
 * What can make the cost of two periods differ, in the order in which it is told. Together they are all that a cost is
 * made of, so that a difference splits into them without a rest:
 *
 * cost = Σ calls × share of the work × share of the model in it × attempts per call × Σ kinds of tokens (tokens per
 * attempt × price)
 */
export const FACTORS = [
  { name: 'calls', label: 'Number of calls', means: 'calls, retries left out' },
  { name: 'retries', label: 'Retries', means: 'attempts per call' },
  { name: 'work_mix', label: 'Mix of work', means: "each feature's and operation's share of the calls" },
  {
    name: 'model_mix',
    label: 'Model mix',
    means: "each model's, deployment's and service tier's share of the calls for the same work",
  },
  { name: 'input', label: 'Input per call', means: 'input tokens per attempt, cached ones included' },
  { name: 'cache', label: 'Cache use', means: 'share of the input that is read from or written to a cache' },
  { name: 'output', label: 'Output per call', means: 'output tokens per attempt' },
  { name: 'price', label: 'Prices', means: 'cost per token of each kind' },
  { name: 'other', label: 'Other charges', means: 'per-request fees, searches, audio: cost per attempt' },
] as const;

export type Factor = (typeof FACTORS)[number]['name'];

/** Kinds of tokens that have a price of their own. `input` is the uncached rest of the input. */
export const KINDS = ['input', 'cache_read', 'cache_write', 'output'] as const;
export type Kind = (typeof KINDS)[number];

/** Priced usage of one model (or of whatever is priced alike) for one kind of work in one period. */
export interface Usage {
  /** What the calls are for: those for the same work can be compared across models. */
  readonly work: string;
  /** Attempts, retries included. */
  readonly calls: bigint;
  readonly retries: bigint;
  /** Without overlap: the sum of all but `output` is the whole input. */
  readonly tokens: Readonly<Record<Kind, bigint>>;
  /** pico-USD; what isn't of a kind with tokens is in `total` only. */
  readonly cost: Readonly<Record<Kind, bigint>>;
  /** pico-USD. */
  readonly total: bigint;
}

/** Usage by work and model, or whatever is priced alike; a key names the same work in both periods. */
export type Period = ReadonlyMap<string, Usage>;

/** num / den; a `den` of 0 says that the period doesn't know it. */
export interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** A model's cost taken apart into the numbers whose product it is. */
interface Makings {
  /** The work's part of all calls. */
  readonly work: Fraction;
  /** The model's part of the work's calls. */
  readonly share: Fraction;
  readonly attempts: Fraction;
  readonly input: Fraction;
  readonly output: Fraction;
  /** Part of the input that is of this kind. */
  readonly part: Readonly<Record<Exclude<Kind, 'output'>, Fraction>>;
  /** pico-USD per token. */
  readonly price: Readonly<Record<Kind, Fraction>>;
  /** pico-USD per attempt. */
  readonly other: Fraction;
}

interface Side {
  /** Calls without retries, as many as in a stretch of the length that is compared. */
  readonly calls: Fraction;
  readonly models: ReadonlyMap<string, Makings>;
}

const ONE: Fraction = { num: 1n, den: 1n };

const NOTHING: Omit<Usage, 'work'> = {
  calls: 0n,
  retries: 0n,
  tokens: { input: 0n, cache_read: 0n, cache_write: 0n, output: 0n },
  cost: { input: 0n, cache_read: 0n, cache_write: 0n, output: 0n },
  total: 0n,
};

/**
 * Splits the difference of two periods' costs into {@link FACTORS}. Every order in which the factors could have changed
 * counts alike (Shapley value), so no factor profits from being named first; the parts are whole pico-USD and their sum
 * is exactly the difference.
 *
 * What only one period knows (the price of a model that the other didn't use) is taken from it for both, and so makes
 * no part of the difference: a new model is a change of mix, not of price.
 *
 * @param scale what the period before is multiplied with, where it is as an average compared with a shorter or longer one
 * @returns pico-USD per factor
 */
export function splitDifference(before: Period, after: Period, scale: Fraction = ONE): Record<Factor, bigint> {
  const works = new Map([...before, ...after].map(([model, { work }]) => [model, work]));
  const sides = [takeApart(before, works, scale), takeApart(after, works, ONE)] as const;
  const values = new Array<bigint>(2 ** FACTORS.length).fill(0n);
  for (const model of works.keys()) {
    for (const component of COMPONENTS) {
      addCosts(values, component, model, sides);
    }
  }
  const parts = shapley(values);
  return Object.fromEntries(FACTORS.map(({ name }, i) => [name, parts[i]!])) as Record<Factor, bigint>;
}

function takeApart(period: Period, works: ReadonlyMap<string, string>, { num, den }: Fraction): Side {
  const usages = [...works].map(([model, work]) => [model, period.get(model) ?? { ...NOTHING, work }] as const);
  const callsOf = new Map<string, bigint>();
  for (const [, usage] of usages) {
    callsOf.set(usage.work, (callsOf.get(usage.work) ?? 0n) + firstAttempts(usage));
  }
  const calls = [...callsOf.values()].reduce((sum, one) => sum + one, 0n);
  return {
    // All else is a ratio: a stretch that is twice as long has twice the calls, and each is as it was.
    calls: { num: calls * num, den },
    models: new Map(usages.map(([model, usage]) => [model, makings(usage, callsOf.get(usage.work)!, calls)])),
  };
}

/** Calls without retries; where a period holds only retries of a model, these are its calls. */
const firstAttempts = ({ calls, retries }: Pick<Usage, 'calls' | 'retries'>): bigint =>
  calls > retries ? calls - retries : calls;

function makings(usage: Usage, workCalls: bigint, allCalls: bigint): Makings {
  const { calls, tokens, cost } = usage;
  const first = firstAttempts(usage);
  const input = tokens.input + tokens.cache_read + tokens.cache_write;
  const part = (kind: Exclude<Kind, 'output'>): Fraction => ({ num: tokens[kind], den: input });
  const price = (kind: Kind): Fraction => ({ num: cost[kind], den: tokens[kind] });
  const withTokens = KINDS.reduce((sum, kind) => sum + (tokens[kind] > 0n ? cost[kind] : 0n), 0n);
  return {
    work: { num: workCalls, den: allCalls },
    share: { num: first, den: workCalls },
    attempts: { num: calls, den: first },
    input: { num: input, den: calls },
    output: { num: tokens.output, den: calls },
    part: { input: part('input'), cache_read: part('cache_read'), cache_write: part('cache_write') },
    price: {
      input: price('input'),
      cache_read: price('cache_read'),
      cache_write: price('cache_write'),
      output: price('output'),
    },
    other: { num: usage.total - withTokens, den: calls },
  };
}

/** Bit of each factor in the number of a set of factors. */
const BIT = Object.fromEntries(FACTORS.map(({ name }, i) => [name, 1 << i])) as Record<Factor, number>;

/** What a model's cost is the sum of, each a product of fractions that change with the factors named. */
const COMPONENTS: ReadonlyArray<{ readonly factors: readonly Factor[]; readonly of: (pick: Read) => Fraction[] }> = [
  ...(['input', 'cache_read', 'cache_write'] as const).map((kind) => ({
    factors: ['input', 'cache', 'price'] as const,
    of: (pick: Read) => [
      pick('input', ({ input }) => input),
      pick('cache', ({ part }) => part[kind]),
      pick('price', ({ price }) => price[kind]),
    ],
  })),
  {
    factors: ['output', 'price'],
    of: (pick) => [pick('output', ({ output }) => output), pick('price', ({ price }) => price.output)],
  },
  { factors: ['other'], of: (pick) => [pick('other', ({ other }) => other)] },
];

/** A number of the model, as it is in the period that the factor is in. */
type Read = (factor: Factor, read: (of: Makings) => Fraction) => Fraction;

/** Adds to each set of changed factors what this component of the model would cost then, in pico-USD. */
function addCosts(
  values: bigint[],
  component: (typeof COMPONENTS)[number],
  model: string,
  sides: readonly [Side, Side]
): void {
  const makingsOf = [sides[0].models.get(model)!, sides[1].models.get(model)!] as const;
  const factors: readonly Factor[] = ['calls', 'work_mix', 'model_mix', 'retries', ...component.factors];
  const mask = factors.reduce((bits, factor) => bits | BIT[factor], 0);
  const known = new Map<number, bigint>();
  for (let changed = 0; changed < values.length; changed++) {
    const relevant = changed & mask;
    let cost = known.get(relevant);
    if (cost === undefined) {
      const side = (factor: Factor): 0 | 1 => (relevant & BIT[factor] ? 1 : 0);
      const pick: Read = (factor, read) => {
        const own = read(makingsOf[side(factor)]);
        return own.den === 0n ? read(makingsOf[1 - side(factor)]!) : own;
      };
      cost = rounded([
        sides[side('calls')].calls,
        pick('work_mix', ({ work }) => work),
        pick('model_mix', ({ share }) => share),
        pick('retries', ({ attempts }) => attempts),
        ...component.of(pick),
      ]);
      known.set(relevant, cost);
    }
    values[changed]! += cost;
  }
}

/** The product as a whole number; 0 where neither period knows one of the fractions. */
function rounded(fractions: readonly Fraction[]): bigint {
  const { num, den } = product(fractions);
  return den === 0n ? 0n : roundHalfEven(num, den);
}

const product = (fractions: readonly Fraction[]): Fraction =>
  fractions.reduce((all, { num, den }) => ({ num: all.num * num, den: all.den * den }), { num: 1n, den: 1n });

/** Shapley values of a game given by its value for each set of players, as whole numbers that add up to all of it. */
function shapley(values: readonly bigint[]): bigint[] {
  const players = Math.log2(values.length);
  const all = factorial(players);
  const weighted = Array.from({ length: players }, (_, player) => {
    let sum = 0n;
    for (let set = 0; set < values.length; set++) {
      if (!(set & (1 << player))) {
        const size = bits(set);
        const weight = factorial(size) * factorial(players - size - 1);
        sum += weight * (values[set | (1 << player)]! - values[set]!);
      }
    }
    return sum;
  });
  return shareOut(weighted, all);
}

/** Divides each number by `den`, so that the whole results add up to the sum divided by `den` (largest remainder). */
function shareOut(numbers: readonly bigint[], den: bigint): bigint[] {
  const down = numbers.map((number) => (number - modulo(number, den)) / den);
  const missing = numbers.reduce((sum, number) => sum + number, 0n) / den - down.reduce((sum, part) => sum + part, 0n);
  const byRemainder = numbers
    .map((number, i) => ({ i, rest: modulo(number, den) }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest < b.rest ? 1 : -1));
  byRemainder.slice(0, Number(missing)).forEach(({ i }) => (down[i]! += 1n));
  return down;
}

const modulo = (number: bigint, den: bigint): bigint => ((number % den) + den) % den;
const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));
const bits = (set: number): number => (set === 0 ? 0 : (set & 1) + bits(set >> 1));
