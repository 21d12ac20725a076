import { barFilters, type Link, SOURCE, WHY_POINT } from './filterBar';
import type { LlmCostQuery } from '../../src/datasource/types';
import type { CostTarget, DataSourceRef, FieldOverride, GridPosition, Panel, PanelTarget, Target } from './model';

/** Shown where nothing came back: there may be no calls, or the query may have failed. */
const NO_DATA = 'No data';
const NOTHING = 'Nothing found. Take a longer time range, or fewer filters.';
const NO_CALLS = 'No calls in this time range with these filters.';
/** Of a single number, in large letters. */
const NO_NUMBER = '–';

/**
 * Grafana's own panels show one text for no rows and for a query that failed, so it must not claim the former. Ours say what
 * went wrong.
 */
export const OR_FAILED = ' With a red mark above, asking failed instead: point at the mark to read why.';

const noValueOf = (type: string, text: string): string =>
  type.startsWith('llmcost-') || text === NO_NUMBER ? text : `${text}${OR_FAILED}`;

interface Query extends Omit<LlmCostQuery, 'refId' | 'datasource'> {
  readonly refId?: string;
  /** Leaves the filter by cost type out: what retries cost or a cache saved is not known by type. */
  readonly allCostTypes?: boolean;
}

/** A query with the filters of the filter bar, and those that are given. */
export function query({ refId = 'A', filters = [], allCostTypes = false, ...rest }: Query): CostTarget {
  const bar = barFilters.filter(({ dimension }) => !allCostTypes || dimension !== 'cost_type');
  return { refId, datasource: SOURCE, ...rest, filters: [...bar, ...filters] };
}

type Asked = Omit<Query, 'format'>;
export const table = (asked: Asked): CostTarget => query({ ...asked, format: 'table' });
export const series = (asked: Asked): CostTarget => query({ ...asked, format: 'time_series' });

const DASHBOARD: DataSourceRef = { type: 'datasource', uid: '-- Dashboard --' };

/** What another panel of the dashboard was answered: no query of its own. */
export const fromPanel = (panelId: number): PanelTarget => ({ refId: 'A', datasource: DASHBOARD, panelId });

/** What all panels take. */
export interface Basics {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly at: GridPosition;
  readonly targets: readonly Target[];
  readonly overrides?: readonly FieldOverride[];
  readonly noValue?: string;
}

type Kind = Pick<Panel, 'type' | 'options'> & Partial<Pick<Panel, 'transformations' | 'maxDataPoints'>>;

export function panel(basics: Basics, kind: Kind, defaults: Panel['fieldConfig']['defaults'] = {}): Panel {
  const { id, title, description, at, targets, overrides = [], noValue = NO_DATA } = basics;
  const { type, options, ...more } = kind;
  return {
    id,
    type,
    title,
    description,
    gridPos: at,
    datasource: targets[0]?.datasource ?? SOURCE,
    targets,
    ...more,
    options,
    fieldConfig: { defaults: { noValue: noValueOf(type, noValue), ...defaults }, overrides },
  };
}

/** An override for the field with that name. */
export const field = (name: string, properties: Readonly<Record<string, unknown>>): FieldOverride => ({
  matcher: { id: 'byName', options: name },
  properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
});

/** A dash for values that are missing beside others; the panel's own text speaks of no value at all. */
export const DASHES: FieldOverride = {
  matcher: { id: 'byRegexp', options: '.*' },
  properties: [{ id: 'noValue', value: NO_NUMBER }],
};

/** An override that names a value by its row, not by its column. */
export const named = (name: string): FieldOverride => field(name, { displayName: '${__data.fields[0]}' });

interface StatOptions {
  /** Shows the first so many values, each named by its row, instead of one value for each column. */
  readonly first?: number;
  /** How the numbers of all rows become one. */
  readonly calc?: 'lastNotNull' | 'count' | 'sum' | 'max' | 'mean';
  /** Name of the only field that is shown; several divided by |. */
  readonly only?: string;
  /** Shows the name of the only value too. */
  readonly named?: boolean;
  /** Height of the numbers, px; 24 unless there is little room. */
  readonly size?: number;
  readonly thresholds?: ReadonlyArray<{ readonly color: string; readonly value: number | null }>;
  readonly mappings?: readonly unknown[];
  readonly transformations?: Panel['transformations'];
}

/** How the numbers of a stat are chosen from the rows. */
const reduction = ({ first, calc = 'lastNotNull', only }: StatOptions) => ({
  calcs: [calc],
  fields: only ? `/^(${only})$/` : '',
  values: first !== undefined,
  ...(first === undefined ? {} : { limit: first }),
});

const statColors = ({ thresholds }: StatOptions) => ({
  color: thresholds ? { mode: 'thresholds' } : { mode: 'fixed', fixedColor: 'text' },
  thresholds: { mode: 'absolute', steps: thresholds ?? [{ color: 'text', value: null }] },
});

/** One number, or a few, large. */
export function stat(basics: Basics, options: StatOptions = {}): Panel {
  const { named = options.first !== undefined, size = 24, mappings = [], transformations } = options;
  return panel(
    { noValue: NO_NUMBER, ...basics },
    {
      type: 'stat',
      options: {
        reduceOptions: reduction(options),
        colorMode: options.thresholds ? 'value' : 'none',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'vertical',
        textMode: named ? 'value_and_name' : 'auto',
        wideLayout: false,
        text: { titleSize: 13, valueSize: size },
        showPercentChange: false,
      },
      ...(transformations ? { transformations } : {}),
    },
    { mappings, ...statColors(options) }
  );
}

interface BarsOptions {
  readonly legend?: 'right' | 'bottom';
  readonly links?: readonly Link[];
  /** More points make thinner bars. */
  readonly points?: number;
  /** Bars are stacked; areas too, and lines stand for themselves. */
  readonly draw?: 'bars' | 'area' | 'line';
  /** What the legend says of each series; of a ratio or a percentile never the mean, which isn't that of the whole range. */
  readonly calc?: 'sum' | 'mean' | 'max' | 'lastNotNull';
  readonly transformations?: Panel['transformations'];
}

const LEGEND_TITLES = { sum: 'Total', mean: 'Mean', max: 'Max', lastNotNull: 'Last *' } as const;

const drawing = (draw: 'bars' | 'area' | 'line') => ({
  drawStyle: draw === 'bars' ? 'bars' : 'line',
  barAlignment: 1,
  barWidthFactor: 0.9,
  fillOpacity: { bars: 80, area: 25, line: 0 }[draw],
  lineWidth: { bars: 0, area: 1, line: 2 }[draw],
  showPoints: draw === 'line' ? 'auto' : 'never',
  spanNulls: draw === 'line',
  stacking: { mode: draw === 'line' ? 'none' : 'normal', group: 'A' },
  axisSoftMin: 0,
});

/** Amounts over time: stacked bars unless said otherwise. */
export function bars(basics: Basics, options: BarsOptions = {}): Panel {
  const { legend = 'right', links = [], points = 60, draw = 'bars', calc = 'sum', transformations } = options;
  return panel(
    // In a legend a series may have no mean or maximum; sums are never missing.
    { noValue: NOTHING, ...basics, overrides: [...(calc === 'sum' ? [] : [DASHES]), ...(basics.overrides ?? [])] },
    {
      type: 'timeseries',
      maxDataPoints: points,
      ...(transformations ? { transformations } : {}),
      options: {
        legend: {
          displayMode: 'table',
          placement: legend,
          showLegend: true,
          calcs: [calc],
          sortBy: LEGEND_TITLES[calc],
          sortDesc: true,
        },
        tooltip: { mode: 'multi', sort: 'desc', hideZeros: true },
      },
    },
    {
      links: [...links, WHY_POINT],
      color: { mode: 'palette-classic' },
      custom: drawing(draw),
    }
  );
}

/** What an amount of money is made of; the leaderboard shows it as input against output. */
export const COMPONENTS = ['input_cost', 'cache_read_cost', 'cache_write_cost', 'output_cost', 'other_cost'];

interface LeaderboardOptions {
  readonly columns?: readonly string[];
  readonly showDonut?: boolean;
  readonly showSplit?: boolean;
  readonly links?: readonly Link[];
}

/** A donut with the total in its middle, and a ranked table with the same total. */
export function leaderboard(basics: Basics, { links = [], ...options }: LeaderboardOptions = {}): Panel {
  return panel(
    { noValue: NO_CALLS, ...basics },
    {
      type: 'llmcost-leaderboard-panel',
      // As many points as days: trends are told from whole days.
      options: { showDonut: true, showSplit: true, ...options },
    },
    { links }
  );
}

/** A bar divided by cost type, with a card for each. `divide` names the number that is divided. */
export function split(basics: Basics, divide?: string, transformations?: Panel['transformations']): Panel {
  return panel(
    { noValue: NO_CALLS, ...basics },
    {
      type: 'llmcost-split-panel',
      options: { hideZero: true, showCards: true, ...(divide ? { valueField: divide } : {}) },
      ...(transformations ? { transformations } : {}),
    },
    { color: { mode: 'palette-classic' } }
  );
}

/** What the numbers recommend. */
export const insights = (basics: Basics): Panel =>
  panel(
    { noValue: 'No calls in this time range with these filters, so there is nothing to recommend.', ...basics },
    { type: 'llmcost-insight-panel', options: { concentration: 70, userShare: 25, saving: 1, cacheHits: 10 } }
  );

/** One run's agents and timeline. */
export const runBreakdown = (basics: Basics): Panel =>
  panel(basics, { type: 'llmcost-run-panel', options: { showTimeline: true } });

/** Why the cost changed against the period before, asked of the collector. */
export const why = (basics: Basics): Panel =>
  panel(
    { noValue: 'Neither period cost anything. Take a longer time range or fewer filters.', ...basics },
    { type: 'llmcost-why-panel', options: { comparison: 'before', baselineDays: 7, who: 3 } }
  );

interface TableOptions {
  /** Data links of the fields with these names. */
  readonly links?: Readonly<Record<string, readonly Link[]>>;
  /** Widths of the fields with these names, px. */
  readonly widths?: Readonly<Record<string, number>>;
  readonly transformations?: Panel['transformations'];
  /** Unit of numbers that bring none. */
  readonly unit?: string;
}

export function plainTable(basics: Basics, { links = {}, widths = {}, transformations, unit }: TableOptions = {}): Panel {
  const overrides = [
    ...Object.entries(links).map(([name, list]) => field(name, { links: list })),
    ...Object.entries(widths).map(([name, width]) => field(name, { 'custom.width': width })),
    ...(basics.overrides ?? []),
  ];
  return panel(
    { noValue: NO_CALLS, ...basics, overrides },
    { type: 'table', options: { showHeader: true, cellHeight: 'sm' }, ...(transformations ? { transformations } : {}) },
    { ...(unit ? { unit } : {}), custom: { align: 'auto', minWidth: 100, wrapHeaderText: true, cellOptions: { type: 'auto' }, filterable: false } }
  );
}

/** Only these fields, by the names they are shown with. */
export const only = (...names: readonly string[]) => ({
  id: 'filterFieldsByName',
  options: { include: { names } },
});

/** Whatever stands under a heading that is opened by a click; nothing of it is asked before. */
export const collapsedRow = (id: number, title: string, y: number, panels: readonly Panel[]): Panel => ({
  id,
  type: 'row',
  title,
  description: '',
  gridPos: { x: 0, y, w: 24, h: 1 },
  datasource: SOURCE,
  targets: [],
  options: {},
  fieldConfig: { defaults: {}, overrides: [] },
  collapsed: true,
  panels,
});
