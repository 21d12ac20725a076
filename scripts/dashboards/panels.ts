import { barFilters, SOURCE } from './filterBar';
import type { LlmCostQuery } from '../../src/datasource/types';
import type { FieldOverride, GridPosition, Panel, Target } from './model';

/** Shown where nothing came back: there may be no calls, or the query may have failed. */
const NO_DATA = 'No data';

/** A query with the filters of the filter bar, and those that are given. */
export function query(asked: Omit<LlmCostQuery, 'refId' | 'datasource'> & { refId?: string }): Target {
  const { refId = 'A', filters = [], ...rest } = asked;
  return { refId, datasource: SOURCE, ...rest, filters: [...barFilters, ...filters] };
}

type Asked = Omit<Parameters<typeof query>[0], 'format'>;
export const table = (asked: Asked): Target => query({ ...asked, format: 'table' });
export const series = (asked: Asked): Target => query({ ...asked, format: 'time_series' });

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

function panel(basics: Basics, kind: Kind, defaults: Panel['fieldConfig']['defaults'] = {}): Panel {
  const { id, title, description, at, targets, overrides = [], noValue = NO_DATA } = basics;
  const { type, options, ...more } = kind;
  return {
    id,
    type,
    title,
    description,
    gridPos: at,
    datasource: SOURCE,
    targets,
    ...more,
    options,
    fieldConfig: { defaults: { noValue, ...defaults }, overrides },
  };
}

/** An override for the field with that name. */
export const field = (name: string, properties: Readonly<Record<string, unknown>>): FieldOverride => ({
  matcher: { id: 'byName', options: name },
  properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
});

interface StatOptions {
  /** Shows the first so many values, each named by its row, instead of one value for each column. */
  readonly first?: number;
  /** How the numbers of all rows become one. */
  readonly calc?: 'lastNotNull' | 'count';
  /** Name of the only field that is shown. */
  readonly only?: string;
  /** Shows the name of the only value too. */
  readonly named?: boolean;
  /** Shows how much the last value differs from the first. */
  readonly change?: boolean;
  readonly thresholds?: ReadonlyArray<{ readonly color: string; readonly value: number | null }>;
  readonly mappings?: readonly unknown[];
  readonly transformations?: Panel['transformations'];
}

/** How the numbers of a stat are chosen from the rows. */
const reduction = ({ first, calc = 'lastNotNull', only }: StatOptions) => ({
  calcs: [calc],
  fields: only ? `/^${only}$/` : '',
  values: first !== undefined,
  ...(first === undefined ? {} : { limit: first }),
});

const statColors = ({ thresholds }: StatOptions) => ({
  color: thresholds ? { mode: 'thresholds' } : { mode: 'fixed', fixedColor: 'text' },
  thresholds: { mode: 'absolute', steps: thresholds ?? [{ color: 'text', value: null }] },
});

/** One number, or a few, large. */
export function stat(basics: Basics, options: StatOptions = {}): Panel {
  const { named = options.first !== undefined, change = false, mappings = [], transformations } = options;
  return panel(
    basics,
    {
      type: 'stat',
      options: {
        reduceOptions: reduction(options),
        colorMode: options.thresholds ? 'value' : 'none',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'vertical',
        textMode: named ? 'value_and_name' : 'auto',
        wideLayout: true,
        text: { titleSize: 13, valueSize: 24 },
        showPercentChange: change,
        percentChangeColorMode: 'inverted',
      },
      ...(transformations ? { transformations } : {}),
    },
    { mappings, ...statColors(options) }
  );
}

interface BarsOptions {
  readonly legend?: 'right' | 'bottom';
  readonly links?: ReadonlyArray<{ readonly title: string; readonly url: string }>;
  /** More points make thinner bars. */
  readonly points?: number;
}

/** Stacked bars over time. */
export function bars(basics: Basics, { legend = 'right', links = [], points = 60 }: BarsOptions = {}): Panel {
  return panel(
    basics,
    {
      type: 'timeseries',
      maxDataPoints: points,
      options: {
        legend: {
          displayMode: 'table',
          placement: legend,
          showLegend: true,
          calcs: ['sum'],
          sortBy: 'Total',
          sortDesc: true,
        },
        tooltip: { mode: 'multi', sort: 'desc', hideZeros: true },
      },
    },
    {
      links,
      color: { mode: 'palette-classic' },
      custom: {
        drawStyle: 'bars',
        barAlignment: 1,
        barWidthFactor: 0.9,
        fillOpacity: 80,
        lineWidth: 0,
        showPoints: 'never',
        stacking: { mode: 'normal', group: 'A' },
        axisSoftMin: 0,
      },
    }
  );
}

/** A donut with a table as its legend. */
export function donut(basics: Basics, links: BarsOptions['links'] = []): Panel {
  return panel(
    basics,
    {
      type: 'piechart',
      options: {
        pieType: 'donut',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: true },
        displayLabels: [],
        legend: { displayMode: 'table', placement: 'right', showLegend: true, values: ['value', 'percent'] },
        tooltip: { mode: 'single', sort: 'none' },
      },
    },
    { links, color: { mode: 'palette-classic' } }
  );
}

/** A bar divided by cost type, with a card for each. */
export function split(basics: Basics): Panel {
  return panel(
    { noValue: 'No calls in this time range with these filters.', ...basics },
    { type: 'llmcost-split-panel', options: { hideZero: true, showCards: true } },
    { color: { mode: 'palette-classic' } }
  );
}

export function plainTable(basics: Basics): Panel {
  return panel(
    basics,
    { type: 'table', options: { showHeader: true, cellHeight: 'sm' } },
    { custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: false } }
  );
}
