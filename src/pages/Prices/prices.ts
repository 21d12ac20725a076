import { urlUtil } from '@grafana/data';
import { getFromCollector, sendToCollector } from '../../collector/client';

/** What may change prices; plugin.json grants it to administrators. */
export const WRITE_PRICES = 'llmcost-app.prices:write';

/** A price row of the collector, USD per 1M tokens as decimal text; there is more in a row than the page shows. */
export interface Price {
  price_id: string;
  version: number;
  origin: 'override' | 'catalogue';
  provider: string;
  model: string;
  tenant: string | null;
  deployment: string | null;
  effective_from: string | null;
  effective_to: string | null;
  input: string | null;
  cache_read: string | null;
  cache_write_5m: string | null;
  cache_write_1h: string | null;
  output: string | null;
  tiers?: unknown[];
  service_tiers?: object;
  time_of_day?: unknown[];
  note?: string;
}

/** What a form sends of a price; the collector checks it and says what is wrong. */
export type NewPrice = Partial<Omit<Price, 'price_id' | 'version' | 'origin'>> & { source?: string };

/** What the price book is searched by. */
export interface PriceSearch {
  model: string;
  origin?: Price['origin'];
  offset: number;
}

export interface PriceList {
  prices: Price[];
  total: number;
  next_offset: number | null;
}

export const PAGE_ROWS = 50;

export const listPrices = ({ model, origin, offset }: PriceSearch): Promise<PriceList> =>
  getFromCollector<PriceList>(
    urlUtil.renderUrl('api/prices', {
      ...(model.trim() ? { model: `*${model.trim().replace(/\*/g, '')}*` } : {}),
      ...(origin ? { origin } : {}),
      limit: PAGE_ROWS,
      offset,
    })
  );

export const addPrice = (price: NewPrice): Promise<{ prices: Price[] }> => sendToCollector('POST', 'api/prices', price);

export const removePrice = (id: string): Promise<void> =>
  sendToCollector('DELETE', `api/prices/${encodeURIComponent(id)}`);

/** Calls without a price that are alike. */
export interface Unpriced {
  reason: string;
  provider: string | null;
  model: string | null;
  deployment: string | null;
  calls: number;
  tokens: number;
  first_seen: string;
  last_seen: string;
  /** Known models with a similar name, the nearest first. */
  nearest: Array<{ price_id: string; provider: string; model: string }>;
}

export const listUnpriced = async (): Promise<Unpriced[]> =>
  (await getFromCollector<{ unpriced: Unpriced[] }>('api/prices/unpriced')).unpriced;

/** What pricing calls again changes, or would change. Money as decimal USD text. */
export interface Repricing {
  dry_run: boolean;
  audit_id: number | null;
  events: number;
  changed: number;
  newly_priced: number;
  newly_unpriced: number;
  old_cost: string;
  new_cost: string;
  difference: string;
  largest_movers: Array<{
    tenant: string;
    model: string | null;
    calls: number;
    old_cost: string;
    new_cost: string;
    difference: string;
  }>;
}

export interface Target {
  provider: string;
  model: string;
}

export const mapModel = (
  { provider, model }: Pick<Unpriced, 'provider' | 'model'>,
  to: Target
): Promise<{ repricing: Repricing }> => sendToCollector('POST', 'api/prices/map', { provider, model, to });

/** Which calls are priced again. */
export interface RepriceOrder {
  from: string;
  to: string;
  filters: Array<{ dimension: string; operator: '='; values: string[] }>;
  dry_run: boolean;
  why: string;
}

export const reprice = (order: RepriceOrder): Promise<Repricing> =>
  sendToCollector('POST', 'api/prices/reprice', order);

/** A change of the price book or of past calls' prices. */
export interface AuditEntry {
  audit_id: number;
  at: string;
  by: string;
  action: string;
  why: string | null;
  version: number;
  details: { undone?: number; changed?: number; events?: number; difference?: string; price_ids?: string[] } | null;
}

export const listAudit = async (): Promise<AuditEntry[]> =>
  (await getFromCollector<{ entries: AuditEntry[] }>('api/prices/audit')).entries;

export const undoReprice = (audit_id: number, why: string): Promise<{ events: number }> =>
  sendToCollector('POST', 'api/prices/undo', { audit_id, why });
