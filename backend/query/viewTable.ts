import type { FieldDef, Pool } from 'pg';

/** A table for a panel; numbers are numbers, times RFC 3339. */
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

/** What a dashboard's panel reads: the very rows that the PostgreSQL source gives for that SQL. */
export async function readViewTable(pool: Pool, sql: string): Promise<ViewTable> {
  const { fields, rows } = await pool.query<Array<Parameters<typeof cell>[0]>>({
    text: sql,
    rowMode: 'array',
  });
  const columns = fields.map((field) => ({ name: field.name, type: typeOf(field) }));
  return { columns, rows: rows.map((row) => row.map((value, at) => cell(value, columns[at]!.type))) };
}
