import { COST_TYPES, type CostType } from '../../src/query';
import { eventId } from '../normalize/eventId';

export const LINE_KINDS = ['usage', 'split', 'credit', 'adjustment'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** What a line is about: where its cost came from. */
export interface LineSubject {
  readonly tenant: string;
  readonly team: string | null;
  readonly cost_center: string | null;
  readonly project: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly service_tier: string | null;
  /** The price row of its calls. */
  readonly price_id: string | null;
  readonly cost_type: CostType | null;
}

/** A subject of a tenant that is about nothing in particular. */
export const subjectOf = (tenant: string, known: Partial<LineSubject> = {}): LineSubject => ({
  tenant,
  team: null,
  cost_center: null,
  project: null,
  provider: null,
  model: null,
  service_tier: null,
  price_id: null,
  cost_type: null,
  ...known,
});

/** One line of a statement. Amounts are whole 1e-12 of USD, and of the statement's currency. */
export interface Line extends LineSubject {
  /** The same for the same subject, kind and month, whenever it is made. */
  readonly line_id: string;
  readonly kind: LineKind;
  /** First of the month that it is charged in, `YYYY-MM`. */
  readonly month: string;
  /** The month that the usage is of; an earlier one for adjustments. */
  readonly of_month: string;
  readonly description: string;
  /** Tokens, or calls for cost type `other`; null where there is no quantity. */
  readonly quantity: bigint | null;
  readonly calls: bigint | null;
  readonly amount: bigint;
  readonly converted: bigint;
}

export const SUBJECT_FIELDS = [
  'tenant',
  'team',
  'cost_center',
  'project',
  'provider',
  'model',
  'service_tier',
  'price_id',
  'cost_type',
] as const satisfies ReadonlyArray<keyof LineSubject>;

export const subjectKey = (subject: LineSubject): string => JSON.stringify(SUBJECT_FIELDS.map((name) => subject[name]));

/** Id of a line. `what` tells apart lines of one subject, e.g. the split that moved it. */
export const lineId = (kind: LineKind, month: string, ofMonth: string, subject: LineSubject, what = ''): string =>
  eventId('statement', kind, month, ofMonth, subjectKey(subject), what);

/** Cost type as people read it. */
export const costTypeLabel = (name: CostType): string => COST_TYPES.find((type) => type.name === name)!.label;

/** The month after this one. */
export const nextMonth = (month: string): string => monthRange(month).to.slice(0, 7);

/** First instant of a month and of the next one, and whether the text is a month at all. */
export function monthRange(month: string): { readonly from: string; readonly to: string } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return { from: `${month}-01T00:00:00Z`, to: `${next}-01T00:00:00Z` };
}
