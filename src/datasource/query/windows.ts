import { dateTimeForTimeZone, type DurationUnit } from '@grafana/data';
import { literal } from '../../query/literal';

/** A stretch of time in ms since 1970. `end` is when the whole of it is over; `to` is before it while it still runs. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** The same as SQL, for queries whose time Grafana or the database fills in when they run. */
export interface StretchSql {
  readonly from: string;
  readonly to: string;
  readonly end: string;
}

interface Moment {
  /** The panel's range, ms. */
  readonly range: { readonly from: number; readonly to: number };
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

interface WindowDefinition {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** How a metric's name goes on, e.g. "Cost" + " today". */
  readonly suffix: string;
  readonly stretch: (moment: Moment) => Stretch;
  readonly sql: (zone: string) => StretchSql;
}

/** Grafana's macros take no part in arithmetic: they expand to quoted text. */
export const PANEL_RANGE = { from: '$__timeFrom()::timestamptz', to: '$__timeTo()::timestamptz' };

/** The calendar unit that holds now, up to now. */
const soFar = (unit: 'day' | 'month'): Pick<WindowDefinition, 'stretch' | 'sql'> => ({
  stretch: ({ now, zone }) => {
    const start = dateTimeForTimeZone(zone, now).startOf(unit);
    // At midnight itself the stretch would be empty, which is no range.
    return { from: start.valueOf(), to: Math.max(now, start.valueOf() + 1), end: start.add(1, unit).valueOf() };
  },
  sql: (zone) => {
    const start = `date_trunc('${unit}', now() AT TIME ZONE ${literal(zone)})`;
    const at = (local: string) => `((${local}) AT TIME ZONE ${literal(zone)})`;
    return { from: at(start), to: 'now()', end: at(`${start} + INTERVAL '1 ${unit}'`) };
  },
});

/** The calendar unit before this one, up to the same point of it: what "so far" is compared with. */
const before = (unit: 'day' | 'month'): Pick<WindowDefinition, 'stretch' | 'sql'> => ({
  stretch: ({ now, zone }) => {
    const back = (amount: number, by: DurationUnit) => dateTimeForTimeZone(zone, now).subtract(amount, by);
    const to = back(1, unit).valueOf();
    return { from: back(1, unit).startOf(unit).valueOf(), to, end: to };
  },
  sql: (zone) => {
    const then = `(now() AT TIME ZONE ${literal(zone)} - INTERVAL '1 ${unit}')`;
    const at = (local: string) => `((${local}) AT TIME ZONE ${literal(zone)})`;
    return { from: at(`date_trunc('${unit}', ${then})`), to: at(then), end: at(then) };
  },
});

const define = <const T extends readonly WindowDefinition[]>(list: T): T => list;

/** The stretches of time a query can be about, each defined once. */
export const WINDOWS = define([
  {
    name: 'panel',
    label: 'Panel',
    description: 'The time range of the dashboard, the panel or Explore',
    suffix: '',
    stretch: ({ range }) => ({ ...range, end: range.to }),
    sql: () => ({ ...PANEL_RANGE, end: PANEL_RANGE.to }),
  },
  {
    name: 'previous',
    label: 'Previous period',
    description: 'As long as the panel’s range, just before it',
    suffix: ' in the previous period',
    stretch: ({ range: { from, to } }) => ({ from: from - (to - from), to: from, end: from }),
    sql: () => ({
      from: `(${PANEL_RANGE.from} - (${PANEL_RANGE.to} - ${PANEL_RANGE.from}))`,
      to: PANEL_RANGE.from,
      end: PANEL_RANGE.from,
    }),
  },
  { name: 'today', label: 'Today', description: 'Since midnight', suffix: ' today', ...soFar('day') },
  {
    name: 'yesterday_so_far',
    label: 'Yesterday, until this time',
    description: 'The same part of yesterday as has passed of today',
    suffix: ' yesterday until this time',
    ...before('day'),
  },
  {
    name: 'month_to_date',
    label: 'This month',
    description: 'Since the first of the month',
    suffix: ' this month',
    ...soFar('month'),
  },
  {
    name: 'last_month_so_far',
    label: 'Last month, until this day and time',
    description: 'The same part of last month as has passed of this one',
    suffix: ' last month until this day',
    ...before('month'),
  },
]);

export type WindowName = (typeof WINDOWS)[number]['name'];

/** @throws Error for a name that isn't one. */
export function timeWindow(name: string): WindowDefinition {
  const found = WINDOWS.find((one) => one.name === name);
  if (!found) {
    throw new Error(`unknown time window "${name}"; known are ${WINDOWS.map((one) => one.name).join(', ')}`);
  }
  return found;
}
