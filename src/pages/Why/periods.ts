import { dateTime, type RawTimeRange, rangeUtil, type TimeRange } from '@grafana/data';
import { approximateMs, niceInterval, parseInterval } from '../../query';

/** A stretch of time as the address has it: relative as "now-7d", or ms since 1970. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
}

/** What is compared: a period, and an earlier one. */
export interface Periods {
  readonly now: Stretch;
  /** Undefined for the stretch of the same length right before. */
  readonly before?: Stretch;
  /** Whether the earlier period counts as an average stretch of the later one's length. */
  readonly average?: boolean;
}

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly periods: Periods;
}

/** Weeks and months are compared up to the same elapsed part. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'day',
    label: 'Yesterday and the day before',
    periods: { now: { from: 'now-1d/d', to: 'now-1d/d' }, before: { from: 'now-2d/d', to: 'now-2d/d' } },
  },
  {
    name: 'usual',
    label: 'Yesterday and an average day of the week before',
    periods: { now: { from: 'now-1d/d', to: 'now-1d/d' }, before: { from: 'now-8d/d', to: 'now-2d/d' }, average: true },
  },
  { name: '7d', label: 'Last 7 days and the 7 before', periods: { now: { from: 'now-7d', to: 'now' } } },
  {
    name: 'week',
    label: 'This week and last week so far',
    periods: { now: { from: 'now/w', to: 'now' }, before: { from: 'now-1w/w', to: 'now-1w' } },
  },
  {
    name: 'month',
    label: 'This month and last month so far',
    periods: { now: { from: 'now/M', to: 'now' }, before: { from: 'now-1M/M', to: 'now-1M' } },
  },
];
export const DEFAULT_PERIODS = PRESETS[2].periods;

const DAY_MS = 86_400_000;
/** As many bars as the shipped panels draw at most. */
const BARS = 60;
const HOUR_MS = 3_600_000;

const same = (a: Stretch | undefined, b: Stretch | undefined): boolean => a?.from === b?.from && a?.to === b?.to;

/** The preset that these periods are, if any. */
export const presetOf = ({ now, before, average = false }: Periods): Preset | undefined =>
  PRESETS.find(
    ({ periods }) => same(periods.now, now) && same(periods.before, before) && (periods.average ?? false) === average
  );

export const between = (from: number, to: number): Stretch => ({ from: String(from), to: String(to) });

/** The range of a stretch at this moment. @throws nothing: what makes no sense is an invalid range */
export function rangeOf({ from, to }: Stretch): TimeRange {
  const end = (text: string) => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);
  return rangeUtil.convertRawToRange({ from: end(from), to: end(to) });
}

/** First instant, and the first one that is left out: Grafana's "until the end of the day" is its last millisecond. */
export function limitsOf(stretch: Stretch): { readonly from: number; readonly to: number } {
  const range = rangeOf(stretch);
  const to = range.to.valueOf();
  return { from: range.from.valueOf(), to: to % 1000 === 999 ? to + 1 : to };
}

/** The earlier period in full. */
export function beforeOf({ now, before }: Periods): { readonly from: number; readonly to: number } {
  if (before) {
    return limitsOf(before);
  }
  const { from, to } = limitsOf(now);
  return { from: from - (to - from), to: from };
}

/** The bar at a time on a panel that shows the range, beside the one before; hours beside those of the day before. */
function aroundPoint(at: number, shown: Stretch): Periods {
  const range = limitsOf(shown);
  const interval = parseInterval(niceInterval((range.to - range.from) / BARS));
  const bar = interval ? approximateMs(interval) : HOUR_MS;
  const width = Math.max(HOUR_MS, bar);
  // Less than an hour holds too few calls to say why: the whole hour of the point.
  const from = bar < HOUR_MS ? at - (at % HOUR_MS) : at;
  const back = Math.max(width, DAY_MS);
  return { now: between(from, from + width), before: between(from - back, from - back + width) };
}

const stretchIn = (search: URLSearchParams, from: string, to: string): Stretch | undefined => {
  const [begin, end] = [search.get(from), search.get(to)];
  return begin && end ? { from: begin, to: end } : undefined;
};

/** The periods of an address. `at` is the time of a point that was clicked on a panel with the range `from` to `to`. */
export function readPeriods(search: URLSearchParams): Periods {
  const now = stretchIn(search, 'from', 'to') ?? DEFAULT_PERIODS.now;
  const at = search.get('at');
  if (at !== null && /^\d+$/.test(at)) {
    return aroundPoint(Number(at), now);
  }
  const average = search.get('compare_average') === 'true' ? { average: true } : {};
  return { now, before: stretchIn(search, 'compare_from', 'compare_to'), ...average };
}

/** Writes periods into an address, whose other parts stay. */
export function writePeriods(search: URLSearchParams, { now, before, average }: Periods): URLSearchParams {
  const after = new URLSearchParams(search);
  ['at', 'compare_from', 'compare_to', 'compare_average'].forEach((name) => after.delete(name));
  after.set('from', now.from);
  after.set('to', now.to);
  if (before) {
    after.set('compare_from', before.from);
    after.set('compare_to', before.to);
  }
  if (average) {
    after.set('compare_average', 'true');
  }
  return after;
}

const rawText = (end: RawTimeRange['from']): string => (typeof end === 'string' ? end : String(end.valueOf()));

/** What was picked, as the address has it. */
export const stretchOf = ({ raw }: Pick<TimeRange, 'raw'>): Stretch => ({
  from: rawText(raw.from),
  to: rawText(raw.to),
});

/** The periods as they are at this moment, for a link that goes on showing the same. */
export function pinned(periods: Periods): Periods {
  const [now, before] = [limitsOf(periods.now), beforeOf(periods)];
  return { ...periods, now: between(now.from, now.to), before: between(before.from, before.to) };
}
