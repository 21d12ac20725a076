import { urlUtil } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { getFromCollector, sendToCollector } from '../../collector/client';
import { APP_ID } from '../../constants';

/** What may close months, give credits and share costs; plugin.json grants it to administrators. */
export const WRITE_CHARGEBACK = 'llmcost-app.chargeback:write';

export interface Month {
  month: string;
  /** `running`: not over yet; `open`: over, and still changing; `closed`: kept as it is. */
  state: 'running' | 'open' | 'closed';
  currency: string | null;
  closed_at: string | null;
  closed_by: string | null;
  can_close: boolean;
}

/** One line; amounts as decimal text, in the statement's currency and in USD. */
export interface StatementLine {
  line_id: string;
  kind: 'usage' | 'split' | 'credit' | 'adjustment';
  month: string;
  of_month: string;
  tenant: string;
  team: string | null;
  cost_center: string | null;
  project: string | null;
  provider: string | null;
  model: string | null;
  service_tier: string | null;
  cost_type: string | null;
  description: string;
  quantity: number | null;
  calls: number | null;
  amount: string;
  usd: string;
  /** The price row, and the cost query that lists the calls; of usage only. */
  provenance: { price: string | null; query: { from: string; to: string } } | null;
}

export interface StatementSum {
  tenant: string;
  team: string | null;
  cost_center: string | null;
  amount: string;
  usd: string;
}

export interface Statement {
  month: string;
  currency: string;
  closed_at: string | null;
  total: string;
  total_usd: string;
  unpriced_calls: number;
  notes: string[];
  sums: StatementSum[];
  lines: StatementLine[];
}

/** Which statement. */
export interface Asked {
  month: string;
  tenant: string | null;
  currency: string;
}

const pathOf = ({ month, tenant, currency }: Asked, format: 'json' | 'csv' | 'focus'): string =>
  urlUtil.renderUrl('api/reports/chargeback', { month, currency, format, ...(tenant === null ? {} : { tenant }) });

export interface Months {
  months: Month[];
  /** Whom the viewer sees; null for all. Collectors of before don't say it. */
  tenants?: string[] | null;
}

export const listMonths = (): Promise<Months> => getFromCollector<Months>('api/chargeback/months');
export const askStatement = (asked: Asked): Promise<Statement> => getFromCollector<Statement>(pathOf(asked, 'json'));

/** The statement as a file's text, as the collector writes it. */
export async function statementFile(asked: Asked, format: 'csv' | 'focus'): Promise<string> {
  const url = `/api/plugin-proxy/${APP_ID}/${pathOf(asked, format)}`;
  const { data } = await lastValueFrom(
    getBackendSrv().fetch<string>({ url, responseType: 'text', showErrorAlert: false })
  );
  return data;
}

export const closeMonth = (month: string, currency: string): Promise<Statement> =>
  sendToCollector('POST', 'api/chargeback/close', { month, currency });

/** Lowers what is charged for an open month; USD as decimal text. */
export interface Credit {
  id: string;
  month: string;
  tenant: string;
  team?: string;
  cost_center?: string;
  amount: string;
  description: string;
}
export const giveCredit = (credit: Credit): Promise<void> => sendToCollector('POST', 'api/chargeback/credits', credit);

/** A shared cost, and over whom it is divided. */
export interface Split {
  name: string;
  tenant: string;
  dimension: 'team' | 'cost_center';
  source: string;
  by: 'shares' | 'usage';
  targets: Record<string, string>;
}
const SPLITS = 'api/chargeback/splits';
export const listSplits = async (): Promise<Split[]> => (await getFromCollector<{ splits: Split[] }>(SPLITS)).splits;
export const setSplit = (split: Split): Promise<void> => sendToCollector('POST', SPLITS, split);
export const removeSplit = (name: string): Promise<void> =>
  sendToCollector('DELETE', `${SPLITS}/${encodeURIComponent(name)}`);

/** What became of a closed month at one receiver; times are RFC 3339. */
export interface Delivery {
  name: string;
  month: string;
  attempts: number;
  delivered_at: string | null;
  /** Null once it is delivered. */
  next_attempt_at: string | null;
  last_error: string | null;
}
/** The receivers that are configured, and what became of each month at each, the newest first. */
export interface Deliveries {
  names: string[];
  deliveries: Delivery[];
}
const DELIVERIES = 'api/chargeback/deliveries';
export const listDeliveries = (): Promise<Deliveries> => getFromCollector<Deliveries>(DELIVERIES);
export const deliverAgain = (name: string, month: string): Promise<void> =>
  sendToCollector('POST', DELIVERIES, { name, month });

interface Difference {
  ours: string;
  /** Null for a day whose bill was not read. */
  theirs: string | null;
  difference: string | null;
  difference_percent: string | null;
  explanations: Array<{ reason: string; text: string }>;
}

/** Our total against the providers' bills, USD. */
export interface Reconciliation {
  providers: Array<{
    provider: string;
    total: { ours: string; theirs: string; difference: string; difference_percent: string | null };
    days: Array<Difference & { day: string; pulled_at: string | null }>;
  }>;
  notes: string[];
}

/** The first day of a month and of the next one. */
export function daysOf(month: string): { from: string; to: string } {
  const [year, number] = month.split('-').map(Number);
  return { from: `${month}-01`, to: new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10) };
}

export const askReconciliation = (month: string): Promise<Reconciliation> =>
  getFromCollector<Reconciliation>(urlUtil.renderUrl('api/reports/reconciliation', daysOf(month)));

/** An amount in a statement's currency. */
export const amountText = (amount: string, currency: string): string =>
  Number(amount).toLocaleString('en-US', {
    style: 'currency',
    currency,
    ...(Math.abs(Number(amount)) < 0.1 && Number(amount) !== 0 ? { maximumSignificantDigits: 3 } : {}),
  });
