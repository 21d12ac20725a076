import { DateTime } from 'luxon';
import type { CollectorClient, QueryReply } from '../demo/collectorClient';
import { table } from './table';

const TOP = 5;
const WINDOW_DAYS = 30;

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * The first cost summary: today, this month, and who and what cost most in the last 30 days, as lines for the terminal;
 * null when there is no call yet. All of it comes from `POST /v1/query`.
 */
export async function costSummary(
  collector: CollectorClient,
  now: DateTime = DateTime.now()
): Promise<string[] | null> {
  const to = now.plus({ second: 1 });
  const [today, month, all, models, tenants] = await Promise.all([
    collector.query(costs(now.startOf('day'), to, [])),
    collector.query(costs(now.startOf('month'), to, [])),
    collector.query(costs(now.minus({ days: WINDOW_DAYS }), to, [])),
    collector.query(costs(now.minus({ days: WINDOW_DAYS }), to, ['model'])),
    collector.query(costs(now.minus({ days: WINDOW_DAYS }), to, ['tenant'])),
  ]);
  const total = records(all)[0];
  if (!total || Number(total.calls) === 0) {
    return null;
  }
  return [
    `Today ${totals(today)}   ·   This month ${totals(month)}   ·   Last ${WINDOW_DAYS} days ${totals(all)}`,
    ...unpricedNote(all),
    '',
    ...ranking('Model', 'model', models, Number(total.total_cost)),
    '',
    ...ranking('Tenant', 'tenant', tenants, Number(total.total_cost)),
  ];
}

const costs = (from: DateTime, to: DateTime, group_by: readonly string[]) => ({
  from: from.toUTC().toISO(),
  to: to.toUTC().toISO(),
  metrics: ['total_cost', 'calls', 'total_tokens'],
  group_by,
  filters: [],
  time_zone: zone(),
  ...(group_by.length ? { order_by: 'total_cost', direction: 'desc', limit: TOP, with_other: true } : {}),
});

type Row = Readonly<Record<string, string | number | null>>;

const records = ({ columns, rows }: QueryReply): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));

function totals(reply: QueryReply): string {
  const row = records(reply)[0];
  return `${usd(row?.total_cost ?? null)} (${whole(row?.calls ?? 0)} calls)`;
}

function unpricedNote({ unpriced }: QueryReply): string[] {
  return Number(unpriced.calls) === 0
    ? []
    : [`Not in these sums: ${whole(unpriced.calls)} calls of the last ${WINDOW_DAYS} days that have no price`];
}

function ranking(title: string, dimension: string, reply: QueryReply, total: number): string[] {
  const right = { align: 'right' } as const;
  const columns = [
    { title },
    { title: 'Cost', ...right },
    { title: 'Share', ...right },
    { title: 'Calls', ...right },
    { title: 'Tokens', ...right },
  ];
  const rows = records(reply).map((row) => [
    String(row[dimension] ?? '(not set)'),
    usd(row.total_cost ?? null),
    row.total_cost === null ? '–' : percent(Number(row.total_cost) / total),
    whole(row.calls ?? 0),
    whole(row.total_tokens ?? 0),
  ]);
  return table(columns, rows);
}

/** Small amounts keep two significant digits: what cost something never shows as $0.00. For display only. */
export function usd(value: string | number | null): string {
  if (value === null) {
    return 'unpriced';
  }
  const amount = Number(value);
  const small = amount !== 0 && Math.abs(amount) < 0.1;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    ...(small ? { maximumSignificantDigits: 2 } : {}),
  }).format(amount);
}

const whole = (value: string | number | null): string => new Intl.NumberFormat('en-US').format(Number(value ?? 0));

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
