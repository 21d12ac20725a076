import type { FieldDef, Pool } from 'pg';
import { type BudgetChoice, type BudgetView, budgetViewSql } from '../../src/query';

/** A table of how budgets stand; numbers are numbers, times RFC 3339. */
export interface ViewTable {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: 'time' | 'number' | 'text' }>;
  readonly rows: ReadonlyArray<ReadonlyArray<string | number | null>>;
}

/** Types of PostgreSQL: int8, int2, int4, float4, float8, numeric; and timestamptz. */
const NUMBERS = new Set([20, 21, 23, 700, 701, 1700]);
const TIME = 1184;

const typeOf = ({ dataTypeID: id }: FieldDef): ViewTable['columns'][number]['type'] =>
  id === TIME ? 'time' : NUMBERS.has(id) ? 'number' : 'text';

const cell = (
  value: string | number | bigint | Date | null,
  type: ViewTable['columns'][number]['type']
): string | number | null =>
  value === null
    ? null
    : type === 'number'
      ? Number(value)
      : type === 'time'
        ? (value as Date).toISOString()
        : `${value as string}`;

/** What the dashboard's panels read, for the budgets of a choice: the very rows that the PostgreSQL source gives. */
export async function readBudgetView(pool: Pool, view: BudgetView, choice: BudgetChoice): Promise<ViewTable> {
  const { fields, rows } = await pool.query<Array<Parameters<typeof cell>[0]>>({
    text: budgetViewSql(view, choice),
    rowMode: 'array',
  });
  const columns = fields.map((field) => ({ name: field.name, type: typeOf(field) }));
  return { columns, rows: rows.map((row) => row.map((value, at) => cell(value, columns[at]!.type))) };
}
