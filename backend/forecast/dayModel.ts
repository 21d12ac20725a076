/** Cost of one whole local day. */
export interface Day {
  /** 1 = Monday … 7. */
  readonly weekday: number;
  /** USD; a float, for drawing and judging only. */
  readonly cost: number;
  /** USD of each of its hours, in their order. */
  readonly hours: readonly number[];
}

/** Days that a trend is drawn through. */
const TREND_DAYS = 30;
/** Fewer days show neither a week nor a trend. */
const FULL_DAYS = 14;
/** How many average days each weekday's own ones are weighed against: one odd Monday is no rhythm. */
const SHRINK = 1;

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);
const mean = (list: readonly number[]): number => (list.length ? sum(list) / list.length : 0);

/** How much of an average day each weekday costs. */
function weekdayFactors(days: readonly Day[]): (weekday: number) => number {
  const average = mean(days.map(({ cost }) => cost));
  if (days.length < FULL_DAYS || average === 0) {
    return () => 1;
  }
  const factors = [1, 2, 3, 4, 5, 6, 7].map((weekday) => {
    const own = days.filter((day) => day.weekday === weekday).map(({ cost }) => cost);
    return (sum(own) + SHRINK * average) / ((own.length + SHRINK) * average);
  });
  return (weekday) => factors[weekday - 1]!;
}

/**
 * Expects the days that follow: a straight line through the last 30 days (least squares), times what the weekday usually
 * costs of an average day. With less than two weeks, the average.
 *
 * @param history whole days, the oldest first
 * @returns the cost of the day `ahead` days after the last one (1 = the next), never below 0.
 */
export function dayModel(history: readonly Day[]): (ahead: number) => number {
  const days = history.slice(-TREND_DAYS);
  if (days.length === 0) {
    return () => 0;
  }
  const factor = weekdayFactors(days);
  const level = days.map(({ cost, weekday }) => cost / (factor(weekday) || 1));
  const [center, average] = [(days.length - 1) / 2, mean(level)];
  const spread = sum(days.map((_, i) => (i - center) ** 2));
  const slope = days.length < FULL_DAYS ? 0 : sum(level.map((value, i) => (i - center) * (value - average))) / spread;
  const last = days.at(-1)!.weekday;
  return (ahead) => Math.max(0, average + slope * (center + ahead)) * factor(((((last - 1 + ahead) % 7) + 7) % 7) + 1);
}

/** How well a way to expect did on the past. */
export interface BackTest {
  /** Sum of the errors over the sum of what came: 0.1 is 10%. Null without enough past. */
  readonly error: number | null;
  /** What came, as a multiple of what was expected: nine of ten times above, and below. */
  readonly low: number;
  readonly high: number;
  readonly tests: number;
}

/** Without a past to learn from the range is wide. */
const UNTESTED: BackTest = { error: null, low: 0.5, high: 1.5, tests: 0 };
const FEWEST_TESTS = 5;
const TEST_DAYS = 30;

/** The value below which a share of a sorted list lies. */
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;

/**
 * Expects each of the last 30 days (or the `horizon` days that begin with it) from only what was known before it, and
 * compares with what came.
 *
 * @param expect what the next `horizon` days will cost, from a history
 * @param least days of history below which it says nothing
 */
export function backTest(
  history: readonly Day[],
  horizon: number,
  expect: (before: readonly Day[]) => number,
  least: number
): BackTest {
  const pairs: Pair[] = [];
  for (let at = Math.max(least, history.length - horizon - TEST_DAYS + 1); at + horizon <= history.length; at++) {
    const came = sum(history.slice(at, at + horizon).map(({ cost }) => cost));
    pairs.push({ expected: expect(history.slice(0, at)), came });
  }
  return judged(pairs);
}

/** Expects each of the last 30 days at this part (0 … 1) of it, from its rate so far. */
export function rateTest(history: readonly Day[], part: number): BackTest {
  return judged(
    history.slice(-TEST_DAYS).map(({ hours, cost }) => {
      const whole = Math.floor(part * hours.length);
      const soFar = sum(hours.slice(0, whole)) + (hours[whole] ?? 0) * (part * hours.length - whole);
      return { expected: soFar / part, came: cost };
    })
  );
}

interface Pair {
  readonly expected: number;
  readonly came: number;
}

function judged(pairs: readonly Pair[]): BackTest {
  const total = sum(pairs.map(({ came }) => came));
  const ratios = pairs.filter(({ expected }) => expected > 0).map(({ expected, came }) => came / expected);
  if (ratios.length < FEWEST_TESTS || total === 0) {
    return { ...UNTESTED, tests: pairs.length };
  }
  ratios.sort((a, b) => a - b);
  return {
    error: sum(pairs.map(({ expected, came }) => Math.abs(expected - came))) / total,
    low: Math.min(1, quantile(ratios, 0.1)),
    high: Math.max(1, quantile(ratios, 0.9)),
    tests: pairs.length,
  };
}

/** What the next so many days cost together, by the trend and the weekdays. */
export function byTrend(horizon: number): (before: readonly Day[]) => number {
  return (before) => {
    const model = dayModel(before);
    return sum(Array.from({ length: horizon }, (_, i) => model(i + 1)));
  };
}

/** … by the average of the last seven days. */
export function byAverage(horizon: number): (before: readonly Day[]) => number {
  return (before) => mean(before.slice(-7).map(({ cost }) => cost)) * horizon;
}
