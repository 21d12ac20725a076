/** A value of a reply: money as decimal USD text, counts as integers (text above 2^53), times as RFC 3339. */
export type Cell = string | number | null;

/** A reply of the collector's `POST /v1/query`, and each part of `GET /v1/me/usage`. */
export interface CostReply {
  readonly columns: ReadonlyArray<{
    readonly name: string;
    readonly type: 'time' | 'text' | 'money' | 'integer' | 'number';
  }>;
  readonly rows: ReadonlyArray<readonly Cell[]>;
  /** What the totals leave out because it has no price. */
  readonly unpriced?: { readonly calls: Cell; readonly tokens: Cell };
}

/** One row by the names of its columns. */
export type Row = Readonly<Record<string, Cell>>;

/** The rows of a reply by the names of their columns. */
export const rowsOf = ({ columns, rows }: CostReply): Row[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
