/** A column of what becomes CSV. */
interface CsvColumn {
  readonly name: string;
  readonly type: 'time' | 'text' | 'money' | 'integer' | 'number';
}

interface CsvTable {
  readonly columns: readonly CsvColumn[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | number | null>>;
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

/**
 * Names come from outside: a text that a spreadsheet would run as a formula gets an apostrophe in front
 * (OWASP, CSV injection).
 */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** Rows as CSV (RFC 4180), with a header line; unknown values are empty. */
export function toCsv({ columns, rows }: CsvTable): string {
  const field = (value: string | number | null, i: number) =>
    value === null ? '' : quote(columns[i]?.type === 'text' ? harmless(String(value)) : String(value));
  const lines = [columns.map(({ name }) => quote(name)), ...rows.map((row) => row.map(field))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
