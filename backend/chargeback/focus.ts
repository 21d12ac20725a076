import { toCsv } from '../query/csv';
import { picoToUsd } from '../pricing/decimal';
import { costTypeLabel, type Line, monthRange } from './line';
import type { Statement } from './statement';

/**
 * A statement as a dataset of FOCUS 1.2 (FinOps Open Cost and Usage Specification,
 * https://focus.finops.org/focus-specification/v1-2/). Columns that the specification asks for only of those who publish unit
 * prices, commitments, regions or resources are left out. Own columns begin with `x_`, as it demands.
 */
type Value = string | null;
type Row = Line & { readonly currency: string };
type Column = readonly [name: string, type: 'text' | 'number', value: (line: Row) => Value];

/** `YYYY-MM-DDTHH:mm:ssZ` */
const begin = (month: string): string => monthRange(month).from;
const end = (month: string): string => monthRange(month).to;

const CATEGORY = { usage: 'Usage', split: 'Adjustment', credit: 'Credit', adjustment: 'Usage' } as const;
const cost = ({ converted }: Row): string => picoToUsd(converted);
const isUsage = ({ kind }: Row): boolean => kind === 'usage';
/** A corrected line has no quantity of its own. */
const quantity = (line: Row): Value => (isUsage(line) && line.quantity !== null ? String(line.quantity) : null);
const unit = (line: Row): Value =>
  quantity(line) === null ? null : line.cost_type === 'other' ? 'Requests' : 'Tokens';
const sku = ({ provider, model, service_tier: tier, cost_type: type }: Row): Value =>
  type === null ? null : [provider ?? 'unknown', model ?? 'unknown', tier ?? 'standard', type].join('/');
const provider = (line: Row): string => line.provider ?? 'LLM Cost';

const tags = (line: Row): string =>
  JSON.stringify(
    Object.fromEntries(
      (['project', 'team', 'cost_center'] as const).flatMap((name) => (line[name] === null ? [] : [[name, line[name]]]))
    )
  );

const COLUMNS: readonly Column[] = [
  ['BilledCost', 'number', cost],
  ['BillingAccountId', 'text', ({ tenant }) => tenant],
  ['BillingAccountName', 'text', ({ tenant }) => tenant],
  ['BillingAccountType', 'text', () => 'Tenant'],
  ['BillingCurrency', 'text', ({ currency }) => currency],
  ['BillingPeriodEnd', 'text', ({ month }) => end(month)],
  ['BillingPeriodStart', 'text', ({ month }) => begin(month)],
  ['ChargeCategory', 'text', ({ kind }) => CATEGORY[kind]],
  ['ChargeClass', 'text', ({ kind }) => (kind === 'adjustment' ? 'Correction' : null)],
  ['ChargeDescription', 'text', ({ description }) => description],
  ['ChargeFrequency', 'text', (line) => (line.kind === 'usage' || line.kind === 'split' ? 'Usage-Based' : 'One-Time')],
  ['ChargePeriodEnd', 'text', ({ of_month: month }) => end(month)],
  ['ChargePeriodStart', 'text', ({ of_month: month }) => begin(month)],
  ['ConsumedQuantity', 'number', quantity],
  ['ConsumedUnit', 'text', unit],
  ['ContractedCost', 'number', cost],
  ['EffectiveCost', 'number', cost],
  ['InvoiceId', 'text', ({ tenant, month }) => `${tenant}-${month}`],
  ['InvoiceIssuerName', 'text', () => 'LLM Cost'],
  ['ListCost', 'number', cost],
  ['PricingCategory', 'text', (line) => (isUsage(line) ? 'Standard' : null)],
  ['PricingQuantity', 'number', quantity],
  ['PricingUnit', 'text', unit],
  ['ProviderName', 'text', provider],
  ['PublisherName', 'text', provider],
  ['ServiceCategory', 'text', () => 'AI and Machine Learning'],
  ['ServiceName', 'text', (line) => line.model ?? 'Model calls'],
  ['ServiceSubcategory', 'text', () => 'Generative AI'],
  ['SkuId', 'text', sku],
  ['SkuMeter', 'text', ({ cost_type: type }) => (type === null ? null : costTypeLabel(type))],
  // The price row alone would belong to several SKUs, which the specification forbids.
  ['SkuPriceId', 'text', (line) => (sku(line) === null ? null : `${sku(line)}@${line.price_id ?? ''}`)],
  ['SubAccountId', 'text', ({ cost_center, team }) => cost_center ?? team],
  ['SubAccountName', 'text', ({ cost_center, team }) => cost_center ?? team],
  ['SubAccountType', 'text', ({ cost_center, team }) => (cost_center ? 'Cost center' : team ? 'Team' : null)],
  ['Tags', 'text', tags],
  ['x_Calls', 'number', ({ calls }) => (calls === null ? null : String(calls))],
  ['x_LineId', 'text', ({ line_id: id }) => id],
  ['x_LineKind', 'text', ({ kind }) => kind],
  ['x_PriceId', 'text', ({ price_id: id }) => id],
];

/** CSV of FOCUS 1.2. */
export const focusCsv = ({ lines, currency }: Statement): string =>
  toCsv({
    columns: COLUMNS.map(([name, type]) => ({ name, type })),
    rows: lines.map((line) => COLUMNS.map(([, , value]) => value({ ...line, currency }))),
  });
