import { toCsv } from '../query/csv';
import { picoToUsd } from '../pricing/decimal';
import { type Line, monthRange, SUBJECT_FIELDS } from './line';
import { type Statement, total } from './statement';

const MEMBERS = ['tenant', 'team', 'cost_center'] as const;

/** What a line rests on: the price row, and the query that shows its calls. */
function provenance(line: Line): object | null {
  if (line.kind !== 'usage') {
    return null;
  }
  const filters = SUBJECT_FIELDS.filter((name) => name !== 'cost_type').map((dimension) => ({
    dimension,
    operator: '=',
    values: [line[dimension] ?? ''],
  }));
  return {
    price: line.price_id,
    query: {
      ...monthRange(line.month),
      metrics: ['calls', line.cost_type === 'other' ? 'other_cost' : `${line.cost_type ?? 'total'}_cost`],
      group_by: ['event_id'],
      filters,
    },
  };
}

const asLine = (line: Line) => ({
  ...line,
  quantity: line.quantity === null ? null : Number(line.quantity),
  calls: line.calls === null ? null : Number(line.calls),
  amount: picoToUsd(line.converted),
  usd: picoToUsd(line.amount),
  converted: undefined,
  provenance: provenance(line),
});

/** Sums by who is charged; they add up to the total. */
function sums(lines: readonly Line[]) {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = JSON.stringify(MEMBERS.map((name) => line[name]));
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => ({
    tenant: group[0]!.tenant,
    team: group[0]!.team,
    cost_center: group[0]!.cost_center,
    amount: total(group, 'converted'),
    usd: total(group, 'amount'),
  }));
}

/** The statement as JSON; amounts as decimal text, in the statement's currency and in USD. */
export const statementReply = (statement: Statement): object => ({
  month: statement.month,
  currency: statement.currency,
  closed_at: statement.closed_at,
  total: total(statement.lines, 'converted'),
  total_usd: total(statement.lines, 'amount'),
  unpriced_calls: statement.unpriced_calls,
  notes: statement.notes,
  sums: sums(statement.lines),
  lines: statement.lines.map(asLine),
});

const CSV = [
  'line_id',
  'kind',
  'month',
  'of_month',
  'tenant',
  'cost_center',
  'team',
  'project',
  'provider',
  'model',
  'service_tier',
  'cost_type',
  'price_id',
  'description',
] as const;

/** The statement as CSV, one line each. */
export const statementCsv = ({ lines, currency }: Statement): string =>
  toCsv({
    columns: [
      ...CSV.map((name) => ({ name, type: 'text' as const })),
      { name: 'quantity', type: 'integer' },
      { name: 'calls', type: 'integer' },
      { name: 'amount', type: 'money' },
      { name: 'currency', type: 'text' },
      { name: 'usd', type: 'money' },
    ],
    rows: lines.map((line) => [
      ...CSV.map((name) => line[name]),
      line.quantity === null ? null : String(line.quantity),
      line.calls === null ? null : String(line.calls),
      picoToUsd(line.converted),
      currency,
      picoToUsd(line.amount),
    ]),
  });
