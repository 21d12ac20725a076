import { type DataFrame, FieldType, MappingType, toDataFrame, urlUtil, type ValueMapping } from '@grafana/data';
import { getFromCollector } from '../../collector/client';
import { AS_IT_IS } from '../frames/decorate';
import { exactUsd } from '../frames/units';

/** A row of the collector's price book, USD per 1M tokens as decimal text. */
export interface PriceRow {
  readonly provider: string;
  readonly model: string | null;
  readonly aliases?: readonly string[];
  readonly match?: string;
  readonly tenant: string | null;
  readonly deployment: string | null;
  readonly input: string | null;
  readonly cache_read: string | null;
  readonly cache_write_5m: string | null;
  readonly cache_write_1h: string | null;
  readonly output: string | null;
  readonly origin: string;
}

/** The rows of the price book that hold at a time (RFC 3339). */
export const pricesAt = async (at: string): Promise<PriceRow[]> =>
  (await getFromCollector<{ prices: PriceRow[] }>(urlUtil.renderUrl('api/prices', { at, limit: 10_000 }))).prices;

const DATED = /^[-@]\d{4}-?\d{2}-?\d{2}$/;

/** Whether a model that was called goes by this row's name: exactly, by an alias, or as a dated snapshot. */
function names({ model, aliases = [], match }: PriceRow, called: string): boolean {
  return [model, ...aliases].some(
    (name) =>
      name !== null &&
      (name === called || (match === 'prefix-date' && called.startsWith(name) && DATED.test(called.slice(name.length))))
  );
}

/** What a row holds for: a tenant, a deployment, or everybody. */
const holdsFor = ({ tenant, deployment }: PriceRow): string =>
  [tenant, deployment].filter(Boolean).join(' · ') || 'everybody';

/** What the price book is narrowed to. */
export interface Narrowed {
  /** Models that were called, most used first: their rows come first. */
  readonly called: readonly string[];
  /** Only the rows of models that were called. */
  readonly calledOnly: boolean;
  readonly providers?: readonly string[];
  /** Providers that were called: among rows of one model theirs come first. */
  readonly calledProviders?: readonly string[];
}

const RATES = [
  ['input', 'Input'],
  ['cache_read', 'Cache read'],
  ['cache_write_5m', 'Cache write, 5 min'],
  ['cache_write_1h', 'Cache write, 1 h'],
  ['output', 'Output'],
] as const;

function exactPrices(prices: readonly string[]): ValueMapping[] {
  const texts = prices.map((price, index) => [String(Number(price)), { text: exactUsd(price), index }] as const);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(texts) }];
}

/** Prices as a table, those of the models that were called first; a rate that a row has not is empty. */
export function priceFrame(refId: string, rows: readonly PriceRow[], narrowed: Narrowed): DataFrame {
  const { called, calledOnly, providers, calledProviders = [] } = narrowed;
  const elsewhere = ({ provider }: PriceRow) => Number(!calledProviders.includes(provider));
  const placed = rows
    .filter(({ provider }) => !providers?.length || providers.includes(provider))
    .map((row) => ({ row, place: called.findIndex((model) => names(row, model)) }))
    .filter(({ place }) => !calledOnly || place >= 0)
    .map(({ row, place }) => ({ row, place: place < 0 ? called.length : place }))
    .sort((a, b) => a.place - b.place || elsewhere(a.row) - elsewhere(b.row));
  const column = (name: string, type: FieldType, value: (row: PriceRow) => string | number | null, config = {}) => ({
    name,
    type,
    config,
    values: placed.map(({ row }) => value(row)),
  });
  return toDataFrame({
    refId,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      column('Model', FieldType.string, ({ model }) => model ?? '', AS_IT_IS),
      column('Provider', FieldType.string, ({ provider }) => provider, AS_IT_IS),
      ...RATES.map(([rate, label]) =>
        column(label, FieldType.number, (row) => (row[rate] === null ? null : Number(row[rate])), {
          unit: 'currencyUSD',
          description: 'USD per 1M tokens',
          mappings: exactPrices(placed.flatMap(({ row }) => row[rate] ?? [])),
        })
      ),
      column('For', FieldType.string, holdsFor, AS_IT_IS),
      column('From', FieldType.string, ({ origin }) => (origin === 'override' ? 'override' : 'catalogue'), AS_IT_IS),
    ],
  });
}
