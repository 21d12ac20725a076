import { literal } from './literal';

/** A list as an SQL array; null, which stands for all, as NULL. */
export const textArray = (values: readonly string[] | null): string =>
  values === null ? 'NULL' : `ARRAY[${values.map(literal).join(', ')}]::text[]`;

/** A condition: the column holds one of the values; null, which stands for all, asks for nothing. */
export const among = (column: string, values: readonly string[] | null): string =>
  values === null ? 'true' : `${column} = ANY (${textArray(values)})`;
